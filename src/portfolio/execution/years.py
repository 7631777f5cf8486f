"""Fiscal years of a country: the first day of one, and the year that holds a month."""

from datetime import date

from portfolio.packs.schema import CountryPack


def first_day(pack: CountryPack, year: int) -> date:
    """By the name that the country gives the year."""
    fiscal = pack.fiscal_year
    return date(year - (1 if fiscal.named_by_end and fiscal.start_month > 1 else 0), fiscal.start_month, 1)


def year_of(pack: CountryPack, day: date) -> int:
    return next(year for year in (day.year + 1, day.year, day.year - 1) if first_day(pack, year) <= day)


def bounds_of(pack: CountryPack, year: int) -> tuple[date, date]:
    """The first month of a fiscal year, and the first month after it."""
    return first_day(pack, year), first_day(pack, year + 1)
