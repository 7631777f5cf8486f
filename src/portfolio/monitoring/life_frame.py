"""What every page of a project's life starts from: the project in the viewer's scope, its head, and its tab."""

import uuid
from collections.abc import Callable
from typing import Any

from litestar import Request
from sqlalchemy.orm import Session

from portfolio.i18n import N_
from portfolio.identity.guard import whole_viewer
from portfolio.packs.schema import CountryPack
from portfolio.people.permissions import Permission
from portfolio.people.viewer import Viewer
from portfolio.projects.frame import ProjectFrame, TabSpec, project_frame, register_tab
from portfolio.projects.models import Project
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]

register_tab(TabSpec(20, "monitoring.life", N_("Life"), Permission.PROJECT_READ))


def pack_of(request: AnyRequest) -> CountryPack:
    found: CountryPack = runtime(request).pack
    return found


def url_for(request: AnyRequest) -> Callable[..., str]:
    found: Callable[..., str] = runtime(request).shell(request)["url_for"]
    return found


def everything_of(request: AnyRequest) -> Viewer:
    """The whole viewer: for tabs and for what is offered, never for an act."""
    found: Viewer = whole_viewer(request) or request.user
    return found


def life_frame(request: AnyRequest, session: Session, project: Project) -> ProjectFrame:
    return project_frame(session, everything_of(request), project, "monitoring.life", url_for(request))


def life_address(request: AnyRequest, project_id: uuid.UUID) -> str:
    return request.app.route_reverse("monitoring.life", project_id=project_id)
