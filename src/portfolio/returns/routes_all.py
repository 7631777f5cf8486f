"""The returns of all projects that a person may find, by period and state: the work list of those who verify."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.db.clock import now
from portfolio.i18n import gettext as _
from portfolio.i18n import ngettext
from portfolio.identity.visit import AnyRequest, pack_of
from portfolio.labels import label
from portfolio.monitoring.rating_words import period_words
from portfolio.people.permissions import Permission
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.projects.visibility import visible_to
from portfolio.returns.models import ProgressReturn
from portfolio.returns.queries import EARLIEST, LATEST, NEWEST, ORDERS, PROJECT, Listed, listed
from portfolio.returns.terms import ReturnState
from portfolio.web.pages import page

MOST = 200
"""Returns that one page lists."""
OVERDUE = "overdue"
"""Not a state of a return, but one of the filter: not handed in after its day."""


@dataclass(frozen=True, slots=True)
class Line:
    """A return, its period in words, how many days late it is or was handed in (0: in time), and whether it still is."""

    one: Listed
    period: str
    late: str
    is_open: bool


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
    wants_overdue = request.query_params.get("state", "") == OVERDUE
    order = request.query_params.get("order", "")
    rows = listed(
        session,
        request.user,
        at,
        period=period,
        states=() if state is None else (state,),
        overdue_on=today if wants_overdue else None,
        order=order if order in ORDERS else NEWEST,
        most=MOST + 1,
    )
    asked = {
        "period": period.isoformat() if period else "",
        "state": OVERDUE if wants_overdue else state.value if state else "",
    }
    return page(
        request,
        "returns/all.html",
        periods=[(one.isoformat(), period_words(one)) for one in known],
        states=[(OVERDUE, _("Overdue, not handed in")), *((one.value, label(one)) for one in ReturnState)],
        period=asked["period"],
        state=asked["state"],
        orders=_orders(request, asked, order if order in ORDERS else NEWEST),
        rows=[_line(row, today) for row in rows[:MOST]],
        is_cut=len(rows) > MOST,
    )


def _line(one: Listed, today: date) -> Line:
    """Days are counted from the day it was due, as everywhere: to the first hand-in, or to today."""
    row = one.row
    days = ((row.submitted_on or today) - row.due_on).days
    is_late = days > 0 and row.edition == 1
    words = ngettext("%(num)s day late", "%(num)s days late", days) % {"num": days} if is_late else ""
    return Line(one, period_words(row.period_on), words, is_late and row.submitted_on is None)


def _orders(request: AnyRequest, asked: dict[str, str], chosen: str) -> list[tuple[str, str, bool]]:
    """Words, address and whether it is the one shown, of each order."""
    words = {
        NEWEST: _("Newest period"),
        LATEST: _("Most overdue"),
        EARLIEST: _("Day it is due"),
        PROJECT: _("Project"),
    }
    here = request.app.route_reverse("returns.all")
    kept = {name: value for name, value in asked.items() if value}
    return [(text, f"{here}?{urlencode({**kept, 'order': order})}", order == chosen) for order, text in words.items()]


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
