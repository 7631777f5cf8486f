"""Pages that belong to no room: the language, health, robots."""

import re
from typing import Any

from litestar import MediaType, Request, Response, get
from litestar.datastructures import Cookie
from litestar.response import Redirect
from sqlalchemy import text

from portfolio.db.migrate import is_current
from portfolio.i18n import LANGUAGES
from portfolio.web.forms import Submitted
from portfolio.web.runtime import runtime
from portfolio.web.shield import LANGUAGE_COOKIE

YEAR = 365 * 24 * 3600
OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
"""Browsers drop tabs and line ends from an address and read a backslash as a slash: `/\t/evil` would lead away."""


def safe_path(path: str) -> str:
    """A path of ours, or the first page: never another site (security.md T25)."""
    return path if OWN_PATH.fullmatch(path) else "/"


def language_cookie(code: str, *, secure: bool) -> Cookie:
    return Cookie(key=LANGUAGE_COOKIE, value=code, max_age=YEAR, httponly=True, samesite="lax", secure=secure)


def language_answer(request: Request[Any, Any, Any], submitted: Submitted) -> Redirect:
    """Keep the language in a cookie and go back to where the reader was."""
    code = submitted.text("language")
    secure = runtime(request).settings.is_https
    cookies = [language_cookie(code, secure=secure)] if code in LANGUAGES else []
    return Redirect(safe_path(submitted.text("back")), status_code=303, cookies=cookies)


def make_health(public: Any) -> list[Any]:
    """`/healthz`: the process answers. `/readyz`: the database answers and stands at this code's version."""

    @get("/healthz", name="web.health", permission=public, sync_to_thread=False, media_type=MediaType.TEXT)
    def health() -> str:
        return "ok"

    @get("/readyz", name="web.ready", permission=public, sync_to_thread=True, media_type=MediaType.TEXT)
    def ready(request: Request[Any, Any, Any]) -> Response[str]:
        with runtime(request).database.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            current = is_current(connection)
        return Response("ready" if current else "migrations are missing", status_code=200 if current else 503)

    return [health, ready]
