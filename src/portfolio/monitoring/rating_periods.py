"""The period that a rating speaks of: a quarter of the country's fiscal year, named by its first day."""

from datetime import date, timedelta

MONTHS = 3
"""Months of a period. The monitoring cycle of the handbook (W7) leaves the frequency to the country; quarters are what the
US IT Dashboard, the United Kingdom and Chile report by at least."""


def period_on(day: date, fiscal_start: int) -> date:
    """The first day of the period that holds a day; `fiscal_start` is the month in which fiscal years begin."""
    months = day.year * 12 + day.month - 1
    back = (day.month - fiscal_start) % MONTHS
    year, month = divmod(months - back, 12)
    return date(year, month + 1, 1)


def period_after(first: date) -> date:
    """The first day of the next period."""
    year, month = divmod(first.year * 12 + first.month - 1 + MONTHS, 12)
    return date(year, month + 1, 1)


def period_end(first: date) -> date:
    return period_after(first) - timedelta(days=1)


def ended_period(day: date, fiscal_start: int) -> date:
    """The first day of the newest period that is over on a day."""
    return period_on(period_on(day, fiscal_start) - timedelta(days=1), fiscal_start)
