"""A month as files and people write it: `2026-08`, a date of it, `08/2026`, or its name in es, pt or en with the year."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache

from babel.dates import get_month_names

from portfolio.db.text import folded
from portfolio.documents.dates import read_date
from portfolio.documents.terms import Why

LANGUAGES = ("es", "pt", "en")
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})")
_MONTH_FIRST = re.compile(r"(\d{1,2})[-/.](\d{4})")
_NAMED = re.compile(r"([^\W\d_]+)\.?(?:\s*[-/ ]\s*|\s+de\s+|\s+del\s+|\s+of\s+)(\d{4})")
_YEAR_NAMED = re.compile(r"(\d{4})\s*[-/ ]\s*([^\W\d_]+)\.?")


@cache
def _names() -> Mapping[str, int]:
    """Name or abbreviation, folded and without its dot → month; one that means two months is left out."""
    found: dict[str, int] = {}
    twice = set()
    for language in LANGUAGES:
        for width in ("wide", "abbreviated"):
            for number, name in get_month_names(width, locale=language).items():
                key = folded(str(name)).strip(" .")
                if found.setdefault(key, number) != number:
                    twice.add(key)
    found.setdefault("set", 9)
    return {name: number for name, number in found.items() if name not in twice}


def month_of(text: str) -> date | None:
    """The first day of the month that a text names, or nothing where it names none for certain."""
    text = text.strip()
    if found := _YEAR_FIRST.fullmatch(text):
        return _first(found[1], int(found[2]))
    if found := _MONTH_FIRST.fullmatch(text):
        return _first(found[2], int(found[1]))
    if found := _NAMED.fullmatch(text):
        return _first(found[2], _names().get(folded(found[1]), 0))
    if found := _YEAR_NAMED.fullmatch(text):
        return _first(found[1], _names().get(folded(found[2]), 0))
    day = read_date(text)
    return None if isinstance(day, Why) else day.replace(day=1)


def _first(year: str, month: int) -> date | None:
    return date(int(year), month, 1) if 1 <= month <= 12 and int(year) >= 1 else None
