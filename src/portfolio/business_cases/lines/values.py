"""One cell: what was typed to a value, and a value to what a field holds, what a reader sees and what a snapshot keeps."""

import re
import uuid
from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from babel.numbers import format_decimal

from portfolio.business_cases.lines.choices import NO, YES
from portfolio.business_cases.lines.columns import Cell, Kind, LineSpec
from portfolio.business_cases.lines.context import LineContext
from portfolio.db.money import MAX_MINOR
from portfolio.db.text import folded
from portfolio.i18n import LANGUAGES, language, ngettext
from portfolio.i18n import gettext as _
from portfolio.web import formatting
from portfolio.web.lengths import too_long

Value = Any
"""str, bool, int, date, UUID or None, by the kind of its column."""


class NotAccepted(Exception):
    """A text that its cell cannot keep; says why, in the reader's language."""


def read_cell(spec: LineSpec, cell: Cell, text: str, context: LineContext, unit: str = "") -> Value:
    """The value that was typed or pasted. `unit`: of the line's amounts. Raises `NotAccepted`."""
    text = text.strip()
    return _READERS[cell.column.kind](spec, cell, text, context, unit)


def typed(cell: Cell, value: Value, context: LineContext, unit: str = "") -> str:
    """The text of a field that holds this value: `read_cell` of it is the value again."""
    kind = cell.column.kind
    if value is None:
        return ""
    if cell.is_amount:
        return amount_text(int(value), context.places(unit))
    if kind is Kind.YES_NO:
        return YES if value else NO
    if kind is Kind.DATE:
        return str(value.isoformat())
    if kind is Kind.INSTITUTION:
        return context.institutions.get(value, "")
    return figure_text(str(value)) if kind is Kind.FIGURE else str(value)


def shown(cell: Cell, value: Value, context: LineContext, unit: str = "") -> str:
    """The value as it is read, in the reader's language; nothing for nothing."""
    column = cell.column
    if value is None or value == "":
        return ""
    if column.options is not None:
        words = dict(column.options(context))
        return words.get(str(value), str(value))
    if column.kind is Kind.YES_NO:
        return _("Yes") if value else _("No")
    if column.kind is Kind.DATE:
        return formatting.short_day(value)
    return typed(cell, value, context, unit)


def plain(value: Value) -> Any:
    """As a snapshot keeps it: JSON, the same in every language."""
    if isinstance(value, (date, uuid.UUID)):
        return str(value)
    return value


def amount_text(stored: int, places: int) -> str:
    """A whole number of smallest parts, as the reader writes an amount: with groups, and all its decimals."""
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return str(format_decimal(Decimal(stored).scaleb(-places), format=pattern, locale=formatting.locale()))


FIGURE = re.compile(r"-?\d+(?:\.\d+)?")
"""A number as it is kept: the same in every language."""


def figure_text(stored: str) -> str:
    """A kept number as the reader types one; a text of before, that is no number, as it stands."""
    if not FIGURE.fullmatch(stored):
        return stored
    return str(format_decimal(Decimal(stored), format="0.##########", locale=formatting.locale()))


def rescaled(stored: int, before: int, after: int) -> int:
    """The same amount with another number of decimals. Raises `NotAccepted` when it would have to be rounded."""
    scaled = Decimal(stored).scaleb(after - before)
    if scaled != scaled.to_integral_value():
        raise NotAccepted(
            _("The amounts of this line have more decimals than the new unit allows: correct them before changing it.")
        )
    return int(scaled)


Reader = Callable[[LineSpec, Cell, str, LineContext, str], Value]


def _text(spec: LineSpec, cell: Cell, text: str, _context: LineContext, _unit: str) -> str:
    limit = spec.limit(cell.column)
    if len(text) > limit:
        raise NotAccepted(too_long(limit, len(text)))
    return text if cell.column.kind is Kind.LONG else " ".join(text.split())


def _choice(_spec: LineSpec, cell: Cell, text: str, context: LineContext, _unit: str) -> str:
    assert cell.column.options is not None  # noqa: S101  declared so
    if not text:
        return ""
    if any(text == value for value, _words in cell.column.options(context)):
        return text
    wanted = folded(text)
    for code in LANGUAGES:  # a sheet that a colleague wrote in another language
        with language(code):
            for value, words in cell.column.options(context):
                if wanted in (folded(value), folded(words)) and (value or wanted):
                    return value
    raise NotAccepted(_("Choose one of the options"))


def _yes_no(_spec: LineSpec, cell: Cell, text: str, _context: LineContext, _unit: str) -> bool:
    wanted = folded(text or cell.column.default or NO)
    if wanted in {YES, "y", "si", "s", "sim", "x", "1", "true"}:
        return True
    if wanted in {NO, "n", "nao", "0", "false"}:
        return False
    raise NotAccepted(_("Choose yes or no"))


def _number(_spec: LineSpec, cell: Cell, text: str, _context: LineContext, _unit: str) -> int | None:
    if not text:
        return None
    value = _decimal(text.rstrip("% "))
    if value != value.to_integral_value():
        raise NotAccepted(_("Enter a whole number"))
    column = cell.column
    if column.most is not None and value > column.most:
        raise NotAccepted(_("Enter %(n)s or less") % {"n": formatting.number(column.most)})
    if column.least is not None and value < column.least:
        raise NotAccepted(_("Enter %(n)s or more") % {"n": formatting.number(column.least)})
    return int(value)


def _figure(spec: LineSpec, cell: Cell, text: str, _context: LineContext, _unit: str) -> str:
    if not text:
        return ""
    kept = format(_decimal(text.rstrip("% ")), "f")
    if len(kept) > spec.limit(cell.column):
        raise NotAccepted(_("Enter a number with fewer digits"))
    return kept


def _year(spec: LineSpec, cell: Cell, text: str, context: LineContext, unit: str) -> int | None:
    found = _choice(spec, cell, text, context, unit)
    return int(found) if found else None


def _amount(_spec: LineSpec, _cell: Cell, text: str, context: LineContext, unit: str) -> int | None:
    if not text:
        return None
    places = context.places(unit)
    value = _decimal(_without_currency(text, context, unit))
    if value < 0:
        raise NotAccepted(_("Enter 0 or more"))
    scaled = value.scaleb(places)
    if scaled != scaled.to_integral_value():
        name = unit or context.currency
        raise NotAccepted(
            ngettext("%(unit)s has %(n)s decimal", "%(unit)s has %(n)s decimals", places) % {"unit": name, "n": places}
            if places
            else _("%(unit)s has no decimals") % {"unit": name}
        )
    if scaled > MAX_MINOR // 1000:  # room for the sum of a case's lines
        raise NotAccepted(_("The amount is too large"))
    return int(scaled)


def _without_currency(text: str, context: LineContext, unit: str) -> str:
    """Spreadsheets paste the currency with the number: 1.200 USD, US$ 1.200."""
    return re.sub(
        rf"^(?:{re.escape(unit or context.currency)}|US\$|R\$|\$)\s*|\s*{re.escape(unit or context.currency)}$",
        "",
        text,
    )


def _decimal(text: str) -> Decimal:
    try:
        value = formatting.read_decimal(text)
    except ValueError:
        raise NotAccepted(
            _("Enter a number, for example %(example)s") % {"example": formatting.number(Decimal("1234.5"))}
        ) from None
    if value.adjusted() > 24:
        raise NotAccepted(_("The amount is too large"))
    return value


def _date(_spec: LineSpec, _cell: Cell, text: str, _context: LineContext, _unit: str) -> date | None:
    if not text:
        return None
    iso = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text)
    local = re.fullmatch(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})", text)  # day first: so the whole region writes it
    parts = iso.groups() if iso else tuple(reversed(local.groups())) if local else None
    try:
        found = date(*(int(part) for part in parts)) if parts else None
    except ValueError:
        found = None
    if found is None or not 1990 <= found.year <= 2100:
        raise NotAccepted(_("Enter a real date"))
    return found


def _institution(_spec: LineSpec, _cell: Cell, text: str, context: LineContext, _unit: str) -> uuid.UUID | None:
    if not text:
        return None
    wanted = folded(text)
    found = [key for key, name in context.institutions.items() if folded(name) == wanted]
    if len(found) != 1:
        raise NotAccepted(_("Choose an institution of the list"))
    return found[0]


_READERS: dict[Kind, Reader] = {
    Kind.TEXT: _text,
    Kind.LONG: _text,
    Kind.CHOICE: _choice,
    Kind.YES_NO: _yes_no,
    Kind.NUMBER: _number,
    Kind.FIGURE: _figure,
    Kind.YEAR: _year,
    Kind.MONEY: _amount,
    Kind.YEARS: _amount,
    Kind.DATE: _date,
    Kind.INSTITUTION: _institution,
}


def percent_of(share: Any) -> Decimal:
    """An exact share as a decimal that the house's formats take, to a tenth of a percent."""
    value = Decimal(share.numerator) / Decimal(share.denominator)
    return value.quantize(Decimal("0.001"), rounding=ROUND_HALF_UP)
