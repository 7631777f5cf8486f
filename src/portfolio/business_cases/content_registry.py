"""What belongs to the content of a case beside its answers: each structured table is registered by the module that owns it.

The same registration names the tables and columns in words, so that a difference between two versions can be read.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from portfolio.business_cases.models import BusinessCase
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import SectionCode

Line = dict[str, Any]
"""Plain JSON values by column. `id` is the row's key as text: versions of a line are matched by it, and it is not shown."""

Reader = Callable[[Session, CountryPack, BusinessCase], Sequence[Line]]
Shower = Callable[[CountryPack, str, str, Any], str]
"""(pack, currency of the case, column, value) → the value as a person reads it."""


def as_text(_pack: CountryPack, _currency: str, _column: str, value: Any) -> str:
    """For columns that hold nothing but words."""
    return "" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class LineTable:
    """A structured table of one section."""

    section: SectionCode
    name: str
    read: Reader
    title: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    show: Shower = as_text


_tables: dict[tuple[SectionCode, str], LineTable] = {}


def register_lines(
    section: SectionCode,
    name: str,
    reader: Reader,
    *,
    title: str = "",
    columns: Mapping[str, str] | None = None,
    show: Shower = as_text,
) -> None:
    """Make a table part of the content: of the snapshot, the digests and the differences.

    `reader` returns lines in the order of the form, every line with the same keys. `title` and the values of `columns`
    are texts marked with `N_`; a column that is not named there does not show in differences.
    """
    _tables[(section, name)] = LineTable(section, name, reader, title, columns or {}, show)


def tables_of(section: SectionCode | str) -> tuple[LineTable, ...]:
    """The tables of a section, by name, so that the order does not depend on imports."""
    wanted = SectionCode(section)
    return tuple(table for (of, _), table in sorted(_tables.items()) if of is wanted)


def table_named(section: SectionCode | str, name: str) -> LineTable | None:
    return _tables.get((SectionCode(section), name))
