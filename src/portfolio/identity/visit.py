"""What pages ask of their request: the country's pack, the whole viewer, and the day in the country."""

from datetime import date
from typing import Any

from litestar import Request
from sqlalchemy.orm import Session

from portfolio.db.clock import now
from portfolio.identity.guard import whole_viewer
from portfolio.packs.schema import CountryPack
from portfolio.people.viewer import Viewer
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]


def pack_of(request: AnyRequest) -> CountryPack:
    found: CountryPack = runtime(request).pack
    return found


def everything_of(request: AnyRequest) -> Viewer:
    """The whole viewer: for tabs and for what is offered, never for an act."""
    found: Viewer = whole_viewer(request) or request.user
    return found


def today_of(request: AnyRequest, session: Session) -> date:
    return now(session).astimezone(pack_of(request).zone).date()
