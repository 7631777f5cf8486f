"""What every page of this room begins with: the project that the person may find, the whole viewer, the head of the page."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Request
from sqlalchemy.orm import Session

from portfolio.closure.checklist import today_of
from portfolio.db.memo import row_of
from portfolio.identity.guard import whole_viewer
from portfolio.packs.schema import CountryPack
from portfolio.people.permissions import Permission
from portfolio.people.viewer import Viewer
from portfolio.projects.frame import ProjectFrame, project_frame
from portfolio.projects.models import Initiative, Project
from portfolio.projects.visibility import get_project
from portfolio.web.addresses import book_of
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
CLOSING = "closure.checklist"


@dataclass(frozen=True, slots=True)
class Opened:
    """`viewer` is narrowed to the route's permission, `whole` is not."""

    project: Project
    initiative: Initiative
    viewer: Viewer
    whole: Viewer
    pack: CountryPack
    today: date
    frame: ProjectFrame
    url_for: Callable[..., str]

    def may(self, permission: Permission) -> bool:
        """In the project's own institution, or by a role that reaches all."""
        return self.whole.can_in(permission, self.initiative.institution_id)


def opened(request: AnyRequest, session: Session, project_id: uuid.UUID) -> Opened:
    """Raises `NotFound` for a project that this person may not find with the route's permission."""
    return of_project(request, session, get_project(session, request.user, project_id))


def of_project(request: AnyRequest, session: Session, project: Project) -> Opened:
    """The same for a project that was found by way of one of its rows."""
    whole, url_for = whole_viewer(request) or request.user, book_of(request)
    pack = runtime(request).pack
    return Opened(
        project=project,
        initiative=row_of(session, Initiative, project.initiative_id),
        viewer=request.user,
        whole=whole,
        pack=pack,
        today=today_of(session, pack),
        frame=project_frame(session, whole, project, CLOSING, url_for),
        url_for=url_for,
    )
