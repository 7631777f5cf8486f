"""One row of a file of the financial system: read into dates and numbers, then matched to a project, a line and a code."""

import re
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.code_terms import CodeProblem
from portfolio.approvals.code_text import parse_code
from portfolio.approvals.models import ApprovalCode
from portfolio.db.clock import now
from portfolio.documents.headers import normal
from portfolio.documents.reading import Row
from portfolio.execution.months import month_of
from portfolio.execution.recording import CHUNK
from portfolio.execution.terms import Flow, Mismatch
from portfolio.i18n import gettext as _
from portfolio.packs.schema import CountryPack
from portfolio.people.permissions import Reach
from portfolio.people.viewer import SYSTEM, Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.projects.visibility import visible_to
from portfolio.web.formatting import read_decimal, short_day

_PLAIN = re.compile(r"-?\d+[.,]\d{1,2}")
"""Decimals that mean the same in every language: one or two after the sign are never a group of thousands."""
_CURRENCY = re.compile(r"[A-Z]{3}")


class Unreadable(Exception):
    """A cell that cannot be taken; `column` is the field."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


@dataclass(frozen=True, slots=True)
class Read:
    """A row as read. Texts as they came; amounts in major units."""

    number: int
    project: str
    month: date
    line: str
    currency: str
    reference: str
    code: str
    amounts: tuple[tuple[Flow, Decimal], ...]

    @property
    def cells(self) -> dict[str, Any]:
        """As an unmatched row keeps it."""
        found = {
            "project": self.project, "month": self.month.isoformat(), "line": self.line, "currency": self.currency,
            "reference": self.reference, "code": self.code,
        }  # fmt: skip
        return found | {flow.value: format(amount, "f") for flow, amount in self.amounts}


def from_cells(number: int, cells: Mapping[str, str]) -> Read:
    """The row that `Read.cells` kept."""
    return Read(
        number,
        cells["project"],
        date.fromisoformat(cells["month"]),
        cells["line"],
        cells["currency"],
        cells["reference"],
        cells["code"],
        tuple((flow, Decimal(cells[flow.value])) for flow in Flow if flow.value in cells),
    )


def read_row(row: Row, places: Mapping[str, int], today: date, as_at: date) -> Read:
    """`as_at`: the day that the file describes; what happened after it, the file cannot know. Raises `Unreadable`."""

    def cell(name: str) -> str:
        return row.cells[places[name]].strip() if name in places else ""

    amounts = tuple(
        (flow, _amount(flow.value, cell(flow.value), is_typed=places[flow.value] in row.typed))
        for flow in Flow
        if cell(flow.value)
    )
    if not cell("project"):
        raise Unreadable("project", _("Write the number of the project"))
    if not amounts:
        raise Unreadable("paid", _("No amount stands in this row"))
    month = read_month(cell("month"))
    if month > today and any(flow is not Flow.PLANNED for flow, _minor in amounts):
        raise Unreadable("month", _("This month has not begun: only what is planned can be given"))
    if month > as_at and any(flow is not Flow.PLANNED for flow, _minor in amounts):
        words = _("This month comes after %(day)s, the day that the file describes: only what is planned can be given")
        raise Unreadable("month", words % {"day": short_day(as_at)})
    for name, limit in (("project", 80), ("line", 60), ("reference", 80), ("code", 60)):
        if len(cell(name)) > limit:
            raise Unreadable(name, _("This text is too long"))
    currency = cell("currency").upper()
    if currency and not _CURRENCY.fullmatch(currency):
        raise Unreadable("currency", _("Write the currency as three letters, for example USD"))
    return Read(row.number, cell("project"), month, cell("line"), currency, cell("reference"), cell("code"), amounts)


def read_month(text: str) -> date:
    """The first day of the month that a text names. Raises `Unreadable`."""
    found = month_of(text)
    if found is None:
        raise Unreadable("month", _("Write the month as 2026-08, as 08/2026 or as a date of it"))
    return found


def _amount(name: str, text: str, *, is_typed: bool) -> Decimal:
    try:
        if is_typed:
            return Decimal(text)
        return Decimal(text.replace(",", ".")) if _PLAIN.fullmatch(text) else read_decimal(text)
    except (ValueError, InvalidOperation):
        raise Unreadable(name, _("Enter a number")) from None


@dataclass(frozen=True, slots=True)
class Known:
    """A project that rows may name."""

    id: uuid.UUID
    number: str
    currency: str
    case_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class Books:
    """What rows are matched with: projects by number, codes (id and case) by printed form, lines of the classification."""

    projects: Mapping[str, Known]
    codes: Mapping[str, tuple[uuid.UUID, uuid.UUID]]
    lines: frozenset[str]


def is_everywhere(viewer: Viewer) -> bool:
    """Whether rows of every institution are theirs to bring in: the budget office's, and the command's."""
    return viewer is SYSTEM or viewer.reaches(Reach.SUBMITTED) or viewer.reaches(Reach.EVERYTHING)


def books_for(session: Session, viewer: Viewer, pack: CountryPack, rows: Iterable[Read]) -> Books:
    """What these rows name, in a few grouped statements. Others than the budget office find their own institution's only."""
    rows = list(rows)
    return Books(
        _projects(session, viewer, {row.project for row in rows}),
        _codes(session, {row.code for row in rows if row.code}),
        frozenset(line.code for line in pack.usable_budget_lines()),
    )


def _projects(session: Session, viewer: Viewer, texts: Collection[str]) -> dict[str, Known]:
    wanted, found = sorted({form for text in texts for form in (text, text.upper())}), {}
    query = select(Project, Initiative).join(Initiative, col(Initiative.id) == col(Project.initiative_id))
    if not is_everywhere(viewer):
        own = col(Initiative.institution_id).in_(viewer.own_institutions)
        query = query.where(own, visible_to(viewer, now(session)))
    for start in range(0, len(wanted), CHUNK):
        for project, initiative in session.execute(
            query.where(col(Initiative.reference).in_(wanted[start : start + CHUNK]))
        ):
            known = Known(project.id, initiative.reference, initiative.currency, project.case_id)
            found[normal(initiative.reference)] = known
    return found


def _codes(session: Session, texts: Collection[str]) -> dict[str, tuple[uuid.UUID, uuid.UUID]]:
    wanted, found = sorted({printed(text) for text in texts}), {}
    for start in range(0, len(wanted), CHUNK):
        for row in session.execute(
            select(col(ApprovalCode.code), col(ApprovalCode.id), col(ApprovalCode.case_id)).where(
                col(ApprovalCode.code).in_(wanted[start : start + CHUNK])
            )
        ):
            found[row[0]] = (row[1], row[2])
    return found


def printed(text: str) -> str:
    """A code as it was issued, whatever dashes and case it was typed with."""
    parsed = parse_code(text)
    return text.strip() if isinstance(parsed, CodeProblem) else parsed


def match(row: Read, books: Books) -> tuple[Known, uuid.UUID | None] | Mismatch:
    """The project and the code of a row, or the first thing that does not match."""
    project = books.projects.get(normal(row.project))
    if project is None:
        return Mismatch.UNKNOWN_PROJECT
    if row.currency and row.currency != project.currency:
        return Mismatch.OTHER_CURRENCY
    if row.line and row.line not in books.lines:
        return Mismatch.UNKNOWN_LINE
    if not row.code:
        return project, None
    code = books.codes.get(printed(row.code))
    if code is None:
        return Mismatch.UNKNOWN_CODE
    return (project, code[0]) if code[1] == project.case_id else Mismatch.CODE_OF_ANOTHER


def projects_named(found: Sequence[tuple[Known, uuid.UUID | None]]) -> set[uuid.UUID]:
    return {known.id for known, _code in found}
