"""Numbers, money and dates as the reader writes them (Babel), and back."""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent, get_decimal_symbol, get_group_symbol
from babel.units import format_unit
from markupsafe import Markup, escape

from portfolio.db.money import Money, minor_digits
from portfolio.i18n import current_language, gettext

LAST_SECOND = 59

_zone = ZoneInfo("UTC")
_region = "CL"


def use_country(time_zone: str, region: str) -> None:
    """Set once at start from the country pack: whose clock and whose separators the pages show."""
    global _zone, _region
    _zone, _region = ZoneInfo(time_zone), region


def country_zone() -> ZoneInfo:
    return _zone


@cache
def _locale(language: str, region: str) -> Locale:
    territory = {"es": region, "pt": "BR", "en": "US"}[language]
    try:
        return Locale(language, territory)
    except UnknownLocaleError:  # a pack of no country in particular
        return Locale(language)


def locale() -> Locale:
    return _locale(current_language(), _region)


def money(value: Money | None) -> str:
    """`1.234.568 CLP` with the currency's decimals; «not stated» for nothing: missing is never zero."""
    if value is None:
        return gettext("not stated")
    return f"{plain_amount(value)} {value.currency}"


def plain_amount(value: Money) -> str:
    """The amount without its currency, for columns that name it in their head."""
    digits = minor_digits(value.currency)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(value.amount, format=pattern, locale=locale())


def typed_amount(value: Money | None) -> str:
    """The amount as a person would type it into a field: the reader's decimal sign, no grouping."""
    return "" if value is None else format(value.amount, "f").replace(".", get_decimal_symbol(locale()))


def number(value: Decimal | int | float | None) -> str:
    return gettext("not stated") if value is None else format_decimal(value, locale=locale())


def percent(value: Decimal | float | None) -> str:
    """A share of one as a percentage with at most one decimal."""
    return gettext("not stated") if value is None else format_percent(value, format="#,##0.#%", locale=locale())


def file_size(size: int) -> str:
    """`0,3 kB`, `12 kB`, `3,4 MB`: thousands, as files are sold and sent."""
    unit, holds = ("megabyte", 1_000_000) if size >= 1_000_000 else ("kilobyte", 1_000)
    shown = round(size / holds, 1 if size < 10 * holds else 0)
    return format_unit(shown, f"digital-{unit}", length="short", locale=locale())


def day(value: date | None) -> str:
    return gettext("no date") if value is None else format_date(value, format="long", locale=locale())


def short_day(value: date | None) -> str:
    return gettext("no date") if value is None else format_date(value, format="medium", locale=locale())


def instant(value: datetime | None) -> str:
    """An instant on the country's clock: the day as everywhere, and the time."""
    return gettext("no date") if value is None else _day_and_time(value, "HH:mm")


def exact_instant(value: datetime | None) -> str:
    """An instant on the country's clock, to the second; a term that ends with a minute is told by the minute (23:59)."""
    if value is None:
        return gettext("no date")
    return instant(value) if value.second == LAST_SECOND else _to_the_second(value)


def exact_time(value: datetime | None) -> Markup | str:
    """The same for a page, with the very second for machines and for who points at it."""
    if value is None:
        return gettext("no date")
    here = value.astimezone(_zone)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        here.isoformat(timespec="seconds"), _to_the_second(value), exact_instant(value)
    )


def _to_the_second(value: datetime) -> str:
    return _day_and_time(value, "HH:mm:ss")


def _day_and_time(value: datetime, time: str) -> str:
    here = value.astimezone(_zone)
    return f"{short_day(here.date())}, {format_datetime(here, format=time, locale=locale())}"


def paragraphs(text: str | None) -> Markup:
    """Plain text as escaped paragraphs: no markup of a user's ever reaches a page."""
    blocks = [block for block in re.split(r"\n{2,}", (text or "").strip()) if block]
    return Markup("").join(
        Markup("<p>{}</p>").format(Markup("<br>").join(escape(line) for line in block.split("\n"))) for block in blocks
    )


def read_decimal(text: str) -> Decimal:
    """A number as people of the reader's language type or paste it. Raises `ValueError` when it cannot be told.

    Grouping must be regular (1.234.567): «1.23» where a point groups is refused rather than guessed.
    """
    plain = text.strip().replace("\u00a0", "").replace("\u202f", "").replace(" ", "").lstrip("$").removeprefix("US$")
    decimal_sign, group_sign = get_decimal_symbol(locale()), get_group_symbol(locale())
    sign = "-" if plain.startswith("-") else ""
    whole, _, fraction = plain.lstrip("+-").partition(decimal_sign)
    if group_sign in whole:
        groups = whole.split(group_sign)
        if not (1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])):
            raise ValueError(text)
        whole = "".join(groups)
    if not (whole or fraction) or not (whole + fraction).isascii() or not (whole + fraction).isdigit():
        raise ValueError(text)
    try:
        return Decimal(f"{sign}{whole or '0'}.{fraction or '0'}").normalize() + 0
    except InvalidOperation as error:
        raise ValueError(text) from error
