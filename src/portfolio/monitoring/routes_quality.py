"""The page of a project's data quality."""

import uuid
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.i18n import N_
from portfolio.identity.visit import AnyRequest, everything_of, pack_of
from portfolio.monitoring.quality_page import quality_shown
from portfolio.monitoring.rating_making import today_of
from portfolio.people.permissions import Permission
from portfolio.projects.frame import TabSpec, project_frame, register_tab
from portfolio.projects.visibility import get_project
from portfolio.web.addresses import book_of
from portfolio.web.pages import page

TAB = "monitoring.data_quality"

register_tab(TabSpec(76, TAB, N_("Quality of data"), Permission.PROJECT_READ))


@get(
    "/projects/{project_id:uuid}/data-quality",
    name=TAB,
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_quality(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]
) -> Response[Any]:
    project, pack = get_project(session, request.user, project_id), pack_of(request)
    return page(
        request,
        "monitoring/data_quality.html",
        frame=project_frame(session, everything_of(request), project, TAB, book_of(request)),
        quality=quality_shown(session, pack, project, today_of(session, pack), book_of(request)),
    )


def routes() -> list[Any]:
    return [show_quality]
