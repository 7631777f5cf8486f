"""Dates by declared formats only: `dd/mm/yyyy`, `month d, yyyy`, `month yyyy|end`. Day and month are never guessed.

A format is made of `yyyy`, `mm` or `m`, `month` (a name or its abbreviation in English, Spanish or Portuguese), `dd` or
`d`, and literal text ("d de month de yyyy"). A format without a day says which day is meant: `|start` or `|end` of the
month, or of the year.
"""

import calendar
import re
from datetime import date
from functools import cache
from itertools import chain

from portfolio.db.text import folded
from portfolio.documents.terms import Why

YEARS = range(1900, 2201)
"""A year outside is a slip of the keyboard, or a spreadsheet's zero date."""

_ENGLISH = "january february march april may june july august september october november december"
_SPANISH = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
_PORTUGUESE = "janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro"
_MONTHS: dict[str, int] = {
    form: number
    for names in (_ENGLISH, _SPANISH, _PORTUGUESE)
    for number, month in enumerate(names.split(), start=1)
    for form in (month, month[:3])
} | {"sept": 9, "setiembre": 9}
_TOKENS = re.compile(r"[^\W\d_]+|\s+|.", re.DOTALL)
_PARTS = {
    "yyyy": r"(?P<year>\d{4})",
    "month": r"(?P<name>[^\W\d_]+)\.?",
    "mm": r"(?P<month>\d{1,2})",
    "m": r"(?P<month>\d{1,2})",
    "dd": r"(?P<day>\d{1,2})",
    "d": r"(?P<day>\d{1,2})",
}
ISO = "yyyy-mm-dd"
_NUMERIC = ("dd/mm/yyyy", "mm/dd/yyyy", "dd-mm-yyyy", "mm-dd-yyyy", "dd.mm.yyyy")
_UNDECLARED = (*_NUMERIC, "month d, yyyy", "d month yyyy")


@cache
def _compiled(text: str) -> tuple[re.Pattern[str], str]:
    pattern, _bar, edge = text.partition("|")
    pieces = [
        _PARTS.get(token) or (r"\s+" if token.isspace() else re.escape(token)) for token in _TOKENS.findall(pattern)
    ]
    return re.compile("".join(pieces)), edge


def check_format(text: str) -> None:
    """Raises `ValueError` for a format that names no year, or a part twice, or leaves the day open."""
    try:
        pattern, edge = _compiled(text)
    except re.error as error:
        raise ValueError(f"the format {text!r} names a part twice") from error
    parts = set(pattern.groupindex)
    if "year" not in parts:
        raise ValueError(f"the format {text!r} has no yyyy")
    if "day" in parts and not parts & {"month", "name"}:
        raise ValueError(f"the format {text!r} has a day without a month")
    if ("day" in parts) == (edge in ("start", "end")) or edge not in ("", "start", "end"):
        raise ValueError(f"the format {text!r} needs a day, or |start or |end")


def read_date(text: str, formats: tuple[str, ...] = ()) -> date | Why:
    """The date, or why not: no format fits, no such day, or two formats fit with different days.

    ISO dates are always read. Without declared formats a date is read only where day and month cannot be swapped.
    """
    found: set[date] = set()
    is_impossible = False
    for one in chain((ISO,), formats or _UNDECLARED):
        answer = _by_format(text, one)
        if isinstance(answer, date):
            found.add(answer)
        elif answer is Why.IMPOSSIBLE_DATE:
            is_impossible = True
    if len(found) == 1:
        return found.pop()
    if found:
        return Why.AMBIGUOUS_DATE
    return Why.IMPOSSIBLE_DATE if is_impossible else Why.NOT_A_DATE


def _by_format(text: str, one: str) -> date | Why:
    pattern, edge = _compiled(one)
    match = pattern.fullmatch(folded(text))
    if match is None:
        return Why.NOT_A_DATE
    parts = match.groupdict()
    year = int(parts["year"])
    if "name" in parts:
        month = _MONTHS.get(parts["name"], 0)
        if not month:
            return Why.NOT_A_DATE
    else:
        month = int(parts.get("month") or (12 if edge == "end" else 1))
    if year not in YEARS or not 1 <= month <= 12:
        return Why.IMPOSSIBLE_DATE
    last = calendar.monthrange(year, month)[1]
    day = int(parts.get("day") or (last if edge == "end" else 1))
    return date(year, month, day) if 1 <= day <= last else Why.IMPOSSIBLE_DATE
