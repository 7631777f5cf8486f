"""Rows of the financial system that matched nothing: a person assigns each to a project, or sets it aside with a reason."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select, true
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.clock import now
from portfolio.documents.headers import normal
from portfolio.errors import FieldRefused, NotFound, Refused
from portfolio.execution.files import amounts_of, is_later
from portfolio.execution.forms import SettleFields
from portfolio.execution.models import ExecutionDifference, ExecutionRun
from portfolio.execution.recording import Amount, keep, lock, newest
from portfolio.execution.rows import Known, Unreadable, books_for, from_cells, is_everywhere, printed
from portfolio.execution.terms import DifferenceState, Origin
from portfolio.i18n import gettext as _
from portfolio.packs.schema import CountryPack
from portfolio.people.viewer import Viewer

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Listed:
    """A row with the file that it came in."""

    row: ExecutionDifference
    run: ExecutionRun


def _scope(viewer: Viewer) -> ColumnElement[bool]:
    return true() if is_everywhere(viewer) else col(ExecutionRun.by_id) == viewer.person_id


def listed(session: Session, viewer: Viewer, state: DifferenceState | None) -> list[Listed]:
    """Newest file first, at most `MOST_SHOWN`: those of all files for the budget office, else of the person's own."""
    query = (
        select(ExecutionDifference, ExecutionRun)
        .join(ExecutionRun, col(ExecutionRun.id) == col(ExecutionDifference.run_id))
        .where(_scope(viewer))
        .order_by(col(ExecutionRun.created_at).desc(), col(ExecutionRun.id), col(ExecutionDifference.row_number))
        .limit(MOST_SHOWN)
    )
    if state is not None:
        query = query.where(col(ExecutionDifference.state) == state)
    return [Listed(row, run) for row, run in session.execute(query)]


def files_waiting(session: Session, viewer: Viewer) -> list[tuple[ExecutionRun, int]]:
    """Files with rows that nobody settled yet, and how many; the oldest first. Those of `listed`."""
    query = (
        select(ExecutionRun, func.count())
        .join(ExecutionDifference, col(ExecutionRun.id) == col(ExecutionDifference.run_id))
        .where(_scope(viewer), col(ExecutionDifference.state) == DifferenceState.OPEN)
        .group_by(col(ExecutionRun.id))
        .order_by(col(ExecutionRun.created_at), col(ExecutionRun.id))
        .limit(MOST_SHOWN)
    )
    return [(run, count) for run, count in session.execute(query)]


def get_difference(session: Session, viewer: Viewer, row_id: uuid.UUID) -> Listed:
    """Raises `NotFound` for one of a file that is not theirs to look at."""
    found = session.execute(
        select(ExecutionDifference, ExecutionRun)
        .join(ExecutionRun, col(ExecutionRun.id) == col(ExecutionDifference.run_id))
        .where(and_(col(ExecutionDifference.id) == row_id, _scope(viewer)))
    ).one_or_none()
    if found is None:
        raise NotFound
    return Listed(found[0], found[1])


def settle(session: Session, actor: Viewer, pack: CountryPack, found: Listed, fields: SettleFields) -> int:
    """Assign it, or set it aside, and return how many amounts were kept. Of two at once, the second is refused.

    Raises `FieldRefused` for a number or line that is not there and for what a later file said already.
    """
    row, kept = found.row, 0
    session.refresh(row, with_for_update=True)
    if row.state is not DifferenceState.OPEN:
        raise Refused(_("This row was settled meanwhile."))
    row.settled_by_id, row.settled_at, row.reason = actor.person_id, now(session), fields.reason
    if fields.what == "set_aside":
        row.state = DifferenceState.SET_ASIDE
    else:
        amounts = _amounts(session, actor, pack, found, fields)
        kept = _keep(session, actor, found, amounts)
        row.state, row.project_id = DifferenceState.ASSIGNED, amounts[0].project_id
    record(
        session, actor, Tag.EXECUTION_SETTLED, row, words=fields.reason,
        state=row.state, project=row.project_id, amounts=kept,
    )  # fmt: skip
    session.flush()
    return kept


def _amounts(
    session: Session, actor: Viewer, pack: CountryPack, found: Listed, fields: SettleFields
) -> Sequence[Amount]:
    cells = from_cells(found.row.row_number, {**found.row.cells, "project": fields.number})
    books = books_for(session, actor, pack, [cells])
    project: Known | None = books.projects.get(normal(fields.number))
    if project is None:
        raise FieldRefused("number", _("No project that you may see has this number"))
    line = fields.line or cells.line
    if line and line not in books.lines:
        raise FieldRefused("line", _("Choose a line of the budget classification"))
    code = books.codes.get(printed(cells.code)) if cells.code else None
    code_id = code[0] if code is not None and code[1] == project.case_id else None
    try:
        return amounts_of(cells, project, code_id, line)
    except Unreadable as problem:
        raise FieldRefused("number", str(problem)) from None


def _keep(session: Session, actor: Viewer, found: Listed, amounts: Sequence[Amount]) -> int:
    project_id = amounts[0].project_id
    lock(session, [project_id])
    there = newest(session, [project_id])
    news = [one for one in amounts if one.key not in there or not there[one.key].says(one)]
    for one in news:
        if is_later(there.get(one.key), found.run.as_at):
            raise FieldRefused("number", _("A file of a later day gave another amount of this month"))
        if one.key in there and there[one.key].origin is Origin.SYSTEM:
            raise FieldRefused(
                "number", _("This project has an amount of the same month, line and reference: it would be replaced")
            )
    return keep(session, actor, now(session), news, there, Origin.SYSTEM, found.run)
