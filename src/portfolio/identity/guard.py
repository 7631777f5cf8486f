"""The one guard: what a route declared is enforced, and the viewer is narrowed to where it is granted (house.md section 6)."""

from typing import Any

from litestar import Litestar, Request
from litestar.connection import ASGIConnection
from litestar.exceptions import ImproperlyConfiguredException
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.routes import HTTPRoute

from portfolio.errors import NotAllowed
from portfolio.i18n import gettext
from portfolio.identity.second_factor import is_missing
from portfolio.identity.sessions import Found
from portfolio.people.permissions import SHORT_IDLE_ROLES, Permission
from portfolio.people.viewer import Viewer
from portfolio.web.forms import Submitted, read_form
from portfolio.web.shield import SAFE

AnyConnection = ASGIConnection[Any, Any, Any, Any]


class SignInNeeded(Exception):
    """Nobody is signed in, or the session has ended: the sign-in page, with what was typed carried along."""

    def __init__(self, submitted: Submitted | None = None, *, was_idle: bool = False) -> None:
        super().__init__("sign-in needed")
        self.submitted = submitted
        self.was_idle = was_idle


class FactorNeeded(Exception):
    """A role of this person demands a second factor that the session was opened without: nothing works before it."""


BEFORE_FACTOR = "before_factor"
"""What a route declares, beside its permission, to work before that: the profile, the enrolment, the way out."""


async def enforce(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """Raises `SignInNeeded` for nobody, `FactorNeeded`, or `NotAllowed` for a person without the permission anywhere."""
    if connection.scope.get("method") == "OPTIONS":
        return
    permission: Permission = handler.opt["permission"]
    if permission is Permission.PUBLIC:
        return
    viewer: Viewer | None = connection.scope.get("user")
    if viewer is None:
        raise SignInNeeded(await _typed(connection))
    found: Found | None = connection.scope.get("auth")
    if not handler.opt.get(BEFORE_FACTOR):
        if is_missing(viewer, found):
            raise FactorNeeded
        if _paused_too_long(connection, viewer, found):
            typed = await _typed(connection)
            connection.scope["user"] = None  # the page that answers is shown to nobody signed in
            raise SignInNeeded(typed, was_idle=True)
    if not viewer.can(permission):
        raise NotAllowed(
            gettext("None of your roles allows this. The user manager of your institution can tell you who does.")
        )
    connection.scope["state"]["whole_viewer"] = viewer
    connection.scope["user"] = viewer.narrowed(permission)


def _paused_too_long(connection: AnyConnection, viewer: Viewer, found: Found | None) -> bool:
    """An act of somebody who decides, issues or administers, from a screen that was left for a while: reading goes on."""
    if connection.scope.get("method") in SAFE or found is None or found.is_busy:
        return False
    return bool(viewer.roles & SHORT_IDLE_ROLES)


async def _typed(connection: AnyConnection) -> Submitted | None:
    """What the person of an expired session had typed; nobody else's body is even read."""
    if connection.scope.get("method") != "POST" or connection.scope.get("auth") is None:
        return None
    return await read_form(Request(connection.scope, connection.receive, connection.send))


def whole_viewer(request: Request[Any, Any, Any]) -> Viewer | None:
    """The person with every role, whatever this route narrowed: for navigation only."""
    found: Viewer | None = request.scope["state"].get("whole_viewer") or request.scope.get("user")
    return found


def check_routes(app: Litestar) -> None:
    """Stop the start when a route declares no permission, or is of a kind that nothing here decides about."""
    problems: list[str] = []
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            problems.append(f"{route.path}: not an HTTP route")
            continue
        problems += [f"{route.path}: {text}" for handler in route.route_handlers for text in _missing(handler)]
    if problems:
        raise ImproperlyConfiguredException(
            "routes without permission=Permission.…:\n  " + "\n  ".join(sorted(set(problems)))
        )


def _missing(handler: HTTPRouteHandler) -> list[str]:
    methods = {str(method) for method in handler.http_methods}
    if methods == {"OPTIONS"}:
        return []
    texts = []
    if not isinstance(handler.opt.get("permission"), Permission):
        texts.append(f"{'/'.join(sorted(methods))} {handler.handler_name}")
    return texts
