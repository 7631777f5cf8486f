"""The board of a period: who handed in, who is late, what waits for verification; for the PMO and the directive body."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.db.clock import now
from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.monitoring.rating_periods import ended_period
from portfolio.people.permissions import Permission
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.projects.terms import ProjectStage
from portfolio.projects.visibility import visible_to
from portfolio.returns.frame import AnyRequest, pack_of
from portfolio.returns.models import ProgressReturn
from portfolio.returns.page import period_words
from portfolio.returns.queries import Listed, listed
from portfolio.returns.terms import ReturnState
from portfolio.web.pages import page

MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the strip."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """Returns of one period: in each state, late ones apart."""

    total: int
    states: Counter[ReturnState]
    late: int


def tally(session: Session, viewer: Viewer, at: Any, today: date, period: date) -> Tally:
    """One grouped statement, however many projects."""
    late = (col(ProgressReturn.submitted_on) > col(ProgressReturn.due_on)) | (
        col(ProgressReturn.submitted_on).is_(None) & (col(ProgressReturn.due_on) < today)
    )
    rows = session.execute(
        select(col(ProgressReturn.state), late.label("late"), func.count().label("n"))
        .join(Project, col(Project.id) == col(ProgressReturn.project_id))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .where(visible_to(viewer, at), col(ProgressReturn.period_on) == period, col(ProgressReturn.edition) == 1)
        .group_by(col(ProgressReturn.state), late)
    ).all()
    states: Counter[ReturnState] = Counter()
    for row in rows:
        states[row.state] += row.n
    return Tally(sum(states.values()), states, sum(row.n for row in rows if row.late))


def stages(session: Session, viewer: Viewer, at: Any) -> list[tuple[str, int]]:
    """How many projects stand where, in the order of the road."""
    rows = session.execute(
        select(col(Project.stage), func.count())
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .where(visible_to(viewer, at))
        .group_by(col(Project.stage))
    )
    found: dict[Any, int] = {row[0]: row[1] for row in rows}
    return [(label(stage), found[stage]) for stage in ProjectStage if stage in found]


@get(
    "/returns",
    name="returns.board",
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_board(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    pack, at = pack_of(request), now(session)
    today = at.astimezone(pack.zone).date()
    known = periods(session, request.user, at)
    period = _asked(request, known) or ended_period(today, pack.fiscal_year.start_month)
    found = tally(session, request.user, at, today, period)
    rows = listed(session, request.user, at, period=period, most=MOST_LISTED)
    return page_of(request, session, period, known, found, rows, today)


def periods(session: Session, viewer: Viewer, at: Any) -> list[date]:
    """Periods for which there are returns in the viewer's scope, the newest first."""
    query = (
        select(col(ProgressReturn.period_on))
        .join(Project, col(Project.id) == col(ProgressReturn.project_id))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .where(visible_to(viewer, at))
        .distinct()
        .order_by(col(ProgressReturn.period_on).desc())
    )
    return list(session.scalars(query))


def _asked(request: AnyRequest, known: list[date]) -> date | None:
    asked = request.query_params.get("period", "")
    return next((period for period in known if period.isoformat() == asked), known[0] if known else None)


def page_of(
    request: AnyRequest,
    session: Session,
    period: date,
    known: list[date],
    found: Tally,
    rows: list[Listed],
    today: date,
) -> Response[Any]:
    return page(
        request,
        "returns/board.html",
        period=period_words(period),
        periods=[(one.isoformat(), period_words(one), one == period) for one in known],
        figures=[
            Figure(_("Returns of the period"), str(found.total)),
            Figure(_("Late"), str(found.late), _("not in by their day, or after it")),
            *(Figure(label(state), str(found.states[state])) for state in ReturnState),
        ],
        stages=stages(session, request.user, now(session)),
        rows=[(row, row.row.submitted_on is None and row.row.due_on < today) for row in rows],
        is_cut=found.total > len(rows),
    )


def routes() -> list[Any]:
    return [show_board]
