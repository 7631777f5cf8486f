"""A project's money by month, and its performance: earned value and variance, as at a day that the reader may choose."""

import uuid
from datetime import date
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.db.memo import row_of
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.identity.visit import AnyRequest, everything_of, pack_of, today_of
from portfolio.monitoring.as_at import AsAt
from portfolio.monitoring.money_page import money_context
from portfolio.monitoring.money_panel import HAS_MONEY, money_panel
from portfolio.monitoring.performance_page import performance_context
from portfolio.people.permissions import Permission
from portfolio.projects.frame import TabSpec, project_frame, register_tab
from portfolio.projects.models import Initiative
from portfolio.projects.panels import Panel, register_panel
from portfolio.projects.visibility import get_project
from portfolio.web.addresses import book_of
from portfolio.web.pages import page

TAB = "monitoring.money"
register_tab(TabSpec(32, TAB, N_("Money"), Permission.PROJECT_READ))
register_panel(Panel(25, "monitoring/_money_panel.html", Permission.PROJECT_READ, money_panel, HAS_MONEY))


OLDEST = date(2000, 1, 1)
"""Nothing on record is older; an earlier day is a slip of the keyboard."""


def as_at_of(request: AnyRequest, session: Session) -> AsAt:
    """The day asked for; today where none is asked for, and where an impossible one or a day to come is, which is said."""
    today = today_of(request, session)
    typed = request.query_params.get("as_at", "").strip()
    if not typed:
        return AsAt(today, today.isoformat(), "", is_today=True)
    try:
        asked = date.fromisoformat(typed)
    except ValueError:
        return AsAt(today, typed, _("This is not a day. The page shows today."), is_today=True)
    if asked > today:
        return AsAt(today, typed, _("This day is still to come. The page shows today."), is_today=True)
    if asked < OLDEST:
        said = _("Nothing on record is that old. The page shows today.")
        return AsAt(today, typed, said, is_today=True)
    return AsAt(asked, asked.isoformat(), "", is_today=asked == today)


@get(
    "/projects/{project_id:uuid}/money",
    name=TAB,
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_money(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]
) -> Response[Any]:
    project = get_project(session, request.user, project_id)
    whole = everything_of(request)
    institution = row_of(session, Initiative, project.initiative_id).institution_id
    may_type = whole.can_in(Permission.EXECUTION_TYPE, institution)
    return page(
        request,
        "monitoring/money.html",
        frame=project_frame(session, whole, project, TAB, book_of(request)),
        project=project,
        may_type=may_type,
        here=request.url.path,
        **money_context(
            session, pack_of(request), project, as_at_of(request, session), book_of(request), may_type=may_type
        ),
    )


@get(
    "/projects/{project_id:uuid}/performance",
    name="monitoring.performance",
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_performance(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]
) -> Response[Any]:
    project = get_project(session, request.user, project_id)
    return page(
        request,
        "monitoring/performance.html",
        frame=project_frame(session, everything_of(request), project, TAB, book_of(request)),
        project=project,
        here=request.url.path,
        **performance_context(session, pack_of(request), project, as_at_of(request, session)),
    )


def routes() -> list[Any]:
    return [show_money, show_performance]
