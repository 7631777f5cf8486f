"""What a table of lines is made of: columns with their kinds, and the declaration that the engine reads."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import inspect

from portfolio.business_cases.lines.context import LineContext
from portfolio.packs.terms import SectionCode

Options = Callable[[LineContext], list[tuple[str, str]]]
"""(value, words in the reader's language), in the order of the list."""


class Kind(Enum):
    """How a cell is typed, kept and shown."""

    TEXT = "text"
    LONG = "long"  # several lines of text
    CHOICE = "choice"
    YES_NO = "yes_no"
    NUMBER = "number"  # a whole number within bounds
    FIGURE = "figure"  # any number, kept as text: digits and a point, whatever the language of who typed it
    YEAR = "year"  # a fiscal year of the case
    MONEY = "money"
    YEARS = "years"  # an amount for each fiscal year: one cell a year, named y2027
    DATE = "date"
    INSTITUTION = "institution"


class Layout(Enum):
    """A grid suits short values that are compared; cards suit lines that are mostly sentences."""

    GRID = "grid"
    CARDS = "cards"


@dataclass(frozen=True, slots=True)
class Column:
    """`name` is the attribute of the model; texts are marked with `N_`. `needed`: submission asks for it.

    `shown`: whether the case has this column at all, e.g. units only where the pack has indexed ones.
    `later_than`: a date of the same line that this one must follow.
    `default`: what an unset cell of a new line says, as typed text. `summed`: whether its amounts add up to something.
    """

    name: str
    label: str
    kind: Kind = Kind.TEXT
    hint: str = ""
    needed: bool = False
    options: Options | None = None
    least: int | None = None
    most: int | None = None
    default: str = ""
    shown: Callable[[LineContext], bool] | None = None
    wide: bool = False
    summed: bool = True
    later_than: str = ""


@dataclass(frozen=True, slots=True)
class LineSpec:
    """One table. `amounts`: the model of its amounts by year, and the name of its key to the line.

    `fixed`: (column, values): the lines are these, in this order, and none can be added, moved or taken away.
    """

    name: str
    section: SectionCode
    model: type[Any]
    title: str
    noun: str
    columns: tuple[Column, ...]
    help: str = ""
    layout: Layout = Layout.GRID
    amounts: tuple[type[Any], str] | None = None
    fixed: tuple[str, tuple[str, ...]] | None = None

    def column(self, name: str) -> Column:
        """KeyError when there is none."""
        found = next((column for column in self.columns if column.name == name), None)
        if found is None:
            raise KeyError(name)
        return found

    def limit(self, column: Column) -> int:
        """Characters that the model's column holds."""
        length = getattr(inspect(self.model).columns[column.name].type, "length", None)
        return int(length or 0)


@dataclass(frozen=True, slots=True)
class Cell:
    """A column of a case, one for each year where it has amounts by year. `key` is the last part of the field's name."""

    column: Column
    key: str
    label: str
    year: int | None = None

    @property
    def is_amount(self) -> bool:
        return self.column.kind in (Kind.MONEY, Kind.YEARS)


def cells_of(spec: LineSpec, context: LineContext) -> tuple[Cell, ...]:
    """The cells of every line of this case, in the order of the form, with their labels in the reader's language."""
    cells: list[Cell] = []
    for column in spec.columns:
        if column.shown is not None and not column.shown(context):
            continue
        if column.kind is Kind.YEARS:
            cells += [Cell(column, f"y{year}", str(year), year) for year in context.years]
        else:
            cells.append(Cell(column, column.name, context.words(column.label)))
    return tuple(cells)
