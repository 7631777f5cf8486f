"""Bringing what the case promised over to the project: first what there is, then one press."""

import uuid
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.i18n import N_
from portfolio.identity.visit import AnyRequest, pack_of
from portfolio.monitoring.carry_over import carry_over, is_carried_over, promised_of
from portfolio.monitoring.life_frame import life_address, life_frame
from portfolio.people.permissions import Permission
from portfolio.projects.visibility import get_project
from portfolio.web import flash
from portfolio.web.forms import Submitted
from portfolio.web.pages import done, page

flash.register(
    {
        "promises_carried_over": N_("What the case promised is now in the project."),
        "nothing_to_carry_over": N_("Everything that the case promised was in the project already."),
    }
)


@get(
    "/projects/{project_id:uuid}/carry-over",
    name="monitoring.carry_over",
    permission=Permission.PROJECT_PROPOSE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_carry_over(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]
) -> Response[Any]:
    project = get_project(session, request.user, project_id)
    return page(
        request,
        "monitoring/carry_over.html",
        frame=life_frame(request, session, project),
        project=project,
        promised=promised_of(session, project),
        is_done=is_carried_over(session, project),
    )


@post(
    "/projects/{project_id:uuid}/carry-over",
    permission=Permission.PROJECT_PROPOSE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_carry_over(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
) -> Response[Any]:
    project = get_project(session, request.user, project_id)
    found = carry_over(session, request.user, pack_of(request), project)
    said = "promises_carried_over" if found.count else "nothing_to_carry_over"
    return done(request, session, life_address(request, project.id), say=said)


def routes() -> list[Any]:
    return [show_carry_over, submit_carry_over]
