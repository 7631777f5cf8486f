"""The first page of a project."""

import uuid
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.db.clock import now
from portfolio.desk.project_sheet import project_sheet
from portfolio.i18n import N_
from portfolio.identity.guard import whole_viewer
from portfolio.people.permissions import Permission
from portfolio.projects.frame import TabSpec, project_frame, register_tab
from portfolio.projects.panels import Asking, panels_of
from portfolio.projects.visibility import get_project
from portfolio.web.addresses import book_of
from portfolio.web.pages import page
from portfolio.web.runtime import runtime

register_tab(TabSpec(10, "desk.project", N_("Overview"), Permission.PROJECT_READ))


@get(
    "/projects/{project_id:uuid}",
    name="desk.project",
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_project(
    request: Request[Any, Any, Any], session: NamedDependency[Session], project_id: FromPath[uuid.UUID]
) -> Response[Any]:
    project = get_project(session, request.user, project_id)
    whole = whole_viewer(request) or request.user
    reverse = book_of(request)
    asking = Asking(session, whole, runtime(request).pack, project, now(session), reverse)
    return page(
        request,
        "desk/project.html",
        frame=project_frame(session, whole, project, "desk.project", reverse),
        sheet=project_sheet(session, whole, project, reverse),
        panels=panels_of(asking),
    )


def routes() -> list[Any]:
    return [show_project]
