"""Working days of a country: weekends, public holidays and the pack's own closures."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import holidays

from portfolio.packs.schema import CountryPack, WorkCalendar

LAST_SECOND = time(23, 59, 59)


@lru_cache(maxsize=256)
def _public_holidays(country: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(country, years=[year]))


def is_working_day(pack: CountryPack, day: date) -> bool:
    calendar = pack.calendar
    if day.weekday() in calendar.weekend:
        return False
    if calendar.holidays_of and day in _public_holidays(calendar.holidays_of, day.year):
        return False
    return not _is_closed(calendar, day)


def _is_closed(calendar: WorkCalendar, day: date) -> bool:
    iso = day.isoformat()
    return any(closure.on in (iso, iso[5:]) for closure in calendar.closures)


def add_working_days(pack: CountryPack, start_date: date, n: int) -> date:
    """The n-th working day after a date, itself not counted; before it when n is negative; the date when n is 0."""
    step = timedelta(days=1 if n >= 0 else -1)
    day, left = start_date, abs(n)
    while left:
        day += step
        left -= is_working_day(pack, day)
    return day


def working_days_between(pack: CountryPack, start: date, end: date) -> int:
    """Working days after `start` up to and including `end`; negative when `end` is earlier."""
    if end < start:
        return -working_days_between(pack, end, start)
    return sum(is_working_day(pack, start + timedelta(days=offset)) for offset in range(1, (end - start).days + 1))


def deadline_at(pack: CountryPack, start_instant: datetime, n: int) -> datetime:
    """The instant (aware, UTC) at which a period of n working days ends: 23:59:59 in the pack's time zone.

    The period counts from the local day of `start_instant`, which must be aware. Where the clock is put back then
    the later of the two instants counts, in favour of whoever is waited for.
    """
    if start_instant.tzinfo is None:
        raise ValueError("start_instant must be aware")
    last = add_working_days(pack, start_instant.astimezone(pack.zone).date(), n)
    return datetime.combine(last, LAST_SECOND.replace(fold=1), tzinfo=pack.zone).astimezone(UTC)
