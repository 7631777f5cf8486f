"""Gaps between ratings and what they flag: scales are never mixed, and planted optimists are found."""

import random
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.monitoring.health_terms import Flag
from portfolio.monitoring.rating_formula import FIVE
from portfolio.monitoring.rating_gaps import FLAGS, GAPS, INDEX, RATINGS, contradictions, gap_index, gaps, never_moves


def month(number: int) -> date:
    return date(2026, number, 1)


def rating(kind: str, level: str, **given: Any) -> dict[str, Any]:
    row = {"project": "a", "institution": "x", "period": month(1), "kind": kind, "scale": "five", "level": level}
    return {**row, **given}


def frame(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=RATINGS)


def test_three_ratings_stand_in_one_row_with_both_gaps() -> None:
    row = gaps(
        frame(rating("declared", "high"), rating("computed", "medium"), rating("independent", "medium_high"))
    ).row(0, named=True)
    assert (row["declared"], row["computed"], row["independent"]) == ("high", "medium", "medium_high")
    assert (row["gap_computed"], row["gap_computed_bp"]) == (2, 5_000)
    assert (row["gap_independent"], row["gap_independent_bp"]) == (1, 2_500)


def test_ratings_on_two_scales_are_not_compared() -> None:
    row = gaps(frame(rating("declared", "green", scale="three"), rating("computed", "medium"))).row(0, named=True)
    assert (row["gap_computed"], row["gap_computed_missing"]) == (None, "other_scale")
    assert row["computed"] == "medium"
    assert row["gap_independent_missing"] == "not_rated"


def test_a_level_of_another_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="scale"):
        gaps(frame(rating("declared", "green")))


@pytest.mark.parametrize(
    ("declared", "computed", "scale", "flagged"),
    [
        ("high", "medium", "five", True),
        ("high", "medium_high", "five", False),
        ("low", "medium", "five", True),
        ("green", "amber", "three", True),
        ("amber", "amber", "three", False),
    ],
)
def test_half_the_range_contradicts_on_either_side(declared: str, computed: str, scale: str, flagged: bool) -> None:
    found = contradictions(
        gaps(frame(rating("declared", declared, scale=scale), rating("computed", computed, scale=scale)))
    )
    assert found.schema == FLAGS
    assert found["flag"].to_list() == ([Flag.CONTRADICTS_COMPUTED.value] if flagged else [])
    if flagged:
        assert found.row(0, named=True)["other"] == computed


def history(*levels: str | tuple[str, str]) -> pl.DataFrame:
    pairs = [(level, "five") if isinstance(level, str) else level for level in levels]
    rows = [
        rating("declared", level, scale=scale, period=month(number + 1)) for number, (level, scale) in enumerate(pairs)
    ]
    return frame(*rows).sample(fraction=1, shuffle=True, seed=7)


@pytest.mark.parametrize(
    ("levels", "number"),
    [
        (("high", "high", "high", "high"), 4),
        (("low", "high", "high", "high", "high", "high"), 5),
        (("high", "high", "high"), None),
        (("high", "high", "high", "high", "medium"), None),
        (("high", "high", "low", "high", "high"), None),
        ((("green", "three"),) * 3 + ("high",) * 3, None),
    ],
)
def test_a_rating_that_has_not_moved_for_four_periods_is_flagged(levels: tuple[str, ...], number: int | None) -> None:
    found = never_moves(history(*levels))
    assert found.schema == FLAGS
    assert found["number"].to_list() == ([] if number is None else [number])


def test_only_what_is_declared_can_fail_to_move() -> None:
    computed = history("high", "high", "high", "high").with_columns(kind=pl.lit("computed"))
    assert never_moves(computed).is_empty()


def test_planted_optimists_come_first_in_the_index() -> None:
    """Ten institutions declare one level more than computed with a chance of 0 %, 10 %, … 90 %: the order is found again."""
    levels = [level.value for level, _least in FIVE.levels]
    chance = random.Random(2026)  # noqa: S311
    rows = []
    for institution in range(10):
        for project in range(300):
            computed = chance.randrange(1, 5)
            declared = computed - (chance.random() < institution / 10)
            name = {"project": f"{institution}-{project}", "institution": str(institution)}
            rows += [rating("declared", levels[declared], **name), rating("computed", levels[computed], **name)]
    index = gap_index(gaps(frame(*rows)))
    assert index.schema == INDEX
    assert index["institution"].to_list() == [str(n) for n in reversed(range(10))]
    assert index["gap_index_bp"].to_list()[-1] == 0
    assert index["compared"].to_list() == [300] * 10


def test_an_institution_without_comparison_has_no_index_and_comes_last() -> None:
    index = gap_index(
        gaps(
            frame(
                rating("declared", "high"),
                rating("declared", "low", project="b", institution="y"),
                rating("computed", "high", project="b", institution="y"),
            )
        )
    )
    assert index["institution"].to_list() == ["y", "x"]
    assert index.row(1, named=True)["index_missing"] == "not_rated"


names = st.sampled_from([level.value for level, _least in FIVE.levels])


@settings(deadline=None)
@given(st.lists(st.tuples(names, names), max_size=12))
def test_the_gap_changes_its_sign_with_the_sides(pairs: list[tuple[str, str]]) -> None:
    def of(one: int, other: int) -> list[int]:
        rows = [
            rating(kind, pair[side], project=str(n).zfill(2))
            for n, pair in enumerate(pairs)
            for kind, side in (("declared", one), ("computed", other))
        ]
        found = gaps(frame(*rows))
        assert found.schema == GAPS
        return found["gap_computed"].to_list()

    assert of(0, 1) == [-gap for gap in of(1, 0)]
