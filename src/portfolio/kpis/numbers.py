"""Values of indicators at the edge: what people write and read, and the whole numbers that are kept."""

from decimal import Decimal

from babel.numbers import get_decimal_symbol

from portfolio.db.money import Money, minor_digits
from portfolio.i18n import gettext as _
from portfolio.kpis.terms import UnitKind
from portfolio.web.formatting import locale, money, number

PLACES = 4
"""Decimals of whatever is not money: enough for ratios and scores."""

MAX_SCALED = 2**53 - 1
"""Widest value: exact in the trail, in JSON and in every column."""


def scale_of(unit: UnitKind, currency: str = "") -> int:
    """Money has the decimals of its currency, everything else four."""
    return minor_digits(currency) if unit is UnitKind.MONEY else PLACES


def scaled(value: Decimal, scale: int) -> int:
    """Raises `ValueError`, in words, for more decimals than are kept or a number too large."""
    found = value.scaleb(scale)
    if not found.is_finite() or found != found.to_integral_value():
        raise ValueError(_("Enter fewer decimals"))
    if abs(found) > MAX_SCALED:
        raise ValueError(_("Enter a number with fewer digits"))
    return int(found)


def unscaled(value: int, scale: int) -> Decimal:
    """The number, without zeros at the end of its decimals."""
    found = Decimal(value).scaleb(-scale)
    return found.quantize(Decimal(1)) if found == found.to_integral_value() else found.normalize()


def shown(value: int | None, scale: int, currency: str = "") -> str:
    """In the reader's format, without the unit except for money; «not stated» for nothing."""
    if value is None:
        return _("not stated")
    return money(Money(currency, value)) if currency else number(unscaled(value, scale))


def typed(value: int | None, scale: int) -> str:
    """As a person would type it into a field: their decimal sign, no grouping."""
    if value is None:
        return ""
    text = format(unscaled(value, scale), "f")
    return text.replace(".", get_decimal_symbol(locale()))
