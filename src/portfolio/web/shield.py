"""The outermost layer: hosts, cross-site requests, headers, the nonce, the language (security.md section 8)."""

import secrets
from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.response.base import ASGIResponse
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from portfolio.i18n import LANGUAGES, set_language
from portfolio.web import trace
from portfolio.web.impatience import patient_until
from portfolio.web.runtime import Runtime

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
LANGUAGE_COOKIE = "pf_language"
FOR_EVER = "public, max-age=31536000, immutable"
"""For files of ours whose address carries their digest; everything else is kept by nobody."""


class Shield(ASGIMiddleware):
    """Refuses foreign hosts and cross-site writes before anything else looks at a request."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        request: Request[Any, Any, Any] = Request(scope)
        runtime: Runtime = scope["litestar_app"].state.runtime
        prepare(request)
        refused = _refusal(request, runtime)
        if refused:
            await ASGIResponse(body=refused.encode(), status_code=400, media_type="text/plain")(scope, receive, send)
            return
        await next_app(scope, patient_until(receive), send)


def prepare(request: Request[Any, Any, Any]) -> None:
    """Once for each request: its id, the nonce and the language. An address that leads nowhere is refused before this layer runs."""
    if "csp_nonce" not in request.scope["state"]:
        trusted = request.scope["litestar_app"].state.runtime.settings.trusted_proxy
        request.scope["state"]["request_id"] = trace.begin(request.headers.get(trace.HEADER, ""), trusted=trusted)
        request.scope["state"]["csp_nonce"] = secrets.token_urlsafe(16)
        set_language(chosen_language(request))


async def add_headers(message: Message, scope: Scope) -> None:
    """Every answer's headers, those of errors in other layers included: an application-wide `before_send` hook."""
    if message["type"] == "http.response.start":
        runtime: Runtime = scope["litestar_app"].state.runtime
        nonce = scope["state"].get("csp_nonce", "")
        headers = MutableScopeHeaders.from_message(message)
        if scope["path"].startswith("/static/") and b"v=" in scope["query_string"] and message["status"] == 200:
            headers["Cache-Control"] = FOR_EVER
        headers.setdefault(trace.HEADER, scope["state"].get("request_id", ""))
        _add_headers(headers, nonce, runtime.settings.is_https)


def chosen_language(request: Request[Any, Any, Any]) -> str:
    """Cookie, then what the browser prefers; a signed-in person's own preference is set later and wins."""
    cookie = request.cookies.get(LANGUAGE_COOKIE, "")
    if cookie in LANGUAGES:
        return cookie
    for part in request.headers.get("accept-language", "").split(","):
        code = part.split(";")[0].strip()[:2].lower()
        if code in LANGUAGES:
            return code
    return LANGUAGES[0]


def _refusal(request: Request[Any, Any, Any], runtime: Runtime) -> str:
    host = (urlsplit(f"//{request.headers.get('host', '')}").hostname or "").lower()
    if host not in runtime.settings.allowed_hosts:
        return "unknown host"
    if request.method in SAFE or request.scope["path"].startswith("/api/"):
        return ""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return "" if site == "same-origin" else "cross-site request refused"
    origin = request.headers.get("origin")
    if origin is None:
        return ""
    return "" if _is_own(origin, request, runtime) else "cross-site request refused"


def _is_own(origin: str, request: Request[Any, Any, Any], runtime: Runtime) -> bool:
    """Scheme, host and port are ours: those of the configured address, or those that the browser asked."""
    if origin == runtime.settings.base_url:
        return True
    parts = urlsplit(origin)
    schemes = ("https",) if runtime.settings.is_https else ("http", "https")
    return parts.scheme in schemes and parts.netloc == request.headers.get("host", "").lower()


def _add_headers(headers: MutableScopeHeaders, nonce: str, https: bool) -> None:
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; script-src-attr 'none'"
    )
    headers.setdefault(
        "Content-Security-Policy", policy.replace("script-src 'self'", f"script-src 'self' 'nonce-{nonce}'")
    )
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    headers.setdefault("Cache-Control", "no-store")
    headers.add("Vary", "HX-Request, HX-Request-Type, Cookie, Accept-Language")
    if https:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
