"""What every page of lessons begins with: the project that the person may find, the whole viewer, the head of the page."""

import uuid
from dataclasses import dataclass
from typing import Any

from litestar import Request
from sqlalchemy.orm import Session

from portfolio.db.clock import now
from portfolio.db.memo import row_of
from portfolio.identity.guard import whole_viewer
from portfolio.lessons.queries import answered_by, derived_from, lessons_of, origins_of, replicated
from portfolio.people.permissions import Permission
from portfolio.people.viewer import Viewer
from portfolio.projects.frame import ProjectFrame, project_frame
from portfolio.projects.models import Initiative, Project
from portfolio.projects.visibility import get_project
from portfolio.web.addresses import book_of

AnyRequest = Request[Any, Any, Any]
TAB = "lessons.project"


@dataclass(frozen=True, slots=True)
class Opened:
    """`whole` is the viewer with all their roles."""

    project: Project
    initiative: Initiative
    whole: Viewer
    frame: ProjectFrame

    @property
    def may_write(self) -> bool:
        return self.whole.can_in(Permission.LESSON_WRITE, self.initiative.institution_id)


def opened(request: AnyRequest, session: Session, project_id: uuid.UUID) -> Opened:
    """Raises `NotFound` for a project that this person may not find with the route's permission."""
    project = get_project(session, request.user, project_id)
    whole = whole_viewer(request) or request.user
    frame = project_frame(session, whole, project, TAB, book_of(request))
    return Opened(project, row_of(session, Initiative, project.initiative_id), whole, frame)


def project_page(session: Session, found: Opened) -> dict[str, Any]:
    """Lessons of the project, what it comes from, what comes from it."""
    at, initiative_id = now(session), found.initiative.id
    lessons = lessons_of(session, found.project.id)
    return {
        "frame": found.frame,
        "project": found.project,
        "lessons": lessons,
        "answered": answered_by(session, [row.id for row in lessons]),
        "origins": origins_of(session, found.whole, at, initiative_id),
        "derived": derived_from(session, found.whole, at, initiative_id),
        "replicated": replicated(session, initiative_id),
        "may_write": found.may_write,
    }
