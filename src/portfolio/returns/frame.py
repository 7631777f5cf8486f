"""What every page of returns starts from: the head of its project, and the tab."""

from sqlalchemy.orm import Session

from portfolio.i18n import N_
from portfolio.identity.visit import AnyRequest, everything_of
from portfolio.people.permissions import Permission
from portfolio.projects.frame import ProjectFrame, TabSpec, project_frame, register_tab
from portfolio.projects.models import Project
from portfolio.web.addresses import book_of

TAB = "returns.list"

register_tab(TabSpec(35, TAB, N_("Returns"), Permission.PROJECT_READ))


def frame_of(request: AnyRequest, session: Session, project: Project) -> ProjectFrame:
    return project_frame(session, everything_of(request), project, TAB, book_of(request))
