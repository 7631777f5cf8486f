"""The S-curve and the forecast at year end: what was not reported is not zero, and a warning says with what limits."""

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.monitoring.s_curve import CURVE, FLOWS, LIMITS, YEAR, YEAR_END, limits_in, s_curve, year_end

JUNE = date(2026, 6, 15)


def flows(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([{"month": date(2026, row.pop("m"), 1), **row} for row in rows], schema=FLOWS)


def one_year(month: int = 6, **given: int | None) -> dict[str, Any]:
    return year_end(pl.DataFrame([{"project": "a", **given}], schema=YEAR), month).row(0, named=True)


def test_the_curve_is_cumulative_without_gaps_and_the_forecast_goes_on_from_what_was_paid() -> None:
    curve = s_curve(
        flows(
            {"m": 4, "planned": 100, "committed": 90, "paid": 50},
            {"m": 6, "planned": 100, "committed": 10, "paid": 30},
            {"m": 6, "planned": 1, "paid": 1},
            {"m": 7, "planned": 100, "forecast": 60},
            {"m": 8, "forecast": 70},
        ),
        JUNE,
    )
    assert curve.schema == CURVE
    assert curve["month"].to_list() == [date(2026, n, 1) for n in range(4, 9)]
    assert curve["planned"].to_list() == [100, 100, 201, 301, 301]
    assert curve["committed"].to_list() == [90, 90, 100, None, None]
    assert curve["paid"].to_list() == [50, 50, 81, None, None]
    assert curve["forecast"].to_list() == [None, None, 81, 141, 211]


def test_a_month_that_was_not_reported_marks_the_sum_incomplete_from_there_on() -> None:
    curve = s_curve(flows({"m": 3, "paid": 5}, {"m": 5, "paid": 5}, {"m": 6, "paid": 0}), JUNE)
    assert curve["paid"].to_list() == [5, 5, 10, 10]
    assert curve["paid_complete"].to_list() == [True, False, False, False]


def test_nobody_forecast_so_there_is_no_forecast() -> None:
    assert s_curve(flows({"m": 6, "paid": 5}, {"m": 7, "planned": 9}), JUNE)["forecast"].to_list() == [None, None]


def test_what_nobody_ever_reported_has_no_line_at_zero() -> None:
    curve = s_curve(flows({"m": 5, "paid": 5, "accrued": 7}, {"m": 6, "paid": 5}), JUNE)
    assert curve["committed"].to_list() == [None, None]
    assert curve["accrued"].to_list() == [7, 7]


def test_nothing_gives_nothing() -> None:
    assert s_curve(FLOWS.to_frame(), JUNE).schema == CURVE


def test_a_declared_forecast_counts_before_the_pace() -> None:
    given = {"budget": 1000, "planned_year": 1000, "planned_to_date": 500, "paid": 250}
    declared = one_year(**given, forecast_rest=700)
    assert (declared["at_year_end"], declared["is_declared"], declared["execution_bp"]) == (950, True, 9500)
    paced = one_year(**given)
    assert (paced["at_year_end"], paced["is_declared"], paced["unspent"]) == (500, False, 500)


@pytest.mark.parametrize(
    ("month", "spent", "execution"),
    [
        (3, 100, "on_course"),
        (4, 699, "under"),
        (4, 700, "watch"),
        (4, 850, "on_course"),
        (9, 850, "on_course"),
        (10, 849, "under"),
        (10, 850, "watch"),
        (10, 950, "on_course"),
        (10, 1000, "on_course"),
        (1, 1001, "over"),
    ],
)
def test_the_warning_is_stricter_from_october_and_silent_in_the_first_quarter(
    month: int, spent: int, execution: str
) -> None:
    assert one_year(month, budget=1000, paid=spent, forecast_rest=0)["execution"] == execution


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"paid": 1, "forecast_rest": 1}, "no_budget"),
        ({"budget": 0, "paid": 1, "forecast_rest": 1}, "no_budget"),
        ({"budget": 10, "forecast_rest": 1}, "no_actual"),
        ({"budget": 10, "paid": 1}, "no_forecast"),
        ({"budget": 10, "paid": 0, "planned_year": 10, "planned_to_date": 0}, "no_forecast"),
    ],
)
def test_what_is_not_known_is_not_warned_about_and_says_why(given: dict[str, int], reason: str) -> None:
    found = one_year(12, **given)
    assert (found["execution"], found["execution_bp"], found["execution_missing"]) == (None, None, reason)


def test_a_month_outside_the_year_is_refused() -> None:
    with pytest.raises(ValueError, match="twelve"):
        year_end(YEAR.to_frame(), 13)
    assert limits_in(3) is None
    assert limits_in(12) == LIMITS[1]
    assert year_end(YEAR.to_frame(), 12).schema == YEAR_END


months = st.builds(date, st.just(2026), st.integers(1, 12), st.just(1))
amounts = st.none() | st.integers(0, 10**14)
PAID = list(FLOWS).index("paid")


@settings(deadline=None)
@given(st.lists(st.tuples(months, *[amounts] * (len(FLOWS) - 1)), max_size=20), st.integers(1, 12))
def test_sums_come_out_whatever_the_order(rows: list[tuple[Any, ...]], month: int) -> None:
    frame = pl.DataFrame(rows, schema=FLOWS, orient="row")
    curve = s_curve(frame, date(2026, month, 28))
    assert curve.equals(s_curve(frame.reverse(), date(2026, month, 1)))
    if rows:
        assert curve["planned"].to_list()[-1] == sum(row[1] or 0 for row in rows)
        paid = [value for value in curve["paid"].to_list() if value is not None]
        assert paid == sorted(paid)
        assert (paid or [0])[-1] == sum(row[PAID] or 0 for row in rows if row[0].month <= month)
