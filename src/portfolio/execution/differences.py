"""Rows of the financial system that matched nothing: a person assigns each to a project, or sets it aside with a reason."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, and_, func, select, true
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.clock import now
from portfolio.db.money import MAX_MINOR
from portfolio.documents.headers import normal
from portfolio.errors import FieldRefused, NotFound, Refused
from portfolio.execution.files import amounts_of, is_later, yielding
from portfolio.execution.forms import SettleFields
from portfolio.execution.models import ExecutionDifference, ExecutionRun
from portfolio.execution.recording import Amount, Newest, keep, lock, newest
from portfolio.execution.rows import Known, Unreadable, books_for, from_cells, is_everywhere, printed
from portfolio.execution.terms import DifferenceState, Origin
from portfolio.execution.views import shown_amount
from portfolio.execution.years import year_of
from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.packs.schema import CountryPack
from portfolio.people.viewer import Viewer
from portfolio.web.formatting import short_day

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


class LaterHolds(FieldRefused):
    """A later file gave this month already; `run_id` is that file."""

    def __init__(self, run_id: uuid.UUID | None, reason: str) -> None:
        super().__init__("replaced", reason)
        self.run_id = run_id


def settle(session: Session, actor: Viewer, pack: CountryPack, found: Listed, fields: SettleFields) -> int:
    """Assign it, or set it aside, and return how many amounts were kept. Of two at once, the second is refused.

    An assigned row is of its own file: it adds to what that file gave of the same month, line and reference, and never replaces
    what a later file said. Raises `FieldRefused` for a number or line that is not there and another currency, where a person
    has to say whether it adds to what an earlier file gave, and `LaterHolds` where nothing of it would count.
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
        kept = _keep(session, actor, pack, found, amounts, fields)
        row.state = DifferenceState.ASSIGNED if kept else DifferenceState.REPLACED
        row.project_id = amounts[0].project_id
    record(
        session, actor, Tag.EXECUTION_SETTLED, row, words=fields.reason,
        state=row.state, project=row.project_id, amounts=kept,
    )  # fmt: skip
    session.flush()
    return kept


def _amounts(
    session: Session, actor: Viewer, pack: CountryPack, found: Listed, fields: SettleFields
) -> Sequence[Amount]:
    if not fields.number:
        raise FieldRefused("number", _("Say which project the row belongs to"))
    cells = from_cells(found.row.row_number, {**found.row.cells, "project": fields.number})
    books = books_for(session, actor, pack, [cells])
    project: Known | None = books.projects.get(normal(fields.number))
    if project is None:
        raise FieldRefused("number", _("No project that you may see has this number"))
    if cells.currency and cells.currency != project.currency:
        raise FieldRefused("number", _other_currency(cells.currency, project.currency))
    line = fields.line or cells.line
    if line and line not in books.lines:
        raise FieldRefused("line", _("Choose a line of the budget classification"))
    code = books.codes.get(printed(cells.code)) if cells.code else None
    code_id = code[0] if code is not None and code[1] == project.case_id else None
    try:
        amounts = amounts_of(cells, project, code_id, line)
    except Unreadable as problem:
        raise FieldRefused("number", str(problem)) from None
    return [replace(one, reason=fields.reason) for one in amounts]


def _other_currency(of_row: str, of_project: str) -> str:
    words = _("The amounts of this row are in %(row)s and the project is in %(project)s: they cannot be added to it.")
    return words % {"row": of_row, "project": of_project}


def _keep(
    session: Session, actor: Viewer, pack: CountryPack, found: Listed, amounts: Sequence[Amount], fields: SettleFields
) -> int:
    project_id = amounts[0].project_id
    lock(session, [project_id])
    there = newest(session, [project_id])
    news = []
    for one in amounts:
        held = there.get(one.key)
        if is_later(held, found.run.as_at):
            _check_seen(held, one, fields)
        else:
            news.append(_joined(held, one, found.run, fields))
    if not news:
        return 0
    years = {(project_id, year_of(pack, one.month)) for one in news}
    gone = yielding(pack, there, years, news)
    return keep(session, actor, now(session), [*news, *gone], there, Origin.SYSTEM, found.run) - len(gone)


def _check_seen(held: Newest | None, one: Amount, fields: SettleFields) -> None:
    if held is None or fields.replaced:
        return
    words = _(
        "The file of %(day)s gave %(amount)s %(currency)s of this month (%(flow)s) and holds: this row would change nothing "
        "today. Confirm to settle it so."
    )
    raise LaterHolds(held.run_id, words % _held(held, one))


def _joined(held: Newest | None, one: Amount, run: ExecutionRun, fields: SettleFields) -> Amount:
    """The amount that counts from now on for the key of `one`."""
    if held is None or held.minor is None or held.origin is Origin.TYPED or one.minor is None:
        return one
    if held.run_id != run.id and fields.joins is None:
        words = _(
            "The file of %(day)s gave %(amount)s %(currency)s of this month (%(flow)s). Say whether this row is added to it or "
            "takes its place."
        )
        raise FieldRefused("joins", words % _held(held, one))
    if held.run_id != run.id and fields.joins == "replace":
        return one
    total = held.minor + one.minor
    if abs(total) > MAX_MINOR:
        raise FieldRefused("number", _("This amount is too large to be kept"))
    return replace(one, minor=total)


def _held(held: Newest, one: Amount) -> dict[str, str]:
    return {
        "day": short_day(held.as_at),
        "amount": shown_amount(held.minor, held.currency),
        "currency": held.currency,
        "flow": label(one.flow),
    }
