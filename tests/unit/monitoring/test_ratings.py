"""The computed rating: its formula adds up, its levels are the scale's, it says what is missing and hides nothing that failed."""

from datetime import date
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.errors import ConfigurationError
from portfolio.monitoring.health_terms import Confidence, Dimension, Missing
from portfolio.monitoring.rating_formula import FIVE, FORMULA, SCALES, THREE, InForce, Scale, scale_on
from portfolio.monitoring.ratings import FACTS, RATED, computed_ratings, level_of, reasons

BEST: dict[str, Any] = {
    "cost_variance_bp": 0,
    "schedule_variance_bp": 0,
    "milestones_due": 10,
    "milestones_reached": 10,
    "indicators_determined": 4,
    "indicators_met": 4,
    "severe_risks": 0,
    "rules_checked": 20,
    "rules_passed": 20,
}


def rated(scale: Scale = FIVE, **given: Any) -> dict[str, Any]:
    return computed_ratings(pl.DataFrame([{"project": "a", **given}], schema=FACTS), scale).row(0, named=True)


def test_the_weights_are_a_hundred_and_the_limits_are_in_order() -> None:
    assert sum(part.weight for part in FORMULA) == 100
    assert {part.dimension for part in FORMULA} == set(Dimension)
    for part in FORMULA:
        assert all((one > other) is part.more_is_better for one, other in pairwise(part.limits))
    for scale in SCALES.values():
        assert [least for _level, least in scale.levels] == sorted((low for _n, low in scale.levels), reverse=True)
        assert scale.levels[-1][1] == 100


def test_all_well_is_high_and_all_bad_is_low() -> None:
    best = rated(**BEST)
    assert (best["level"], best["score"], best["coverage"], best["rating_missing"]) == ("high", 500, 100, None)
    worst = rated(
        cost_variance_bp=-5_000,
        schedule_variance_bp=-5_000,
        milestones_due=2,
        milestones_reached=0,
        indicators_determined=2,
        indicators_met=0,
        severe_risks=9,
        rules_checked=10,
        rules_passed=1,
    )
    assert (worst["level"], worst["score"]) == ("low", 100)


def test_a_weighted_mean_by_hand_rounded_down() -> None:
    """Cost 4, schedule 5, milestones 3, no indicators, risks 4, quality 5: 350 of 85 is 4.1176."""
    found = rated(
        **{**BEST, "indicators_determined": 0, "indicators_met": 0}
        | {"cost_variance_bp": -700, "milestones_reached": 7, "severe_risks": 1}
    )
    assert (found["coverage"], found["score"], found["level"]) == (85, 411, "medium_high")
    assert found["indicators_missing"] == "not_determined"


def test_one_dimension_that_failed_keeps_the_whole_at_medium() -> None:
    found = rated(**{**BEST, "schedule_variance_bp": -3_001})
    assert (found["schedule_score"], found["is_capped"], found["score"], found["level"]) == (1, True, 300, "medium")
    assert rated(**{**BEST, "schedule_variance_bp": -3_000})["is_capped"] is False


def test_money_left_over_does_not_make_a_project_better() -> None:
    assert rated(**{**BEST, "cost_variance_bp": 9_000})["score"] == rated(**BEST)["score"]


def test_little_known_is_no_rating() -> None:
    found = rated(severe_risks=0, rules_checked=20, rules_passed=20, milestones_due=1, milestones_reached=1)
    assert (found["coverage"], found["level"], found["score"]) == (35, None, None)
    assert found["rating_missing"] == "too_little_known"
    nothing = rated()
    assert (nothing["coverage"], nothing["level"]) == (0, None)


def test_the_reasons_name_each_dimension_and_why_it_is_missing() -> None:
    found = {
        reason.part.dimension: reason
        for reason in reasons(rated(cost_variance_bp=-1_200, schedule_share_missing="no_planned_start"))
    }
    assert (found[Dimension.COST].measure, found[Dimension.COST].score, found[Dimension.COST].missing) == (
        1200,
        3,
        None,
    )
    assert found[Dimension.SCHEDULE].missing is Missing.NO_PLANNED_START
    assert found[Dimension.RISKS].missing is Missing.NO_REGISTER
    assert list(found) == [part.dimension for part in FORMULA]


def test_each_scale_reads_the_score_by_its_own_limits() -> None:
    assert [level_of(score, FIVE).value for score in (450, 449, 349, 249, 149)] == [
        "high",
        "medium_high",
        "medium",
        "medium_low",
        "low",
    ]
    assert [level_of(score, THREE).value for score in (367, 366, 234, 233)] == ["green", "amber", "amber", "red"]
    assert rated(THREE, **BEST)["level"] == "green"
    with pytest.raises(ValueError, match="at least"):
        level_of(99, FIVE)


def test_a_level_belongs_to_one_scale() -> None:
    assert FIVE.rank(Confidence.LOW) == 0
    assert THREE.rank(Confidence.GREEN) == 2
    with pytest.raises(ValueError, match="not a level"):
        THREE.rank(Confidence.MEDIUM)


def test_scales_have_dates() -> None:
    changed = (InForce(FIVE, date(2015, 1, 1)), InForce(THREE, date(2021, 4, 1)))
    assert scale_on(date(2021, 3, 31), changed) is FIVE
    assert scale_on(date(2021, 4, 1), changed) is THREE
    assert scale_on(date(2026, 11, 25)) is FIVE
    with pytest.raises(ConfigurationError, match="in force"):
        scale_on(date(2014, 12, 31), changed)
    with pytest.raises(ConfigurationError, match="same day"):
        scale_on(date(2022, 1, 1), (*changed, InForce(FIVE, date(2021, 4, 1))))


shares = st.none() | st.integers(-20_000, 20_000)
counts = st.none() | st.integers(0, 30)


@settings(deadline=None)
@given(shares, shares, counts, counts, counts, counts, st.sampled_from(list(SCALES.values())))
def test_a_rating_is_a_level_of_its_scale_or_has_a_reason(
    cost: int | None,
    late: int | None,
    due: int | None,
    severe: int | None,
    checked: int | None,
    passed: int | None,
    scale: Scale,
) -> None:
    frame = pl.DataFrame(
        [
            {
                "project": "a",
                "cost_variance_bp": cost,
                "schedule_variance_bp": late,
                "milestones_due": due,
                "milestones_reached": None if due is None else due // 2,
                "severe_risks": severe,
                "rules_checked": checked,
                "rules_passed": None if checked is None or passed is None else min(checked, passed),
            }
        ],
        schema=FACTS,
    )
    found = computed_ratings(frame, scale)
    assert found.schema == RATED
    row = found.row(0, named=True)
    assert (row["level"] is None) == (row["rating_missing"] is not None)
    if row["score"] is not None:
        assert level_of(row["score"], scale).value == row["level"]
        assert 100 <= row["score"] <= 500
    for reason in reasons(row):
        assert (reason.score is None) == (reason.missing is not None)
    worse = computed_ratings(frame.with_columns(pl.col("cost_variance_bp") - 4_000), scale).row(0, named=True)
    if row["score"] is not None:
        assert worse["score"] <= row["score"]


def test_a_plan_that_was_approved_again_does_not_erase_the_delay_against_the_first() -> None:
    new_plan = rated(**BEST, first_schedule_variance_bp=-3_001)
    assert (new_plan["schedule_score"], new_plan["score"], new_plan["is_capped"]) == (5, 300, True)
    assert rated(**BEST, first_schedule_variance_bp=-3_000)["score"] == 500
    assert rated(**BEST, first_schedule_variance_bp=4_000)["score"] == 500


def test_no_rows_give_no_rows() -> None:
    assert computed_ratings(FACTS.to_frame(), FIVE).schema == RATED
