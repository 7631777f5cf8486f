"""Health of a portfolio: the parts are put together by project, and what is not known of one stays not known."""

from datetime import date
from typing import Any

import polars as pl

from portfolio.monitoring.data_quality import SUMMARY
from portfolio.monitoring.early_warning import NARRATIVES, REPLANS, RETURNS
from portfolio.monitoring.earned_portfolio import PLANS, PROGRESS
from portfolio.monitoring.health import COUNTS, Health, Portfolio, health
from portfolio.monitoring.rating_formula import FIVE, THREE, Scale
from portfolio.monitoring.rating_gaps import RATINGS
from portfolio.monitoring.variance import BOTH_PLANS

PERIOD, AS_AT = date(2026, 10, 1), date(2026, 11, 25)
SHORT = {
    "planned_cost": 100,
    "first_planned_cost": 80,
    "projected_cost": 125,
    "planned_start": date(2026, 1, 1),
    "planned_finish": date(2026, 12, 31),
    "first_planned_start": date(2026, 1, 1),
    "first_planned_finish": date(2026, 10, 10),
    "projected_finish": date(2026, 12, 31),
}


def reckoned(scale: Scale = FIVE, **plan: Any) -> Health:
    """Project a is known well and declared high; of b there is nothing but its name."""
    counts: dict[str, Any] = {"project": pl.String(), **COUNTS}
    declared = [("a", "x", date(2026, month, 1), "declared", "five", "high") for month in (1, 4, 7, 10)]
    return health(
        Portfolio(
            plans=pl.DataFrame([{"project": "b"}, {"project": "a", **SHORT, **plan}], schema=BOTH_PLANS),
            phased=pl.DataFrame([("a", date(2026, 1, 1), 100)], schema=PLANS, orient="row"),
            progress=pl.DataFrame([("a", PERIOD, 50, 60)], schema=PROGRESS, orient="row"),
            counts=pl.DataFrame([("a", 4, 2, 2, 2, 0)], schema=counts, orient="row"),
            quality=pl.DataFrame([("a", "x", 20, 20, 0, 0, 13, 5)], schema=SUMMARY, orient="row"),
            ratings=pl.DataFrame(declared, schema=RATINGS, orient="row"),
            returns=pl.DataFrame([("a", "x", PERIOD, date(2026, 11, 10), None)], schema=RETURNS, orient="row"),
            replans=REPLANS.to_frame(),
            narratives=NARRATIVES.to_frame(),
        ),
        PERIOD,
        AS_AT,
        scale,
    )


def test_the_rating_is_made_of_what_the_others_found() -> None:
    """Cost 2 (25 % over), schedule 5, milestones 2 (half), indicators 5, risks 5, quality 5: 365."""
    found = reckoned()
    unknown, known = found.rated.iter_rows(named=True)
    assert (known["project"], known["score"], known["level"]) == ("a", 365, "medium_high")
    assert (unknown["project"], unknown["level"], unknown["rating_missing"]) == ("b", None, "too_little_known")
    assert found.variances.row(1, named=True)["first_cost_variance_bp"] == -5_625
    assert found.earned.row(0, named=True)["cpi"] == 8_333


def test_a_delay_against_the_first_plan_caps_what_the_current_one_would_allow() -> None:
    """92 days of 272 late against the first approved plan, none against the one in force."""
    known = reckoned(first_planned_finish=date(2026, 9, 30)).rated.row(1, named=True)
    assert (known["schedule_score"], known["score"], known["is_capped"]) == (5, 300, True)


def test_flags_come_from_every_part_and_are_counted_by_project() -> None:
    found = reckoned()
    assert found.flags.select("project", "flag", "number", "other").rows() == [
        ("a", "never_moves", 4, None),
        ("a", "return_missing", 15, None),
        ("a", "rated_above_evidence", 2, "cost"),
        ("a", "rated_above_evidence", 2, "milestones"),
    ]
    assert found.signs.select("project", "signs").rows() == [("a", 3)]


def test_a_declared_rating_of_another_scale_has_no_gap() -> None:
    assert reckoned().gaps["gap_computed"].to_list() == [1]
    other = reckoned(THREE).gaps.row(0, named=True)
    assert (other["gap_computed"], other["gap_computed_missing"]) == (None, "other_scale")
