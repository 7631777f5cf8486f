"""What stands above every page of a project: its number, title, institution and stage, and the tabs to its other pages."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portfolio.db.memo import row_of
from portfolio.i18n import gettext as _
from portfolio.people.models import Institution
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.projects.standing import standing_of
from portfolio.projects.terms import ProjectStage, Standing
from portfolio.web.tabs import Tab, TabBar, TabSpec

__all__ = ["ProjectFrame", "TabSpec", "project_frame", "register_tab"]

_bar: TabBar[ProjectStage] = TabBar()


def register_tab(tab: TabSpec[ProjectStage]) -> None:
    """A room that serves a page of a project adds its tab, from its `routes.py`."""
    _bar.register(tab)


@dataclass(frozen=True, slots=True)
class ProjectFrame:
    """The head of a project's page."""

    project_id: uuid.UUID
    title: str
    number: str
    institution: str
    stage: ProjectStage
    standing: Standing
    tabs: tuple[Tab, ...]


def project_frame(
    session: Session, viewer: Viewer, project: Project, current: str, url_for: Callable[..., str]
) -> ProjectFrame:
    """`viewer` is the whole viewer, not the one narrowed by the route; `current` the route's name."""
    initiative = row_of(session, Initiative, project.initiative_id)
    return ProjectFrame(
        project_id=project.id,
        title=initiative.title or _("Without a title"),
        number=initiative.reference,
        institution=row_of(session, Institution, initiative.institution_id).name,
        stage=project.stage,
        standing=standing_of(session, project.id),
        tabs=_bar.shown(
            project.stage, current, opens=viewer.can, address=lambda route: url_for(route, project_id=project.id)
        ),
    )
