"""Rows pasted from a spreadsheet: read cell by cell, shown before anything is added, rejected with a reason and never guessed."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from portfolio.business_cases.lines.binding import BoundLine, TypedLine, bind_line
from portfolio.business_cases.lines.columns import Cell, Kind, LineSpec, cells_of
from portfolio.business_cases.lines.context import LineContext
from portfolio.business_cases.lines.reading import blank_line
from portfolio.business_cases.lines.values import shown
from portfolio.db.base import new_id
from portfolio.db.text import folded
from portfolio.i18n import LANGUAGES, catalogue
from portfolio.i18n import gettext as _

MOST_ROWS = 500


@dataclass(frozen=True, slots=True)
class PastedRow:
    """A row that can be added. `words`: its values as they will be read, in the order of the cells."""

    number: int
    line: BoundLine
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that cannot be added: its number in what was pasted, what it says, and every reason."""

    number: int
    raw: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pasted:
    """`cells`: those that the paste fills, in its order. `unknown`: titles of columns that the table does not have."""

    cells: tuple[Cell, ...]
    rows: tuple[PastedRow, ...]
    rejected: tuple[Rejected, ...]
    unknown: tuple[str, ...] = ()
    has_titles: bool = False


def read_paste(spec: LineSpec, context: LineContext, text: str) -> Pasted:
    """Tabs separate cells, or semicolons where there is no tab; quoted cells may hold line ends, as spreadsheets copy them.

    A first row of titles is known by the labels of the columns in any language of the house; without it the cells are
    taken in the order of the table. Rows beyond `MOST_ROWS` are rejected. Blank rows are skipped.
    """
    records = _records(text)
    cells = cells_of(spec, context)
    first = next((record for _number, record in records), [])
    columns = _titles(cells, first)
    has_titles = columns is not None
    placed: Sequence[Cell | None] = columns if columns is not None else cells
    body = records[1:] if has_titles else records
    rows: list[PastedRow] = []
    rejected: list[Rejected] = []
    for number, record in body:
        found = _read(spec, context, placed, number, record)
        if len(rows) >= MOST_ROWS:
            found = Rejected(number, " · ".join(record), (_("more rows than can be pasted at once"),))
        if isinstance(found, PastedRow):
            rows.append(found)
        else:
            rejected.append(found)
    unknown = tuple(title for title, cell in zip(first, placed, strict=False) if has_titles and cell is None and title)
    return Pasted(tuple(cell for cell in placed if cell), tuple(rows), tuple(rejected), unknown, has_titles)


def _records(text: str) -> list[tuple[int, list[str]]]:
    """(number from 1, cells), blank ones left out. A quotation mark that is never closed is an ordinary character."""
    delimiter = "\t" if "\t" in text else ";"
    lines = io.StringIO(text.strip("\n"), newline="")
    try:
        parsed = list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        parsed = [line.split(delimiter) for line in text.strip("\n").split("\n")]
    stripped = ([cell.strip() for cell in record] for record in parsed)
    return [(number, record) for number, record in enumerate(stripped, start=1) if any(record)]


def _titles(cells: Sequence[Cell], record: Sequence[str]) -> list[Cell | None] | None:
    """The cell under each title, or nothing when the row is not one of titles: at least half of it must be known."""
    known = {word: cell for cell in cells for word in _words(cell)}
    found: list[Cell | None] = []
    for title in record:
        cell = known.get(folded(title))
        found.append(None if cell in found else cell)
    said = [title for title in record if title]
    hits = sum(1 for cell in found if cell is not None)
    is_titles = hits and hits * 2 >= len(said) and not all(cell.year for cell in found if cell)
    return found if is_titles else None


def _words(cell: Cell) -> set[str]:
    if cell.year is not None:
        return {str(cell.year)}
    return {folded(catalogue(code).gettext(cell.column.label)) for code in LANGUAGES} | {cell.column.name}


def _read(
    spec: LineSpec, context: LineContext, placed: Sequence[Cell | None], number: int, record: Sequence[str]
) -> PastedRow | Rejected:
    raw = " · ".join(cell for cell in record if cell)
    texts = {cell.key: text for cell, text in zip(placed, record, strict=False) if cell is not None}
    surplus = [text for text in record[len(placed) :] if text]
    cells = [cell for cell in placed if cell is not None]
    line_id = new_id()
    bound = bind_line(spec, cells, context, TypedLine(line_id, 0, texts), blank_line(spec, line_id))
    reasons = [f"{cell.label}: {bound.errors[cell.key]}" for cell in cells if cell.key in bound.errors]
    if surplus:
        reasons.append(_("more cells than the table has columns"))
    if not any(
        text for cell, text in zip(placed, record, strict=False) if cell and cell.column.kind is not Kind.YES_NO
    ):
        reasons.append(_("nothing in it that the table can hold"))
    if reasons:
        return Rejected(number, raw, tuple(reasons))
    unit = str(bound.changes["unit"][1]) if "unit" in bound.changes else ""
    words = tuple(
        shown(
            cell, bound.changes[cell.key][1] if cell.key in bound.changes else bound.stored.value(cell), context, unit
        )
        for cell in cells
    )
    return PastedRow(number, bound, words)
