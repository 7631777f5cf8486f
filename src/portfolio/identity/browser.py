"""What a request says about its browser, and the cookie it is given."""

from typing import Any

from litestar import Request
from litestar.datastructures import Cookie

from portfolio.identity.middleware import cookie_name
from portfolio.settings import Settings
from portfolio.web.runtime import runtime


def session_cookie(settings: Settings, token: str) -> Cookie:
    """For this browser session only; an empty token removes it."""
    return Cookie(
        key=cookie_name(settings),
        value=token or None,
        max_age=None if token else 0,
        path="/",
        httponly=True,
        secure=settings.is_https,
        samesite="lax",
    )


def address_of_client(request: Request[Any, Any, Any]) -> str:
    """The peer's address, or the one that the single configured proxy reports."""
    if runtime(request).settings.trusted_proxy:
        forwarded = request.headers.get("x-forwarded-for", "").split(",")[-1].strip()
        if forwarded:
            return forwarded
    return request.client.host if request.client else ""


def agent_of(request: Request[Any, Any, Any]) -> str:
    return request.headers.get("user-agent", "")
