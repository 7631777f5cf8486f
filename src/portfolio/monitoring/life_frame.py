"""What every page of a project's life starts from: the project's head and its tab."""

import uuid

from sqlalchemy.orm import Session

from portfolio.i18n import N_
from portfolio.identity.visit import AnyRequest, everything_of
from portfolio.people.permissions import Permission
from portfolio.projects.frame import ProjectFrame, TabSpec, project_frame, register_tab
from portfolio.projects.models import Project
from portfolio.web.addresses import book_of

register_tab(TabSpec(20, "monitoring.life", N_("Life"), Permission.PROJECT_READ))


def life_frame(request: AnyRequest, session: Session, project: Project) -> ProjectFrame:
    return project_frame(session, everything_of(request), project, "monitoring.life", book_of(request))


def life_address(request: AnyRequest, project_id: uuid.UUID) -> str:
    return request.app.route_reverse("monitoring.life", project_id=project_id)
