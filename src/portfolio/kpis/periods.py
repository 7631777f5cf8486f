"""Periods of measurement. A period is named by its last day; its measurement is due some days after it."""

import calendar
from collections.abc import Iterator
from datetime import date, timedelta

from portfolio.kpis.terms import Frequency

DUE_DAYS = 15
"""Days after a period's end until its measurement is due. Ours: handbook 5.8 asks for a frequency and leaves the day open."""

MONTHS = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.HALF_YEARLY: 6, Frequency.YEARLY: 12}


def period_of(frequency: Frequency, day: date) -> date:
    """The last day of the calendar period that holds the day."""
    size = MONTHS[frequency]
    month = (day.month - 1) // size * size + size
    return date(day.year, month, calendar.monthrange(day.year, month)[1])


def first_day(frequency: Frequency, period: date) -> date:
    """The first day of the period that ends on `period`."""
    return date(period.year, period.month - MONTHS[frequency] + 1, 1)


def next_period(frequency: Frequency, period: date) -> date:
    return period_of(frequency, period + timedelta(days=1))


def periods(frequency: Frequency, first: date, last: date) -> Iterator[date]:
    """Ends of the periods from the one that holds `first` to the last that has ended on `last`."""
    period = period_of(frequency, first)
    while period <= last:
        yield period
        period = next_period(frequency, period)


def due_on(period: date) -> date:
    return period + timedelta(days=DUE_DAYS)


def last_due(frequency: Frequency, as_at: date) -> date:
    """The newest period whose due date has passed on `as_at`."""
    ended = as_at - timedelta(days=DUE_DAYS + 1)
    period = period_of(frequency, ended)
    return period if period <= ended else first_day(frequency, period) - timedelta(days=1)


def newest_ended(frequency: Frequency, as_at: date) -> date:
    """The newest period that has ended on or before `as_at`."""
    period = period_of(frequency, as_at)
    return period if period <= as_at else first_day(frequency, period) - timedelta(days=1)


def periods_between(frequency: Frequency, earlier: date, later: date) -> int:
    """How many periods lie between two ends of periods; negative when `later` is the earlier one."""
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    return months // MONTHS[frequency]
