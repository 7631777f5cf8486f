"""What every page of this room begins with: the project that the person may find, the whole viewer, the head of the page."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from litestar import Request
from sqlalchemy.orm import Session

from portfolio.db.memo import row_of
from portfolio.identity.guard import whole_viewer
from portfolio.labels import label
from portfolio.packs.schema import CountryPack
from portfolio.people.permissions import Permission
from portfolio.people.viewer import Viewer
from portfolio.projects.frame import ProjectFrame, project_frame
from portfolio.projects.models import Initiative, Project
from portfolio.projects.visibility import get_project
from portfolio.risk.audience import today_of
from portfolio.risk.catalogue import catalogue
from portfolio.risk.queries import people_of
from portfolio.risk.terms import Proximity, Response, RiskCategory
from portfolio.web.addresses import book_of
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Opened:
    """`viewer` is narrowed to the route's permission, `whole` is not."""

    project: Project
    initiative: Initiative
    viewer: Viewer
    whole: Viewer
    pack: CountryPack
    url_for: Callable[..., str]

    def may(self, permission: Permission) -> bool:
        """In the project's own institution, or by a role that reaches all."""
        return self.whole.can_in(permission, self.initiative.institution_id)


def opened(request: AnyRequest, session: Session, project_id: uuid.UUID) -> Opened:
    """Raises `NotFound` for a project that this person may not find with this permission."""
    project = get_project(session, request.user, project_id)
    return Opened(
        project=project,
        initiative=row_of(session, Initiative, project.initiative_id),
        viewer=request.user,
        whole=whole_viewer(request) or request.user,
        pack=runtime(request).pack,
        url_for=book_of(request),
    )


def head(session: Session, found: Opened) -> ProjectFrame:
    return project_frame(session, found.whole, found.project, "risk.register", found.url_for)


def choices(session: Session, found: Opened) -> dict[str, Any]:
    """The lists of the form of a risk."""
    matrix = found.pack.risk.in_force
    people = people_of(session, found.initiative.institution_id, today_of(session, found.pack))
    return {
        "categories": [(member.value, label(member)) for member in RiskCategory],
        "proximities": [(member.value, label(member)) for member in Proximity],
        "responses": [(member.value, label(member)) for member in Response],
        "people": [(str(person), name) for person, name in people],
        "likelihoods": steps(matrix.likelihood),
        "impacts": steps(matrix.impact),
        "catalogue": [(entry.code, f"{entry.code} · {entry.event}") for entry in catalogue().values()],
    }


def steps(scale: Any) -> list[tuple[str, str]]:
    """Steps of a scale as options: number, word, and what it means."""
    return [(str(number), f"{number} · {step.label}: {step.help}") for number, step in enumerate(scale, start=1)]
