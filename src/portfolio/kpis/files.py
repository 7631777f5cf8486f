"""A file of measurements: what each row says, which rows are new, correct something or say nothing new, and why others cannot be taken.

Sent twice, a file changes nothing: a row equal to what is there (indicator, period, group, value and note) is unchanged.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.documents.csv_out import csv_bytes
from portfolio.documents.dates import read_date
from portfolio.documents.headers import normal
from portfolio.documents.out_columns import Column, ColumnKind
from portfolio.documents.reading import ReadOptions, Row, Table
from portfolio.documents.terms import Why
from portfolio.errors import Refused
from portfolio.i18n import gettext as _
from portfolio.kpis.bounds import bound_fault
from portfolio.kpis.catalogue import catalogue
from portfolio.kpis.cuts import read_cut
from portfolio.kpis.measuring import Entry, asked_again, is_same, newest_rows, period_fault
from portfolio.kpis.models import Indicator
from portfolio.kpis.numbers import scaled
from portfolio.kpis.periods import period_of
from portfolio.kpis.words import name_of
from portfolio.projects.models import Project
from portfolio.web.formatting import read_decimal

MOST_ROWS = 5000
"""Rows of one file: a hundred indicators of four years; more of them go as several files."""

HEADERS: Mapping[str, tuple[str, ...]] = {
    "indicator": ("indicator", "indicador"),
    "period": ("period", "periodo", "período"),
    "group": ("group", "grupo"),
    "value": ("value", "valor"),
    "note": ("note", "nota"),
    "reason": ("reason", "motivo"),
}
"""Names that a column may bear, in the languages of the interface."""

NEEDED = ("indicator", "period", "value")
OPTIONS = ReadOptions(max_rows=MOST_ROWS, signatures=(("indicator", "value"), ("indicador", "valor")))
_MONTH = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True, slots=True)
class Wrong:
    """A row that cannot be taken; `row` counts as a spreadsheet shows it."""

    row: int
    column: str
    raw: str
    reason: str


@dataclass(slots=True)
class Preview:
    """What recording the file would do. `unusual` are among `entries`: implausible values that carry a note."""

    entries: list[Entry] = field(default_factory=list)
    corrections: int = 0
    unusual: int = 0
    unchanged: int = 0
    wrong: list[Wrong] = field(default_factory=list)


class _Unreadable(Exception):
    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


def preview(session: Session, project: Project, table: Table, today: date) -> Preview:
    """Raises `Refused` for a file without the columns that are needed."""
    places = _places(table.header)
    names = _by_name(session, project)
    found = Preview()
    found.wrong += [Wrong(reject.row, reject.column, reject.raw, reject.reason.say()) for reject in table.malformed]
    seen: set[tuple[object, ...]] = set()
    read: list[tuple[Row, Entry]] = []
    for row in table.rows:
        try:
            entry = _entry(row, places, names, today)
            key = (entry.indicator.id, entry.period_on, entry.cut)
            if key in seen:
                raise _Unreadable("period", _("The same period and group stand in an earlier row"))
            seen.add(key)
            read.append((row, entry))
        except _Unreadable as problem:
            found.wrong.append(_wrong(row, places, problem))
    _sort_out(session, found, read, places)
    found.wrong.sort(key=lambda one: one.row)
    return found


def _sort_out(session: Session, found: Preview, read: Sequence[tuple[Row, Entry]], places: Mapping[str, int]) -> None:
    newest = newest_rows(session, [entry for _row, entry in read])
    for row, entry in read:
        there = newest.get((entry.indicator.id, entry.period_on, entry.cut))
        if there is not None and is_same(there, entry):
            found.unchanged += 1
            continue
        try:
            _may_be_kept(session, entry, is_correction=there is not None)
        except _Unreadable as problem:
            found.wrong.append(_wrong(row, places, problem))
            continue
        found.entries.append(entry)
        found.corrections += there is not None
        found.unusual += bool(asked_again(session, entry))


def _may_be_kept(session: Session, entry: Entry, *, is_correction: bool) -> None:
    if is_correction and not entry.reason:
        raise _Unreadable("reason", _("There is another value of this period: a correction needs a reason"))
    if entry.value is None and not entry.note:
        raise _Unreadable("note", _("Say in the note why there is no value: nothing is not zero"))
    if fault := bound_fault(entry.indicator, entry.value):
        raise _Unreadable("value", fault)
    if asked_again(session, entry) and not entry.note:
        raise _Unreadable("note", _("This value looks unusual: confirm it and say why in the note"))


def _wrong(row: Row, places: Mapping[str, int], problem: _Unreadable) -> Wrong:
    at = places.get(problem.column)
    return Wrong(row.number, problem.column, "" if at is None else row.cells[at][:200], str(problem))


def _places(header: Sequence[str]) -> dict[str, int]:
    cells = [normal(cell) for cell in header]
    found = {
        name: cells.index(word)
        for name, words in HEADERS.items()
        for word in (normal(word) for word in words)
        if word in cells
    }
    missing = [name for name in NEEDED if name not in found]
    if missing:
        raise Refused(_("The file lacks the columns: %(names)s.") % {"names": ", ".join(missing)})
    return found


def _by_name(session: Session, project: Project) -> dict[str, Indicator | None]:
    """Indicators of the project by id, by code of the catalogue and by name; nothing under a name that two have."""
    found: dict[str, Indicator | None] = {}
    for one in session.scalars(select(Indicator).where(col(Indicator.project_id) == project.id)):
        entry = catalogue().get(one.code)
        texts = {str(one.id), one.name, name_of(one)} | ({entry.code} if entry else set())
        for text in {normal(text) for text in texts}:
            found[text] = None if text in found else one
    return found


def _entry(row: Row, places: Mapping[str, int], names: Mapping[str, Indicator | None], today: date) -> Entry:
    def cell(name: str) -> str:
        return row.cells[places[name]].strip() if name in places else ""

    indicator = names.get(normal(cell("indicator")))
    if indicator is None:
        raise _Unreadable("indicator", _("No indicator of this project has this name, or two have it"))
    period = _period(indicator, cell("period"))
    if indicator.stopped_on is not None:
        raise _Unreadable("indicator", _("This indicator is no longer measured."))
    if fault := period_fault(indicator, period, today):
        raise _Unreadable("period", fault)
    return Entry(
        indicator=indicator,
        period_on=period,
        value=_value(indicator, cell("value"), is_typed=places["value"] in row.typed),
        cut=_cut(indicator, cell("group")),
        note=cell("note")[:1000],
        reason=cell("reason")[:1000],
        confirmed=True,
    )


def _period(indicator: Indicator, text: str) -> date:
    """Any day of the period, or its month as `2026-08`."""
    month = _MONTH.fullmatch(text)
    found = read_date(f"{text}-01" if month else text, ())
    if isinstance(found, Why):
        raise _Unreadable("period", _("Write the period as 2026-08 or as a date of it"))
    return period_of(indicator.frequency, found)


def _value(indicator: Indicator, text: str, *, is_typed: bool) -> int | None:
    if not text:
        return None
    try:
        number = Decimal(text) if is_typed else read_decimal(text)
    except (ValueError, InvalidOperation):
        raise _Unreadable("value", _("Enter a number")) from None
    try:
        return scaled(number, indicator.scale)
    except ValueError as error:
        raise _Unreadable("value", str(error)) from None


def _cut(indicator: Indicator, text: str) -> str:
    try:
        return read_cut(text, indicator.dimensions)
    except ValueError as error:
        raise _Unreadable("group", str(error)) from None


def rejects_file(wrong: Sequence[Wrong]) -> bytes:
    """Row, column, value, reason; cells made inert."""
    columns = [
        Column("row", _("Row"), ColumnKind.INTEGER),
        Column("column", _("Column")),
        Column("value", _("Value")),
        Column("reason", _("Reason")),
    ]
    frame = pl.DataFrame(
        [(one.row, one.column, one.raw, one.reason) for one in wrong],
        schema={"row": pl.Int64, "column": pl.String, "value": pl.String, "reason": pl.String},
        orient="row",
    )
    return b"\xef\xbb\xbf" + csv_bytes(columns, frame, header=True)
