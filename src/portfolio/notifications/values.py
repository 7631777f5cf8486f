"""Params of a notice: typed values as JSON keeps them, and back as the reader's language writes them."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any

from portfolio.db.money import Money
from portfolio.i18n import Phrase, current_language
from portfolio.labels import named
from portfolio.web import formatting


def kept(value: Any) -> Any:
    """A param as JSON: texts and numbers as they are; money, days, instants, enum members and phrases tagged by kind."""
    if isinstance(value, Enum):
        return {"label": [type(value).__name__, value.name]}
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, Money):
        return {"money": [value.currency, value.minor]}
    if isinstance(value, datetime):
        return {"instant": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, Phrase):
        return {"phrase": value.model_dump()}
    raise TypeError(f"a notice cannot carry a {type(value).__name__}")


def shown(value: Any) -> str:
    """A kept param in the reader's language."""
    if isinstance(value, Mapping):
        return _tagged(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return formatting.number(value)
    return "" if value is None else str(value)


def _tagged(value: Mapping[str, Any]) -> str:
    ((kind, content),) = value.items()
    if kind == "money":
        return formatting.money(Money(content[0], int(content[1])))
    if kind == "instant":
        return formatting.instant(datetime.fromisoformat(content))
    if kind == "day":
        return formatting.day(date.fromisoformat(content))
    if kind == "phrase":
        return str(Phrase(**content).in_language(current_language()))
    return named(content[0], content[1])
