"""Early signs: each comes with its count and its limit, just at the limit and not before it."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.monitoring.early_warning import (
    DECLARED,
    NARRATIVES,
    REPLANS,
    RETURNS,
    SIGNS,
    late_returns,
    missing_returns,
    rated_above_evidence,
    replanned,
    signs,
    unchanged_narratives,
    with_similarity,
)
from portfolio.monitoring.rating_formula import FIVE
from portfolio.monitoring.rating_gaps import FLAGS
from portfolio.monitoring.ratings import FACTS, computed_ratings

AS_AT = date(2026, 11, 25)


def ago(days: int) -> date:
    return AS_AT - timedelta(days)


def returns(*dated: tuple[int, int | None]) -> pl.DataFrame:
    """Pairs of how many days ago a return was due and how many days after that it came (`None`: not yet)."""
    rows = [("a", "x", ago(due), ago(due), None if late is None else ago(due) + timedelta(late)) for due, late in dated]
    return pl.DataFrame(rows, schema=RETURNS, orient="row")


@pytest.mark.parametrize(
    ("dated", "number"),
    [
        (((10, 1), (100, 1)), 2),
        (((10, 0), (100, 1), (200, -3)), None),
        (((10, None), (100, 5)), 2),
        (((0, None), (100, 5)), None),
        (((365, 1), (100, 1)), 2),
        (((366, 1), (100, 1)), None),
        (((-20, None), (100, 1)), None),
    ],
)
def test_late_twice_in_a_year_is_a_sign(dated: tuple[tuple[int, int | None], ...], number: int | None) -> None:
    found = late_returns(returns(*dated), AS_AT)
    assert found.schema == FLAGS
    assert found["number"].to_list() == ([] if number is None else [number])


def test_a_return_that_is_missing_says_since_how_many_days() -> None:
    found = missing_returns(returns((30, None), (120, None), (200, 0), (-5, None)), AS_AT)
    assert found.row(0, named=True)["number"] == 120
    assert missing_returns(returns((0, None)), AS_AT).is_empty()


def test_two_replans_in_a_year_are_a_sign() -> None:
    rows = [("a", "x", ago(10)), ("a", "x", ago(300)), ("b", "x", ago(10)), ("b", "x", ago(400))]
    found = replanned(pl.DataFrame(rows, schema=REPLANS, orient="row"), AS_AT)
    assert found.select("project", "number", "against").rows() == [("a", 2, 2)]


BEFORE = "El proveedor entregó el módulo de consultas en marzo y el equipo probó la migración de datos de 3 provincias."
CASES = [
    (BEFORE, True),
    (
        "EL PROVEEDOR ENTREGO EL MODULO de consultas, en marzo; y el equipo probó la migración de datos de 5 provincias",
        True,
    ),
    (BEFORE.replace("marzo", "abril"), True),
    ("Se suspendió la contratación: el tribunal acogió el reclamo y el equipo rehace las bases técnicas.", False),
    ("", False),
    (None, False),
]


def narratives(*texts: str | None) -> pl.DataFrame:
    rows = [("a", "x", date(2026, n + 1, 1), text) for n, text in enumerate(texts)]
    return pl.DataFrame(rows, schema=NARRATIVES, orient="row").reverse()


@pytest.mark.parametrize(("now", "unchanged"), CASES)
def test_the_same_story_again_is_a_sign_whatever_its_accents_and_numbers(now: str | None, unchanged: bool) -> None:
    assert unchanged_narratives(narratives("Otra cosa.", BEFORE, now)).is_empty() is not unchanged


def test_only_the_newest_two_count_and_one_is_no_repetition() -> None:
    assert unchanged_narratives(narratives(BEFORE)).is_empty()
    assert unchanged_narratives(narratives(BEFORE, BEFORE, "Cambió todo lo que había que contar.")).is_empty()
    found = unchanged_narratives(narratives("Sin novedad", "sin   NOVEDAD"))
    assert found["number"].to_list() == [10_000]


texts = st.text(alphabet="aábc dé1.,", max_size=40)


@settings(deadline=None)
@given(texts, texts)
def test_similarity_is_the_same_for_both_orders_and_whole_for_the_same_text(one: str, other: str) -> None:
    frame = pl.DataFrame({"one": [one], "other": [other]})
    forth, back, same = (
        with_similarity(frame, *names, "found")["found"].item()
        for names in (("one", "other"), ("other", "one"), ("one", "one"))
    )
    assert forth == back
    assert same in (None, 10_000)
    if forth is not None:
        assert 0 <= forth <= 10_000


def above(level: str, scale: str = "five", **facts: Any) -> list[tuple[str, int]]:
    rated = computed_ratings(pl.DataFrame([{"project": "a", **facts}], schema=FACTS), FIVE)
    declared = pl.DataFrame([("a", "x", scale, level)], schema=DECLARED, orient="row")
    found = rated_above_evidence(declared, rated)
    assert found.schema == FLAGS
    return found.select("other", "number").rows()


def test_a_confident_rating_over_poor_evidence_names_each_dimension() -> None:
    poor: dict[str, Any] = {"cost_variance_bp": -2_500, "schedule_variance_bp": -9_000, "severe_risks": 0}
    assert above("high", **poor) == [("cost", 2), ("schedule", 1)]
    assert above("medium_high", **poor) == [("cost", 2), ("schedule", 1)]
    assert above("green", "three", **poor) == [("cost", 2), ("schedule", 1)]
    assert above("medium", **poor) == []
    assert above("amber", "three", **poor) == []
    assert above("high", cost_variance_bp=-2_000) == []


def test_computed_ratings_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        rated_above_evidence(DECLARED.to_frame(), FACTS.to_frame())


def test_signs_are_counted_once_each_and_the_worst_come_first() -> None:
    late = late_returns(returns((10, 1), (100, 1)), AS_AT)
    missing = missing_returns(returns((10, None)).with_columns(project=pl.lit("b")), AS_AT)
    again = late.with_columns(project=pl.lit("b"))
    found = signs(late, missing, again, again)
    assert found.schema == SIGNS
    assert found.rows() == [("b", "x", 2, ["late_returns", "return_missing"]), ("a", "x", 1, ["late_returns"])]
