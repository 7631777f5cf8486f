"""What a person looks at before a file comes in, and what the run says afterwards: counts, totals, first rows, warnings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.db.money import Money
from portfolio.documents.findings import Reason, Reject
from portfolio.documents.labels import field_name
from portfolio.documents.mapping import Mapped, MappedRecord
from portfolio.documents.terms import CellState, Why
from portfolio.documents.values import Value
from portfolio.exchange.mappings import shipped_mappings
from portfolio.exchange.models import ImportRun
from portfolio.exchange.planning import plan_import
from portfolio.labels import label
from portfolio.people.queries import names
from portfolio.web.formatting import instant, money, short_day

FIRST_ROWS, FIRST_FINDINGS = 15, 20
LIST = 100
SHOWN_FIELDS = (
    "title",
    "institution",
    "budget",
    "forecast",
    "status",
    "stage",
    "rating",
    "start_on",
    "end_on",
    "end_on_current",
)


@dataclass(frozen=True, slots=True)
class PreviewCell:
    text: str
    is_known: bool


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row as it would be stored; cells in the order of the preview's fields."""

    number: int
    cells: Sequence[PreviewCell]
    flags: str


@dataclass(frozen=True, slots=True)
class Preview:
    """Everything shown before anything is written."""

    as_at: str
    created: int
    updated: int
    unchanged: int
    notes: Sequence[str]
    totals: Sequence[tuple[str, str]]
    states: Sequence[tuple[str, Sequence[int]]]
    fields: Sequence[str]
    rows: Sequence[PreviewRow]
    findings: Sequence[Mapping[str, Any]]
    more_findings: int


def preview_of(session: Session, mapped: Mapped) -> Preview:
    """Look at a mapped file against what the portfolio holds. Reads only."""
    plan = plan_import(session, mapped)
    fields = [field for field in SHOWN_FIELDS if field in mapped.mapping.fields]
    dates = sorted({record.as_at for record in mapped.records})
    findings = [*((reject, True) for reject in mapped.rejects), *((warning, False) for warning in mapped.warnings)]
    return Preview(
        as_at=", ".join(short_day(day) for day in dates),
        created=plan.created,
        updated=plan.updated,
        unchanged=plan.unchanged,
        notes=[note.say() for note in mapped.notes],
        totals=totals_of({field: dict(sums) for field, sums in mapped.totals.items()}),
        states=[(field_name(field), [found[state] for state in CellState]) for field, found in mapped.states.items()],
        fields=[field_name(field) for field in fields],
        rows=[_row(record, fields, mapped) for record in mapped.records[:FIRST_ROWS]],
        findings=[_finding(item, is_row) for item, is_row in findings[:FIRST_FINDINGS]],
        more_findings=max(len(findings) - FIRST_FINDINGS, 0),
    )


def totals_of(totals: Mapping[str, Mapping[str, int]]) -> list[tuple[str, str]]:
    """Field and amount, a line for each currency."""
    return [
        (field_name(field), money(Money(currency, minor)))
        for field, sums in totals.items()
        for currency, minor in sorted(sums.items())
    ]


def _row(record: MappedRecord, fields: Sequence[str], mapped: Mapped) -> PreviewRow:
    cells = [_cell(record, field, record.values.get(field), mapped) for field in fields]
    return PreviewRow(record.row, cells, ", ".join(label(flag) for flag in sorted(record.flags)))


def _cell(record: MappedRecord, field: str, value: Value | None, mapped: Mapped) -> PreviewCell:
    if value is None:
        return PreviewCell("", False)
    if value.state is not CellState.KNOWN:
        return PreviewCell(label(value.state), False)
    if isinstance(value.value, int):
        return PreviewCell(money(Money(record.currency, value.value)), True)
    if isinstance(value.value, date):
        return PreviewCell(short_day(value.value), True)
    return PreviewCell(mapped.mapping.words(field, value.value or "")[:160], True)


def _finding(item: Reject, is_row: bool) -> dict[str, Any]:
    return {
        "row": item.row,
        "column": " ".join(item.column.split())[:80],
        "raw": " ".join(item.raw.split())[:120],
        "reason": item.reason.say(),
        "is_row": is_row,
    }


def rejects_of(run: ImportRun) -> tuple[list[Reject], list[Reject]]:
    """Rows that were not imported and cells without their value, as stored, to be said in the reader's language."""
    rows: list[Reject] = []
    cells: list[Reject] = []
    for item in run.rejects:
        reject = Reject(item["row"], item["column"], item["raw"], Reason.of(Why(item["why"]), **item["params"]))
        (rows if item["is_row"] else cells).append(reject)
    return rows, cells


def notes_of(run: ImportRun) -> list[str]:
    """What was noticed about the file as a whole."""
    return [Reason.of(Why(note["why"]), **note["params"]).say() for note in run.notes.get("file", [])]


@dataclass(frozen=True, slots=True)
class ShownRun:
    """A run in the list."""

    run: ImportRun
    source: str
    by: str
    at: str
    as_at: str


def recent_runs(session: Session) -> list[ShownRun]:
    """The newest first, as many as a person looks back on."""
    rows = session.scalars(
        select(ImportRun).order_by(col(ImportRun.created_at).desc(), col(ImportRun.id).desc()).limit(LIST)
    ).all()
    people = names(session, (row.by_person_id for row in rows))
    return [shown_run(row, people.get(row.by_person_id, "") if row.by_person_id else "") for row in rows]


def shown_run(run: ImportRun, by: str) -> ShownRun:
    mapping = shipped_mappings().get(run.mapping)
    return ShownRun(
        run=run,
        source=str(mapping.title) if mapping else run.source,
        by=by,
        at=instant(run.finished_at or run.started_at or run.created_at),
        as_at=short_day(run.as_at) if run.as_at else "",
    )
