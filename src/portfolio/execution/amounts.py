"""Amounts as people and files give them, into minor units; what is wrong with one in the reader's words."""

from decimal import Decimal

from portfolio.db.money import MAX_MINOR, Money, minor_digits
from portfolio.i18n import gettext as _
from portfolio.i18n import ngettext
from portfolio.web.formatting import number


def minor_of(amount: Decimal, currency: str) -> int:
    """Minor units of an amount in major units. Raises `ValueError` in the reader's language."""
    try:
        return Money.of(amount, currency).minor
    except ValueError:
        raise ValueError(_why_not(amount, currency)) from None


def _why_not(amount: Decimal, currency: str) -> str:
    if not amount.is_finite():
        return _("Enter a number")
    digits = minor_digits(currency)
    if abs(amount.scaleb(digits)) > MAX_MINOR:
        return _("This amount is too large to be kept")
    if not digits:
        return _("Amounts in %(currency)s have no decimals") % {"currency": currency}
    words = ngettext(
        "Amounts in %(currency)s have %(n)s decimal at most",
        "Amounts in %(currency)s have %(n)s decimals at most",
        digits,
    )
    return words % {"currency": currency, "n": number(digits)}
