"""The sheets of one case and of one initiative that an import made."""

import uuid
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.business_cases.frame import TabSpec, case_frame, register_tab
from portfolio.business_cases.visibility import get_case
from portfolio.db.clock import now
from portfolio.desk.case_sheet import case_sheet
from portfolio.desk.initiative_sheet import initiative_sheet
from portfolio.i18n import N_
from portfolio.identity.guard import whole_viewer
from portfolio.people.permissions import Permission
from portfolio.reports.scope import get_initiative
from portfolio.web.addresses import book_of
from portfolio.web.pages import page
from portfolio.web.runtime import runtime

register_tab(TabSpec(10, "desk.case", N_("Overview"), Permission.CASE_READ))


@get(
    "/cases/{case_id:uuid}",
    name="desk.case",
    permission=Permission.CASE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_case(
    request: Request[Any, Any, Any], session: NamedDependency[Session], case_id: FromPath[uuid.UUID]
) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    whole = whole_viewer(request) or request.user
    reverse = book_of(request)
    return page(
        request,
        "desk/case.html",
        frame=case_frame(session, whole, case, "desk.case", reverse),
        sheet=case_sheet(session, whole, runtime(request).pack, case, now(session), reverse),
        case=case,
    )


@get(
    "/initiatives/{initiative_id:uuid}",
    name="desk.initiative",
    permission=Permission.PORTFOLIO_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_initiative(
    request: Request[Any, Any, Any], session: NamedDependency[Session], initiative_id: FromPath[uuid.UUID]
) -> Response[Any]:
    row = get_initiative(session, request.user, initiative_id)
    return page(request, "desk/initiative.html", sheet=initiative_sheet(session, row))


def routes() -> list[Any]:
    return [show_case, show_initiative]
