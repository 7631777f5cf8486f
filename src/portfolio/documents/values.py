"""The text of one cell to a value with its state: known, missing, exempt, words instead, unreadable. Never a guess."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from babel.numbers import list_currencies

from portfolio.db.money import MAX_MINOR, minor_digits
from portfolio.documents.dates import read_date
from portfolio.documents.findings import Reason
from portfolio.documents.headers import fits_any, normal
from portfolio.documents.mapping_schema import MULTIPLIERS, FieldKind, FieldMapping, Mapping, Numbers
from portfolio.documents.terms import CellState, Why

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_LINE_ENDS = re.compile(r"\r+\n|\r+")
MAX_DIGITS = 28
"""Longest number read, in characters: beyond the precision of `Decimal` it would be rounded without a word."""


@dataclass(frozen=True, slots=True)
class Value:
    """One field of one row. `value` is set only when `state` is known: text, a date, or whole minor units of money.
    `raw` is the cell verbatim: the reason where it is exempt, missing or words; `explanation` is what another column
    says about a missing value; `column` is the header it came from; `reason` says what made it unreadable."""

    state: CellState
    value: str | int | date | None
    raw: str
    column: str
    reason: Reason | None = None
    explanation: str = ""

    @property
    def text(self) -> str | None:
        return self.value if isinstance(self.value, str) else None

    @property
    def minor(self) -> int | None:
        return self.value if isinstance(self.value, int) else None

    @property
    def on(self) -> date | None:
        return self.value if isinstance(self.value, date) else None


class Unreadable(Exception):
    """A cell that looks like a value and cannot be taken as one."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.code)
        self.reason = reason


def clean(text: str) -> str:
    """Text to store: NFC, LF line ends, ordinary spaces, no control characters, nothing around it."""
    text = _LINE_ENDS.sub("\n", text).replace("\u00a0", " ").replace("\u202f", " ").replace("\ufeff", "")
    return _CONTROL.sub("", unicodedata.normalize("NFC", text)).strip()


def read_value(
    raw: str, column: str, kind: FieldKind, rule: FieldMapping, mapping: Mapping, currency: str, is_typed: bool
) -> Value:
    """Judge one cell. `currency` is the row's; `is_typed` says that a workbook stored a number or a date."""
    folded = normal(raw)
    if not folded:
        return Value(CellState.MISSING, None, raw, column)
    if fits_any(mapping.exempt if rule.exempt is None else rule.exempt, folded):
        return Value(CellState.EXEMPT, None, raw, column)
    if fits_any(mapping.missing if rule.missing is None else rule.missing, folded):
        return Value(CellState.MISSING, None, raw, column)
    if kind in (FieldKind.DATE, FieldKind.MONEY) and not any(character.isdigit() for character in folded):
        return Value(CellState.WORDS, None, raw, column)
    try:
        value = _read(raw, kind, rule, mapping, currency, is_typed)
    except Unreadable as problem:
        state = CellState.WORDS if problem.reason.code is Why.UNKNOWN_WORD else CellState.UNREADABLE
        return Value(state, None, raw, column, problem.reason)
    return Value(CellState.KNOWN, value, raw, column)


def _read(
    raw: str, kind: FieldKind, rule: FieldMapping, mapping: Mapping, currency: str, is_typed: bool
) -> str | int | date:
    if kind is FieldKind.MONEY:
        return read_money(raw, mapping.numbers, currency, rule.multiplier, rule.rounding == "half_up", is_typed)
    if kind is FieldKind.DATE:
        found = read_date(raw, rule.formats)
        if isinstance(found, Why):
            raise Unreadable(Reason.of(found))
        return found
    text = clean(raw)
    if kind is FieldKind.WORD and rule.words:
        return _known_word(text, rule)
    if kind is FieldKind.URL and not re.fullmatch(r"https?://[^\s/]+\S*", text, re.IGNORECASE):
        raise Unreadable(Reason.of(Why.NOT_AN_ADDRESS))
    return text


def _known_word(text: str, rule: FieldMapping) -> str:
    wanted = normal(text)
    for word in rule.words:
        if normal(word) == wanted:
            return word
    raise Unreadable(Reason.of(Why.UNKNOWN_WORD))


def read_number(text: str, numbers: Numbers, is_typed: bool = False) -> Decimal:
    """A decimal as the source writes it, exactly. Raises `Unreadable`: groups of three or nothing, one decimal mark."""
    plain = unicodedata.normalize("NFKC", text).strip().replace("\u2212", "-")
    sign, plain = ("-", plain[1:].lstrip()) if plain.startswith("-") else ("", plain)
    if is_typed:
        numbers = Numbers()
    for symbol in numbers.symbols:
        plain = plain.replace(unicodedata.normalize("NFKC", symbol), "", 1).strip()
    if plain.startswith("-") and not sign:  # "£-5"
        sign, plain = "-", plain[1:]
    mark, group = re.escape(numbers.decimal), re.escape(numbers.thousands)
    whole = rf"(?:[0-9]{{1,3}}(?:{group}[0-9]{{3}})+|[0-9]+)" if group else "[0-9]+"
    if len(plain) > MAX_DIGITS or not re.fullmatch(rf"{whole}(?:{mark}[0-9]+)?", plain):
        raise Unreadable(Reason.of(Why.NOT_A_NUMBER))
    if numbers.thousands:
        plain = plain.replace(numbers.thousands, "")
    return Decimal(sign + plain.replace(numbers.decimal, "."))


def read_money(
    text: str, numbers: Numbers, currency: str, multiplier: str, may_round: bool = False, is_typed: bool = False
) -> int:
    """Whole minor units of the currency. Raises `Unreadable` for more decimals than it has, unless it may round."""
    amount = read_number(text, numbers, is_typed)
    if currency not in _currencies():
        raise Unreadable(Reason.of(Why.UNKNOWN_CURRENCY, currency=currency))
    digits = minor_digits(currency)
    minor = amount.scaleb(MULTIPLIERS[multiplier] + digits)
    if minor != minor.to_integral_value():
        if not may_round:
            raise Unreadable(Reason.of(Why.TOO_MANY_DECIMALS, currency=currency, digits=digits))
        minor = minor.to_integral_value(ROUND_HALF_UP)
    if abs(minor) > MAX_MINOR:
        raise Unreadable(Reason.of(Why.NUMBER_TOO_LARGE))
    return int(minor)


def currency_of(cell: str) -> str:
    """The ISO 4217 code in a cell, or the cell's own text, which `read_money` then refuses as unknown."""
    return clean(cell).upper()[:20]


@cache
def _currencies() -> frozenset[str]:
    return frozenset(list_currencies())
