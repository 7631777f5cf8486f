"""What every page of indicators begins with: the project in the viewer's scope, its frame, and the day in its country."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Request
from sqlalchemy.orm import Session

from portfolio.db.clock import now
from portfolio.identity.guard import whole_viewer
from portfolio.people.permissions import Permission
from portfolio.people.viewer import Viewer
from portfolio.projects.frame import project_frame
from portfolio.projects.models import Initiative, Project
from portfolio.projects.visibility import get_project
from portfolio.web.addresses import book_of
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
SCORECARD = "kpis.scorecard"


@dataclass(frozen=True, slots=True)
class Opened:
    """A project as one request opened it. `whole` is the viewer with all their roles, `may_write` for this institution."""

    project: Project
    initiative: Initiative
    whole: Viewer
    today: date

    @property
    def may_write(self) -> bool:
        return self.whole.can_in(Permission.KPI_WRITE, self.initiative.institution_id)


def opened(request: AnyRequest, session: Session, project_id: uuid.UUID) -> Opened:
    """Raises `NotFound` for a project outside the scope of the viewer, who is narrowed to the route's permission."""
    project = get_project(session, request.user, project_id)
    today = now(session).astimezone(runtime(request).pack.zone).date()
    initiative = session.get_one(Initiative, project.initiative_id)
    return Opened(project, initiative, whole_viewer(request) or request.user, today)


def framed(request: AnyRequest, session: Session, found: Opened) -> dict[str, Any]:
    """The head of the page, with the tab of the indicators marked."""
    reverse = book_of(request)
    frame = project_frame(session, found.whole, found.project, SCORECARD, reverse)
    return {"frame": frame, "project": found.project, "may_write": found.may_write}


def path_of(request: AnyRequest, route: str, **params: Any) -> str:
    return str(request.app.route_reverse(route, **params))
