"""A file of the financial system: what of it is new, corrects something or says nothing new, what matches nothing, what is wrong.

Sent twice, a file changes nothing. A file of an earlier day never replaces what a later one said. Where the file has figures of
a project and fiscal year, amounts that a person had typed for that year are taken back: they would be counted twice.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.canon import canonical
from portfolio.documents.csv_out import csv_bytes
from portfolio.documents.out_columns import Column, ColumnKind
from portfolio.documents.reading import ReadOptions, Table
from portfolio.execution.amounts import minor_of
from portfolio.execution.columns import HEADERS, WORDS, lacking, places
from portfolio.execution.models import ExecutionDifference
from portfolio.execution.recording import Amount, Key, Newest, newest
from portfolio.execution.rows import Known, Read, Unreadable, books_for, is_everywhere, match, read_row
from portfolio.execution.terms import Flow, Mismatch, Origin
from portfolio.execution.years import year_of
from portfolio.i18n import gettext as _
from portfolio.packs.schema import CountryPack
from portfolio.people.viewer import Viewer
from portfolio.web.formatting import number

MOST_ROWS = 20_000
OPTIONS = ReadOptions(
    max_rows=MOST_ROWS,
    signatures=tuple((project, month) for project in HEADERS["project"] for month in HEADERS["month"]),
)
Matched = tuple[Read, Known, uuid.UUID | None]


@dataclass(frozen=True, slots=True)
class Wrong:
    """A row that cannot be taken; `row` counts as a spreadsheet shows it."""

    row: int
    column: str
    raw: str
    reason: str


@dataclass(slots=True)
class Preview:
    """What recording the file would do; `amounts` and `unchanged` count amounts, the others rows.

    `yielding`: typed amounts that give way. `warned`: rows that are taken and look improbable. `numbers`: number of each project
    by id. `missing`: fields that the file lacks; nothing else is known then.
    """

    read: int = 0
    amounts: list[Amount] = field(default_factory=list)
    corrections: int = 0
    unchanged: int = 0
    yielding: list[Amount] = field(default_factory=list)
    differing: list[tuple[Read, Mismatch]] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    warned: list[Wrong] = field(default_factory=list)
    numbers: dict[uuid.UUID, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    there: dict[Key, Newest] = field(default_factory=dict)

    @property
    def has_news(self) -> bool:
        return bool(self.amounts or self.differing)


def preview(
    session: Session,
    viewer: Viewer,
    pack: CountryPack,
    table: Table,
    mapping: Mapping[str, str],
    as_at: date,
    today: date,
) -> Preview:
    """`viewer` is narrowed to bringing in execution; `as_at` the day that the file describes."""
    at = places(table.header, mapping)
    found = Preview(read=table.read, missing=lacking(at))
    if found.missing:
        return found
    found.wrong += [Wrong(reject.row, reject.column, reject.raw, reject.reason.say()) for reject in table.malformed]
    read: list[Read] = []
    for row in table.rows:
        try:
            read.append(read_row(row, at, today, as_at))
        except Unreadable as problem:
            column = at.get(problem.column)
            raw = "" if column is None else row.cells[column][:200]
            found.wrong.append(_wrong(row.number, problem.column, raw, str(problem)))
    found.warned += [warning for row in read if (warning := _warning(row))]
    matched = _match(session, viewer, pack, found, read)
    found.there = newest(session, found.numbers)
    _sort_out(found, matched, as_at)
    years = {(project.id, year_of(pack, row.month)) for row, project, _code in matched}
    found.yielding = yielding(pack, found.there, years, found.amounts)
    found.wrong.sort(key=lambda one: one.row)
    return found


def _wrong(row: int, column: str, raw: str, reason: str) -> Wrong:
    return Wrong(row, _(WORDS[column]) if column in WORDS else column, raw, reason)


def _warning(row: Read) -> Wrong | None:
    """What is improbable of a row that is taken all the same."""
    amounts = dict(row.amounts)
    paid, accrued = amounts.get(Flow.PAID), amounts.get(Flow.ACCRUED)
    if paid is None or accrued is None or paid <= accrued:
        return None
    return _wrong(row.number, "paid", number(paid), _("More is paid than is accrued in the same row"))


def _match(session: Session, viewer: Viewer, pack: CountryPack, found: Preview, read: Sequence[Read]) -> list[Matched]:
    books, everywhere = books_for(session, viewer, pack, read), is_everywhere(viewer)
    matched: list[Matched] = []
    unmatched: list[tuple[Read, Mismatch]] = []
    for row in read:
        answer = match(row, books)
        if isinstance(answer, tuple):
            matched.append((row, *answer))
            found.numbers[answer[0].id] = answer[0].number
        elif answer is Mismatch.UNKNOWN_PROJECT and not everywhere:
            reason = _("No project of your institution has this number")
            found.wrong.append(_wrong(row.number, "project", row.project, reason))
        else:
            unmatched.append((row, answer))
    told = _told(session) if unmatched else set()
    for row, why in unmatched:
        cells = canonical(row.cells)
        if cells in told:
            found.unchanged += len(row.amounts)
        else:
            told.add(cells)
            found.differing.append((row, why))
    return matched


def _told(session: Session) -> set[str]:
    """Unmatched rows that are on the list already, settled or not: the same row again is nothing new."""
    return {canonical(cells) for cells in session.scalars(select(col(ExecutionDifference.cells)))}


def _sort_out(found: Preview, matched: Iterable[Matched], as_at: date) -> None:
    seen: set[Key] = set()
    for row, project, code_id in matched:
        try:
            amounts = amounts_of(row, project, code_id)
            _check(amounts, seen, found.there, as_at)
        except Unreadable as problem:
            found.wrong.append(_wrong(row.number, problem.column, "", str(problem)))
            continue
        for amount in amounts:
            seen.add(amount.key)
            there = found.there.get(amount.key)
            if there is not None and there.says(amount):
                found.unchanged += 1
                continue
            found.amounts.append(amount)
            found.corrections += there is not None


def amounts_of(row: Read, project: Known, code_id: uuid.UUID | None, line: str = "") -> list[Amount]:
    """In minor units of the row's currency, else the project's. Raises `Unreadable` for decimals that the currency has not."""
    currency, found = row.currency or project.currency, []
    for flow, amount in row.amounts:
        try:
            minor = minor_of(amount, currency)
        except ValueError as error:
            raise Unreadable(flow.value, str(error)) from None
        found.append(Amount(project.id, row.month, line or row.line, flow, row.reference, minor, currency, code_id))
    return found


def _check(amounts: Sequence[Amount], seen: set[Key], there: Mapping[Key, Newest], as_at: date) -> None:
    for amount in amounts:
        if amount.key in seen:
            raise Unreadable("month", _("The same month, line and reference stand in an earlier row"))
        if is_later(there.get(amount.key), as_at) and not there[amount.key].says(amount):
            raise Unreadable("month", _("A file of a later day gave another amount of this month"))


def is_later(there: Newest | None, as_at: date) -> bool:
    """Whether what is there was said by a file of a later day."""
    return there is not None and there.as_at is not None and there.as_at > as_at


def yielding(
    pack: CountryPack, there: Mapping[Key, Newest], years: set[tuple[uuid.UUID, int]], amounts: Iterable[Amount]
) -> list[Amount]:
    """What takes typed amounts of these projects and fiscal years back, save those that `amounts` replaces anyway."""
    taken = {amount.key for amount in amounts}
    return [
        Amount(*key, None, row.currency, reason=_("The financial system has figures of this year"))
        for key, row in there.items()
        if row.origin is Origin.TYPED and key not in taken and (key[0], year_of(pack, key[1])) in years
    ]


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
