"""Which dates a plan can hold: impossible ones are refused, improbable ones want somebody to have looked. Pure."""

from dataclasses import dataclass
from datetime import date

from portfolio.i18n import gettext as _
from portfolio.web.formatting import short_day

YEARS_BEFORE, YEARS_AFTER = 5, 20
"""Before the start of the project, and after the end that was promised: wide enough for any plan, too narrow for a slip of
the finger in a year."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The first and the last day that a date of the plan may have."""

    earliest: date
    latest: date

    def has(self, day: date) -> bool:
        return self.earliest <= day <= self.latest


def limits_of(starts: date | None, ends: date | None, today: date) -> Limits:
    """Of a project that starts and ends on these days; `today` stands in for what is not known, and is always within."""
    known = [day for day in (starts, ends, today) if day is not None]
    begin, end = min(known), max(known)
    return Limits(_years(begin, -YEARS_BEFORE), _years(end, YEARS_AFTER))


def _years(day: date, years: int) -> date:
    year = day.year + years
    if year < date.min.year:
        return date.min
    if year > date.max.year:
        return date.max
    return day.replace(year=year, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=year)


def date_fault(day: date | None, limits: Limits) -> str:
    """Why a planned or expected date cannot be, in words; nothing where it can, or where there is none."""
    if day is None or limits.has(day):
        return ""
    words = _(
        "Enter a day between %(first)s and %(last)s: from %(before)s years before the project to %(after)s after it"
    )
    return words % {
        "first": short_day(limits.earliest),
        "last": short_day(limits.latest),
        "before": YEARS_BEFORE,
        "after": YEARS_AFTER,
    }


def actual_fault(day: date | None, limits: Limits, today: date) -> str:
    """The same of the day on which something was reached, which never lies ahead."""
    if day is not None and day > today:
        return _("Enter today or an earlier day: what is still to come is a forecast")
    return date_fault(day, limits)


def has_passed(expected: date | None, actual: date | None, today: date) -> bool:
    """Whether something that was not reached is expected on a day before `today`: possible to type, and hardly ever meant."""
    return actual is None and expected is not None and expected < today
