"""The page of a project's life, what it needs of other projects, and the pilots that are past their end."""

import uuid
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.db.clock import now
from portfolio.db.memo import row_of
from portfolio.errors import FieldRefused, NotFound
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.identity.visit import AnyRequest, everything_of, pack_of
from portfolio.monitoring import bounds
from portfolio.monitoring.life_forms import DependencyFields
from portfolio.monitoring.life_frame import life_address, life_frame
from portfolio.monitoring.life_page import life_context, project_choices
from portfolio.monitoring.life_panel import life_panel
from portfolio.monitoring.life_queries import running_pilots
from portfolio.monitoring.models import ProjectDependency
from portfolio.people.models import Institution
from portfolio.people.permissions import Permission
from portfolio.projects.models import Project
from portfolio.projects.panels import Panel, register_panel
from portfolio.projects.visibility import get_project
from portfolio.web import flash
from portfolio.web.addresses import book_of
from portfolio.web.formatting import short_day
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back

PAGE = "monitoring/life.html"
DEPENDENCIES = "monitoring/dependencies.html"

register_panel(Panel(10, "monitoring/_life_panel.html", Permission.PROJECT_READ, life_panel))
flash.register(
    {
        "dependency_added": N_("The dependency is kept."),
        "dependency_ended": N_("The dependency has ended."),
    }
)


@get(
    "/projects/{project_id:uuid}/life",
    name="monitoring.life",
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_life(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]
) -> Response[Any]:  # fmt: skip
    project = get_project(session, request.user, project_id)
    context = life_context(session, everything_of(request), pack_of(request), project, book_of(request))
    return page(request, PAGE, frame=life_frame(request, session, project), **context)


def _dependencies(
    request: AnyRequest, session: Session, project: Project, form: Form[DependencyFields]
) -> dict[str, Any]:
    choices = project_choices(session, request.user, project)
    return {"frame": life_frame(request, session, project), "project": project, "form": form, "choices": choices}


@get(
    "/projects/{project_id:uuid}/dependencies",
    name="monitoring.dependencies",
    permission=Permission.PROJECT_PROPOSE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_dependencies(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]
) -> Response[Any]:
    project = get_project(session, request.user, project_id)
    return page(request, DEPENDENCIES, **_dependencies(request, session, project, blank(DependencyFields)))


@post(
    "/projects/{project_id:uuid}/dependencies",
    permission=Permission.PROJECT_PROPOSE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_dependency(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
) -> Response[Any]:
    project = get_project(session, request.user, project_id)
    form = bind(DependencyFields, submitted)
    if (fields := form.value) is not None:
        try:
            needs = get_project(session, request.user, fields.needs_id)
            bounds.add_dependency(session, request.user, project, needs, fields.what)
        except NotFound:
            form = form.with_error("needs_id", _("Choose one of the options"))
        except FieldRefused as error:
            form = taken_back(session, form, error)
        else:
            return done(request, session, life_address(request, project.id), say="dependency_added")
    return invalid(request, DEPENDENCIES, **_dependencies(request, session, project, form))


@post(
    "/projects/dependencies/{dependency_id:uuid}/end",
    name="monitoring.end_dependency",
    permission=Permission.PROJECT_PROPOSE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_dependency_end(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    dependency_id: FromPath[uuid.UUID],
) -> Response[Any]:
    row = session.get(ProjectDependency, dependency_id)
    if row is None:
        raise NotFound
    project = get_project(session, request.user, row.project_id)
    bounds.end_dependency(session, request.user, project, row)
    return done(request, session, life_address(request, project.id), say="dependency_ended")


@get(
    "/projects/overdue-pilots",
    name="monitoring.overdue_pilots",
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_overdue_pilots(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    today = now(session).astimezone(pack_of(request).zone).date()
    rows = [
        {
            "title": pilot.initiative.title,
            "number": pilot.initiative.reference,
            "institution": row_of(session, Institution, pilot.initiative.institution_id).name,
            "ends_on": short_day(pilot.ends_on),
            "days": (today - pilot.ends_on).days,
            "href": book_of(request)("monitoring.life", project_id=pilot.project.id),
        }
        for pilot in running_pilots(session, request.user, today)
    ]
    return page(request, "monitoring/overdue_pilots.html", rows=rows)


def routes() -> list[Any]:
    return [show_life, show_dependencies, submit_dependency, submit_dependency_end, show_overdue_pilots]
