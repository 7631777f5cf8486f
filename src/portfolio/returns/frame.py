"""What every page of returns starts from: the head of its project, and the tab."""

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
TAB = "returns.list"

register_tab(TabSpec(35, TAB, N_("Returns"), Permission.PROJECT_READ))


def pack_of(request: AnyRequest) -> CountryPack:
    found: CountryPack = runtime(request).pack
    return found


def everything_of(request: AnyRequest) -> Viewer:
    """The whole viewer: for tabs and for what is offered, never for an act."""
    found: Viewer = whole_viewer(request) or request.user
    return found


def reverse_of(request: AnyRequest) -> Any:
    return runtime(request).shell(request)["url_for"]


def frame_of(request: AnyRequest, session: Session, project: Project) -> ProjectFrame:
    return project_frame(session, everything_of(request), project, TAB, reverse_of(request))
