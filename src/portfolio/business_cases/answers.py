"""One answer: what may be stored for a question, how its field shows it, and how a reader reads it."""

from datetime import date
from decimal import Decimal

from babel.numbers import get_decimal_symbol

from portfolio.db.money import Money
from portfolio.i18n import gettext as _
from portfolio.i18n import ngettext
from portfolio.packs.questions import NO, YES, Question
from portfolio.packs.terms import QuestionType
from portfolio.web.formatting import day, locale, money, number, read_decimal

MAX_DIGITS = 15
MAX_DECIMALS = 6


def accepted(question: Question, typed: str, currency: str) -> str:
    """The text to store: numbers and amounts with a point, dates as ISO 8601, choices by code; blank stays blank.

    Raises `ValueError` with a sentence in the reader's language.
    """
    text = typed.strip()
    if not text:
        return ""
    kind = question.type
    if kind in (QuestionType.TEXT, QuestionType.LONG_TEXT):
        return _short_enough(question, text if kind is QuestionType.LONG_TEXT else " ".join(text.split()))
    if kind is QuestionType.CHOICE or kind is QuestionType.YES_NO:
        if text not in (question.choices if kind is QuestionType.CHOICE else (YES, NO)):
            raise ValueError(_("Choose one of the options"))
        return text
    if kind is QuestionType.DATE:
        return _real_day(text)
    return _exact(text, currency if kind is QuestionType.MONEY else "")


def typed(question: Question, stored: str) -> str:
    """A stored answer as its field shows it."""
    if question.type in (QuestionType.NUMBER, QuestionType.MONEY):
        return stored.replace(".", get_decimal_symbol(locale()))
    return stored


def said(question: Question, stored: str, currency: str) -> str:
    """A stored answer as a person reads it; one that the pack does not know any more as it is."""
    if not stored:
        return ""
    kind = question.type
    if kind is QuestionType.CHOICE:
        return str(question.choices[stored].label) if stored in question.choices else stored
    if kind is QuestionType.YES_NO:
        return {YES: _("Yes"), NO: _("No")}.get(stored, stored)
    try:
        if kind is QuestionType.DATE:
            return day(date.fromisoformat(stored))
        if kind is QuestionType.NUMBER:
            return number(Decimal(stored))
        if kind is QuestionType.MONEY:
            return money(Money.of(Decimal(stored), currency))
    except (ValueError, ArithmeticError):
        return stored
    return stored


def _short_enough(question: Question, text: str) -> str:
    over = len(text) - question.max_length
    if over > 0:
        raise ValueError(
            ngettext(
                "%(n)s character too many: the limit is %(limit)s",
                "%(n)s characters too many: the limit is %(limit)s",
                over,
            )
            % {"n": number(over), "limit": number(question.max_length)}
        )
    return text


def _real_day(text: str) -> str:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise ValueError(_("Enter a real date")) from None
    if not 1900 <= found.year <= 2200:
        raise ValueError(_("Enter a real date"))
    return found.isoformat()


def _exact(text: str, currency: str) -> str:
    try:
        value = read_decimal(text)
    except ValueError:
        raise ValueError(
            _("Enter a number, for example %(example)s") % {"example": number(Decimal("1234.5"))}
        ) from None
    _sign, digits, exponent = value.as_tuple()
    if len(digits) > MAX_DIGITS or not isinstance(exponent, int) or exponent > MAX_DIGITS:
        raise ValueError(_("Enter a number with fewer digits"))
    if exponent < -MAX_DECIMALS:
        raise ValueError(_("Enter fewer decimals"))
    if currency:
        try:
            Money.of(value, currency)
        except ValueError:
            raise ValueError(_("Enter fewer decimals")) from None
    return format(value, "f")
