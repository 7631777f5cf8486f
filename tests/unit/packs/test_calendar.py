"""Working days: weekends, holidays, closures, and deadlines in the country's own time."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.packs.calendar import add_working_days, deadline_at, is_working_day, working_days_between
from portfolio.packs.loader import SHIPPED, load_pack

PACKS = st.sampled_from(SHIPPED)
DAYS = st.dates(date(2024, 1, 1), date(2029, 12, 31))
COUNTS = st.integers(0, 60)


@settings(deadline=None)
@given(PACKS, DAYS, COUNTS)
def test_adding_and_counting_agree(name: str, start: date, n: int) -> None:
    pack = load_pack(name)
    end = add_working_days(pack, start, n)
    assert working_days_between(pack, start, end) == n
    assert n == 0 or is_working_day(pack, end)


@settings(deadline=None)
@given(PACKS, DAYS, COUNTS, COUNTS)
def test_adding_twice_is_adding_the_sum(name: str, start: date, n: int, m: int) -> None:
    pack = load_pack(name)
    assert add_working_days(pack, add_working_days(pack, start, n), m) == add_working_days(pack, start, n + m)


@settings(deadline=None)
@given(PACKS, DAYS, COUNTS)
def test_going_back_undoes_going_forward_from_a_working_day(name: str, start: date, n: int) -> None:
    pack = load_pack(name)
    if is_working_day(pack, start):
        assert add_working_days(pack, add_working_days(pack, start, n), -n) == start


@settings(deadline=None)
@given(PACKS, DAYS, DAYS)
def test_counting_backwards_is_negative(name: str, one: date, other: date) -> None:
    pack = load_pack(name)
    assert working_days_between(pack, one, other) == -working_days_between(pack, other, one)


@settings(deadline=None)
@given(PACKS, DAYS, st.integers(0, 86_399), COUNTS)
def test_a_deadline_is_the_last_second_of_a_local_day(name: str, day: date, second: int, n: int) -> None:
    pack = load_pack(name)
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=second)
    end = deadline_at(pack, start, n)
    local = end.astimezone(pack.zone)
    assert end.tzinfo is UTC
    assert (local.hour, local.minute, local.second) == (23, 59, 59)
    assert local.date() == add_working_days(pack, start.astimezone(pack.zone).date(), n)
    assert end >= start


def test_national_holidays_of_chile_do_not_count() -> None:
    # 17 September 2026 is a Thursday; 18 and 19 are holidays, 19 and 20 a weekend.
    assert add_working_days(load_pack("chile"), date(2026, 9, 17), 1) == date(2026, 9, 21)
    assert add_working_days(load_pack("ecuador"), date(2026, 9, 17), 1) == date(2026, 9, 18)


def test_closures_of_every_year_and_of_one_day_do_not_count() -> None:
    pack = load_pack("eclac")
    assert not is_working_day(pack, date(2027, 1, 1))
    assert is_working_day(pack, date(2026, 11, 24))
    closed = pack.calendar.closures[0].model_copy(update={"on": "2026-11-24"})
    calendar = pack.calendar.model_copy(update={"closures": (closed,)})
    shut = pack.model_copy(update={"calendar": calendar})
    assert not is_working_day(shut, date(2026, 11, 24))
    assert is_working_day(shut, date(2027, 11, 24))


def test_the_local_day_counts_not_that_of_utc() -> None:
    # 01:30 UTC on Tuesday is still Monday evening in Santiago.
    assert deadline_at(load_pack("chile"), datetime(2026, 8, 4, 1, 30, tzinfo=UTC), 1) == datetime(
        2026, 8, 5, 3, 59, 59, tzinfo=UTC
    )


def test_where_the_clock_goes_back_the_later_instant_counts() -> None:
    # On Saturday 4 April 2026 Santiago lives 23:00 to 23:59 twice.
    assert deadline_at(load_pack("chile"), datetime(2026, 4, 4, 15, 0, tzinfo=UTC), 0) == datetime(
        2026, 4, 5, 3, 59, 59, tzinfo=UTC
    )


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        deadline_at(load_pack("chile"), datetime(2026, 8, 4, 1, 30), 1)  # noqa: DTZ001
