"""Reads the session cookie and says who is looking; never writes a row for somebody who is not signed in."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Request
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from portfolio.db.base import utc_now
from portfolio.db.clock import moved_instant, now
from portfolio.i18n import set_language
from portfolio.identity import sessions
from portfolio.identity.sessions import Found
from portfolio.people.queries import load_viewer
from portfolio.people.viewer import Viewer
from portfolio.settings import Settings
from portfolio.web.formatting import country_zone
from portfolio.web.runtime import Runtime
from portfolio.web.transaction import MOMENT


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a cookie says: `at` is the present instant of the rules, `ahead` by how many seconds a demonstration's clock was
    moved; the pages count their terms down by it."""

    session: Found | None
    viewer: Viewer | None = None
    at: datetime | None = None
    ahead: int = 0


def cookie_name(settings: Settings) -> str:
    """`__Host-` where the address is https; browsers refuse that prefix on plain http."""
    return "__Host-pf" if settings.is_https else "pf"


class SignedIn(ASGIMiddleware):
    """Sets `scope["user"]` to a `Viewer` or nothing, and `scope["auth"]` to the session found, alive or expired."""

    scopes = (ScopeType.HTTP,)

    def should_bypass_for_scope(self, scope: Scope) -> bool:
        """Files of ours and the sign of life ask nobody who they are, and no database."""
        return scope["path"].startswith("/static/") or scope["path"] == "/healthz"

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        scope["user"], scope["auth"] = None, None
        request: Request[Any, Any, Any] = Request(scope)
        if token := _token(request):
            _admit(scope, await asyncio.to_thread(_look_up, scope["litestar_app"].state.runtime, token))
        await next_app(scope, receive, send)


def recognise(request: Request[Any, Any, Any]) -> None:
    """The same for a request that no route takes: it is refused before the layers look at it."""
    request.scope["user"], request.scope["auth"] = None, None
    if token := _token(request):
        _admit(request.scope, _look_up(request.app.state.runtime, token))


def _token(request: Request[Any, Any, Any]) -> str:
    """What the session cookie says; nothing for the API, which knows no sessions."""
    if request.scope["path"].startswith("/api/"):
        return ""
    return request.cookies.get(cookie_name(request.scope["litestar_app"].state.runtime.settings), "")


def _admit(scope: Scope, seen: _Seen) -> None:
    scope["auth"] = seen.session
    scope["state"]["clock_ahead"] = seen.ahead
    if seen.viewer is not None:
        scope["user"] = seen.viewer
        scope["state"][MOMENT] = seen.at
        set_language(seen.viewer.language)


def _look_up(runtime: Runtime, token: str) -> _Seen:
    with runtime.database.reading() as session:
        found = sessions.find(session, token)
        if found is None or not found.is_alive:
            return _Seen(found)
        at, moved = now(session), moved_instant(session)
        ahead = 0 if moved is None else round((moved - utc_now()).total_seconds())
        viewer = load_viewer(session, found.person_id, at.astimezone(country_zone()).date(), found.id)
    if utc_now() - found.seen_at > sessions.SEEN_EVERY:
        with runtime.database.writing() as session:
            sessions.touch(session, found)
    return _Seen(found, viewer, at, ahead)
