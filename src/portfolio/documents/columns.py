"""Matching a mapping with the header of a file, and finding the date that the file describes."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from portfolio.documents.dates import read_date
from portfolio.documents.headers import fits, normal, spaced
from portfolio.documents.mapping_schema import CurrencyFrom, Mapping
from portfolio.errors import Refused
from portfolio.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Columns:
    """Indices into the header. `rest` are the columns to keep that nothing else uses, by name."""

    key: tuple[int, ...]
    fields: dict[str, tuple[int, ...]]
    explanations: dict[str, int]
    as_at: int | None
    currency: int | None
    rest: dict[str, int]


def find_columns(header: Sequence[str], mapping: Mapping) -> Columns:
    """Raises `Refused` with every column that is missing or stands more than once."""
    cells = [normal(cell) for cell in header]
    problems: list[str] = []

    def find(wanted: str) -> int:
        places = [at for at, cell in enumerate(cells) if fits(wanted, cell)]
        if len(places) == 1:
            return places[0]
        problem = _("The column “%(column)s” is not unique.") if places else _("The column “%(column)s” is missing.")
        problems.append(problem % {"column": wanted})
        return 0

    key = tuple(find(part.column) for part in mapping.key)
    fields = {field: tuple(find(column) for column in rule.columns) for field, rule in mapping.fields.items()}
    explanations = {
        field: find(rule.explained_by) for field, rule in mapping.fields.items() if rule.explained_by is not None
    }
    as_at = find(mapping.as_at.column) if mapping.as_at.column is not None else None
    currency = find(mapping.currency.column) if isinstance(mapping.currency, CurrencyFrom) else None
    if problems:
        raise Refused(*dict.fromkeys(problems))
    # A key column is kept as well unless a field has it: the key itself is normalised.
    used = {*(at for places in fields.values() for at in places), as_at, currency}
    rest = [at for at in range(len(cells)) if at not in used] if mapping.keep == "rest" else []
    return Columns(key, fields, explanations, as_at, currency, _named(header, rest))


def _named(header: Sequence[str], places: Iterable[int]) -> dict[str, int]:
    """Header on one line → index; nothing reads these columns by name, so a second one of a name is numbered."""
    found: dict[str, int] = {}
    for at in places:
        name, number = spaced(header[at]), 1
        while (name if number == 1 else f"{name} ({number})") in found:
            number += 1
        found[name if number == 1 else f"{name} ({number})"] = at
    return found


def _loose(text: str) -> str:
    return ".*".join(map(re.escape, text.split("*")))


def given_as_at(name: str, mapping: Mapping, given: date | None) -> date | None:
    """The date for rows without one of their own. Raises `Refused` when neither person, file nor mapping says one."""
    if given is not None or mapping.as_at.column is not None:
        return given
    found = None
    if mapping.as_at.fixed is not None:
        found = read_date(mapping.as_at.fixed, mapping.as_at.formats)
    elif mapping.as_at.file_name is not None:
        before, _mark, after = mapping.as_at.file_name.partition("{date}")
        # File names join words with underscores; people read them as spaces.
        match = re.fullmatch(f"{_loose(before)}(?P<date>.+){_loose(after)}", name, re.IGNORECASE | re.DOTALL)
        found = read_date(match["date"].replace("_", " "), mapping.as_at.formats) if match else None
    if isinstance(found, date):
        return found
    raise Refused(_("Say which date this file describes: neither the file nor the mapping does."))
