"""The shapes that templates of lines show: heads, cells, rows, totals; texts arrive formatted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from portfolio.business_cases.lines.columns import Cell, Kind


@dataclass(frozen=True, slots=True)
class Head:
    """A column of the table. `options`: (value, words, further attributes of the option)."""

    cell: Cell
    label: str
    hint: str
    limit: int
    options: Sequence[tuple[str, str, Mapping[str, str]]] = ()

    @property
    def key(self) -> str:
        return self.cell.key

    @property
    def kind(self) -> str:
        return self.cell.column.kind.value

    @property
    def is_amount(self) -> bool:
        return self.cell.is_amount

    @property
    def css(self) -> str:
        """Class of the column's cells in a grid."""
        if self.is_amount:
            return "app-num"
        if self.is_wide:
            return "app-wide"
        return "app-short" if self.cell.column.kind in (Kind.YES_NO, Kind.YEAR) or self.key == "unit" else ""

    @property
    def is_wide(self) -> bool:
        return self.cell.column.wide or self.cell.column.kind is Kind.LONG


@dataclass(frozen=True, slots=True)
class GridCell:
    """One field. `words`: the value as it is read, for tables that cannot be changed now; `is_fixed`: not a field at all."""

    head: Head
    name: str
    id: str
    label: str
    text: str
    words: str
    error: str = ""
    theirs: str = ""
    is_fixed: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line. `group`: capital or current; `total`: of its amounts by year; `notes`: what the reader should know of it."""

    id: str
    version: int
    number: str
    cells: tuple[GridCell, ...]
    group: str = ""
    total: str = ""
    title: str = ""
    notes: tuple[str, ...] = ()
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class FootCell:
    """A total under a column, with the marks by which the script keeps it while amounts are typed."""

    text: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FootRow:
    label: str
    cells: tuple[FootCell, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """Everything `business_cases/lines/_table.html` needs beside the page's shell and its addresses."""

    name: str
    title: str
    help: str
    noun: str
    layout: str
    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    pattern: Row
    foot: tuple[FootRow, ...]
    lead: int
    has_row_totals: bool
    currency: str
    places: int
    decimal: str
    is_fixed: bool
    count: int
    years: int
    more_years: bool
    institutions: tuple[str, ...]
    errors: tuple[tuple[str, str], ...] = ()
    has_conflict: bool = False

    @property
    def id(self) -> str:
        return f"lines-{self.name}"

    @property
    def summary(self) -> tuple[tuple[str, str], ...]:
        """(id of the field, sentence): what `error_summary` lists."""
        return self.errors
