"""What the pages of a plan share: who looks at which project, and what they may do there."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Request
from sqlalchemy.orm import Session

from portfolio.db.memo import row_of
from portfolio.identity.guard import whole_viewer
from portfolio.people.permissions import Permission
from portfolio.people.viewer import Viewer
from portfolio.projects.frame import ProjectFrame, project_frame
from portfolio.projects.models import Initiative, Project
from portfolio.projects.plan.milestones import today, why_fixed
from portfolio.projects.plan.queries import Plan, read_plan
from portfolio.projects.visibility import get_project
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
TAB = "projects.plan"


@dataclass(frozen=True, slots=True)
class Visit:
    """One request for a page of a plan. `viewer` is the whole viewer, `actor` the one that the route narrowed."""

    request: AnyRequest
    session: Session
    project: Project
    viewer: Viewer
    actor: Viewer
    plan: Plan
    as_at: date

    @property
    def frame(self) -> ProjectFrame:
        reverse = runtime(self.request).shell(self.request)["url_for"]
        return project_frame(self.session, self.viewer, self.project, TAB, reverse)

    @property
    def institution_id(self) -> uuid.UUID:
        return row_of(self.session, Initiative, self.project.initiative_id).institution_id

    @property
    def can_write(self) -> bool:
        return not why_fixed(self.project) and self.viewer.can_in(Permission.PLAN_WRITE, self.institution_id)

    def address(self, route: str = TAB, **parameters: Any) -> str:
        return self.request.app.route_reverse(route, project_id=self.project.id, **parameters)


def visit(request: AnyRequest, session: Session, project_id: uuid.UUID) -> Visit:
    """Raises `NotFound` for a project that this person may not find (or, on a form, may not write)."""
    project = get_project(session, request.user, project_id)
    viewer = whole_viewer(request) or request.user
    return Visit(request, session, project, viewer, request.user, read_plan(session, project.id), today(session))
