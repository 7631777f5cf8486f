"""The returns of all projects that a person may find, by period and state: the work list of those who verify."""

from datetime import date, datetime
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.db.clock import now
from portfolio.identity.visit import AnyRequest, pack_of
from portfolio.labels import label
from portfolio.monitoring.rating_words import period_words
from portfolio.people.permissions import Permission
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.projects.visibility import visible_to
from portfolio.returns.models import ProgressReturn
from portfolio.returns.queries import listed
from portfolio.returns.terms import ReturnState
from portfolio.web.pages import page

MOST = 200
"""Returns that one page lists, the earliest due first."""


@get(
    "/returns",
    name="returns.all",
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_all(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    at = now(session)
    today = at.astimezone(pack_of(request).zone).date()
    known = periods(session, request.user, at)
    period = next((one for one in known if one.isoformat() == request.query_params.get("period", "")), None)
    state = next((one for one in ReturnState if one.value == request.query_params.get("state", "")), None)
    rows = listed(
        session, request.user, at, period=period, states=() if state is None else (state,), most=MOST + 1
    )  # fmt: skip
    return page(
        request,
        "returns/all.html",
        periods=[(one.isoformat(), period_words(one)) for one in known],
        states=[(one.value, label(one)) for one in ReturnState],
        period=period.isoformat() if period else "",
        state=state.value if state else "",
        rows=[(row, row.row.submitted_on is None and row.row.due_on < today) for row in rows[:MOST]],
        is_cut=len(rows) > MOST,
    )


def periods(session: Session, viewer: Viewer, at: datetime) -> list[date]:
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


def routes() -> list[Any]:
    return [show_all]
