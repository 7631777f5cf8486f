"""What a page says of a stored rating is what the pure rule gives for the facts that are stored; what is in comment leaves no trace."""

import dataclasses
import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.monitoring import early_warning, facts_ratings, rating_formula, rating_inputs
from portfolio.monitoring.health_terms import Confidence, Dimension, Missing, RatingKind, Source
from portfolio.monitoring.health_words import ground_sentence
from portfolio.monitoring.rating_formula import FIVE, FORMULA, SCALES, THREE
from portfolio.monitoring.rating_gaps import FLAGS, RATINGS
from portfolio.monitoring.rating_inputs import INPUTS, as_stored, facts_frame, formula_version
from portfolio.monitoring.rating_models import Rating
from portfolio.monitoring.rating_terms import RatingOccasion
from portfolio.monitoring.rating_words import gap_words, inputs_sentence
from portfolio.monitoring.ratings import FACTS, RATED, computed_ratings, reasons
from portfolio.monitoring.ratings_page import grounds_of
from portfolio.monitoring.recompute import judged

PROJECT = UUID(int=7)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
COUNT = st.integers(0, 40)
SHARE = st.none() | st.integers(-20_000, 20_000)
MONEY = st.none() | st.integers(0, 10**13)


@st.composite
def inputs(draw: st.DrawFn) -> dict[str, Any]:
    """A row of `INPUTS` as the tables may give it."""
    due, determined, checked = draw(COUNT), draw(COUNT), draw(COUNT)
    row: dict[str, Any] = {
        "project": str(PROJECT),
        "cost_variance_bp": draw(SHARE),
        "cost_missing": Missing.NO_COST.value,
        "schedule_variance_bp": draw(SHARE),
        "schedule_share_missing": Missing.NO_FINISH.value,
        "milestones_due": due,
        "milestones_reached": draw(st.integers(0, due)),
        "indicators_determined": determined,
        "indicators_met": draw(st.integers(0, determined)),
        "severe_risks": draw(st.none() | COUNT),
        "rules_checked": checked,
        "rules_passed": draw(st.integers(0, checked)),
        "planned_cost": draw(MONEY),
        "cost_used": draw(MONEY),
        "cost_source": draw(st.sampled_from(Source)).value,
        "currency": draw(st.sampled_from(("USD", "CLP"))),
        "planned_start": draw(DAYS),
        "planned_finish": draw(st.none() | DAYS),
        "finish_used": draw(st.none() | DAYS),
        "finish_source": draw(st.sampled_from(Source)).value,
        "first_schedule_variance_bp": draw(SHARE),
        "first_planned_start": draw(DAYS),
        "first_planned_finish": draw(st.none() | DAYS),
        "first_schedule_days": draw(st.none() | st.integers(-4000, 4000)),
    }
    for name in ("cost", "schedule"):
        if row[f"{name}_variance_bp"] is not None:
            row["cost_missing" if name == "cost" else "schedule_share_missing"] = None
    return row


def stored_rating(row: dict[str, Any], scale: rating_formula.Scale) -> Rating | None:
    """The row that would be made of these inputs, as it comes back from a JSON column; nothing where too little is known."""
    frame = pl.DataFrame([row], schema=INPUTS, orient="row")
    rated = computed_ratings(frame.select(list(FACTS)), scale).row(0, named=True)
    if rated["level"] is None:
        return None
    kept = json.loads(json.dumps({"facts": as_stored(row), "reckoned": rated}))
    for part in kept.values():
        del part["project"]
    return Rating(
        project_id=PROJECT,
        period_on=date(2026, 4, 1),
        kind=RatingKind.COMPUTED,
        occasion=RatingOccasion.PERIOD_ENDED,
        as_at=date(2026, 7, 1),
        scale=scale.code,
        level=Confidence(rated["level"]),
        score=rated["score"],
        **kept,
    )


@given(inputs(), st.sampled_from((FIVE, THREE)))
def test_the_page_says_what_the_rule_gives_for_the_stored_facts(
    row: dict[str, Any], scale: rating_formula.Scale
) -> None:
    rating = stored_rating(row, scale)
    if rating is None:
        return
    again = computed_ratings(facts_frame({"project": "", **rating.facts}), SCALES[rating.scale]).row(0, named=True)
    assert (again["level"], again["score"]) == (rating.level.value, rating.score)
    shown = grounds_of(rating, lambda route, **_params: route)
    assert [ground.sentence for ground in shown] == [ground_sentence(reason) for reason in reasons(again)]
    assert [ground.figures for ground in shown] == [inputs_sentence(part.dimension, rating.facts) for part in FORMULA]


@given(inputs())
def test_a_dimension_without_a_measure_shows_no_figures_of_counts(row: dict[str, Any]) -> None:
    rating = stored_rating(row, FIVE)
    if rating is None:
        return
    counted = {Dimension.MILESTONES, Dimension.INDICATORS, Dimension.RISKS, Dimension.DATA_QUALITY}
    for reason, ground in zip(reasons(rating.reckoned), grounds_of(rating, lambda route, **_p: route), strict=True):
        if reason.part.dimension in counted:
            assert bool(ground.figures) is (reason.measure is not None)


def test_another_number_of_the_formula_is_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    before = formula_version(FIVE)
    assert before != formula_version(THREE)
    heavier = dataclasses.replace(FORMULA[0], weight=26)
    monkeypatch.setattr(rating_inputs, "FORMULA", (heavier, *FORMULA[1:]))
    assert formula_version(FIVE) != before


def test_the_first_approved_plan_stands_beside_the_one_in_force() -> None:
    facts = {
        "planned_start": "2026-01-01", "planned_finish": "2027-12-17", "finish_used": "2027-12-17",
        "finish_source": Source.PROJECTED.value,
    }  # fmt: skip
    old = inputs_sentence(Dimension.SCHEDULE, facts)
    assert "First approved" not in old, "what an earlier formula did not keep is not made up"
    first = {"first_planned_finish": "2027-10-01", "first_schedule_days": -77, "first_schedule_variance_bp": -1_206}
    said = inputs_sentence(Dimension.SCHEDULE, {**facts, **first})
    assert "Oct 1, 2027" in said
    assert "77 days late" in said
    assert "at most" not in said
    assert "at most" in inputs_sentence(Dimension.SCHEDULE, {**facts, **first, "first_schedule_variance_bp": -3_001})


def test_gaps_in_words() -> None:
    assert gap_words(2, None) == "2 levels more confident"
    assert gap_words(-1, None) == "1 level less confident"
    assert gap_words(0, None) == "None: both say the same"
    assert gap_words(None, Missing.NOT_RATED.value).startswith("Not available")


AS_AT = date(2026, 8, 3)
LEVELS = [level.value for level, _least in FIVE.levels]
PERIODS = [date(2026, 1, 1), date(2026, 4, 1)]


@st.composite
def rated_projects(draw: st.DrawFn) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Declared ratings, stored ones and what the computed ones were reckoned from, of three projects."""
    declared, ratings, rated = [], [], []
    for project in "abc":
        for period in PERIODS:
            if draw(st.booleans()):
                declared.append((project, "i", period, "declared", "five", draw(st.sampled_from(LEVELS))))
            for ordinal in range(draw(st.integers(0, 2))):
                until, level = AS_AT + timedelta(days=draw(st.integers(-20, 20))), draw(st.sampled_from(LEVELS))
                ratings.append((project, "i", period, "computed", "five", level, ordinal, until))
                row: dict[str, Any] = dict.fromkeys(RATED) | {"project": project, "scale": "five", "level": level}
                row |= {f"{part.dimension.value}_score": draw(st.integers(1, 5)) for part in FORMULA}
                rated.append(row | {"comment_until": until})
    return (
        pl.DataFrame(declared, schema=RATINGS, orient="row"),
        pl.DataFrame(ratings, schema=facts_ratings.STORED, orient="row"),
        pl.DataFrame(rated, schema=RATED | {"comment_until": pl.Date()}, orient="row"),
    )


@given(rated_projects())
def test_the_open_view_is_that_of_a_record_without_what_is_in_comment(
    frames: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame],
) -> None:
    declared, ratings, rated = frames
    nothing = FLAGS.to_frame()
    seen = judged(
        declared, facts_ratings.open_on(ratings, AS_AT), facts_ratings.open_on(rated, AS_AT), nothing
    )  # fmt: skip
    bare = ratings.filter(pl.col("comment_until") < AS_AT), rated.filter(pl.col("comment_until") < AS_AT)
    assert seen.equals(judged(declared, *bare, nothing))
    later = AS_AT + timedelta(days=30)
    all_seen = judged(
        declared, facts_ratings.open_on(ratings, later), facts_ratings.open_on(rated, later), nothing
    )  # fmt: skip
    assert all_seen.equals(judged(declared, ratings, rated, nothing))


@given(rated_projects())
def test_signs_are_the_flags_counted(frames: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]) -> None:
    found = judged(*frames, FLAGS.to_frame())
    for row in found.iter_rows(named=True):
        kinds = {flag["flag"] for flag in row["flags"] or []}
        assert (row["signs"] or 0) == len(kinds)
        assert all(flag["project"] == row["project"] for flag in row["flags"] or [])
    assert early_warning.SIGNS
