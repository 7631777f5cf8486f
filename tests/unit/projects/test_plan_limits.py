"""Which dates a plan can hold: never one outside the limits, never a failure at the ends of time."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.projects.plan.limits import Limits, actual_fault, date_fault, has_passed, limits_of

TODAY = date(2026, 11, 23)
ANY = st.none() | st.dates()


@given(ANY, ANY, st.dates())
def test_today_the_start_and_the_end_are_always_within(starts: date | None, ends: date | None, today: date) -> None:
    limits = limits_of(starts, ends, today)
    assert all(limits.has(day) for day in (starts, ends, today) if day is not None)


def test_the_limits_are_five_years_before_and_twenty_after() -> None:
    assert limits_of(date(2025, 10, 1), date(2028, 2, 29), TODAY) == Limits(date(2020, 10, 1), date(2048, 2, 28))
    assert limits_of(None, None, TODAY) == Limits(date(2021, 11, 23), date(2046, 11, 23))


@pytest.mark.parametrize("day", [date(1999, 1, 1), date.min, date.max, date(2020, 9, 30)])
def test_a_date_outside_is_refused_with_the_days_that_are_possible(day: date) -> None:
    limits = limits_of(date(2025, 10, 1), date(2028, 2, 29), TODAY)
    assert "Oct 1, 2020 and Feb 28, 2048" in date_fault(day, limits)


def test_what_was_reached_never_lies_ahead() -> None:
    limits = limits_of(TODAY, TODAY, TODAY)
    assert "today or an earlier day" in actual_fault(date(2026, 11, 24), limits, TODAY)
    assert actual_fault(TODAY, limits, TODAY) == ""
    assert "Enter a day between" in actual_fault(date(1999, 1, 1), limits, TODAY)


def test_only_what_is_not_reached_has_passed() -> None:
    assert has_passed(date(2026, 11, 22), None, TODAY)
    assert not has_passed(TODAY, None, TODAY)
    assert not has_passed(date(2026, 11, 22), date(2026, 11, 22), TODAY)
