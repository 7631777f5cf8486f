"""Amounts of a long list, formatted fast: the same text as `formatting.plain_amount`, with the marks looked up once a page."""

from collections.abc import Callable

from babel.numbers import get_decimal_symbol, get_group_symbol

from portfolio.db.money import minor_digits
from portfolio.web.formatting import locale


def amount_formatter() -> Callable[[str, int], str]:
    """A function of currency and minor units, in the reader's language as of now."""
    group, point = get_group_symbol(locale()), get_decimal_symbol(locale())

    def shown(currency: str, minor: int) -> str:
        digits = minor_digits(currency)
        sign = "-" if minor < 0 else ""
        whole, rest = divmod(abs(minor), 10**digits)
        grouped = f"{whole:,}".replace(",", group)
        return f"{sign}{grouped}{point}{rest:0{digits}d}" if digits else f"{sign}{grouped}"

    return shown
