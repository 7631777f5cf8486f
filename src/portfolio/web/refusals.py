"""Every refusal becomes a page in the reader's language with its reasons; nothing a person sends is ever a 500."""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from litestar import Request, Response
from litestar.background_tasks import BackgroundTask
from litestar.exceptions import (
    HTTPException,
    ImproperlyConfiguredException,
    NotAuthorizedException,
    PermissionDeniedException,
    SerializationException,
    TooManyRequestsException,
)
from litestar.response import Redirect
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError

from portfolio.errors import FieldRefused, NotAllowed, NotFound, Refused
from portfolio.i18n import gettext
from portfolio.web import trace
from portfolio.web.addresses import book_of
from portfolio.web.forms import BadBody
from portfolio.web.once import AlreadyDone
from portfolio.web.pages import AnyRequest, html, render, wants_part
from portfolio.web.runtime import runtime

log = logging.getLogger("portfolio")

Handler = Callable[[Request[Any, Any, Any], Any], Response[Any]]
SPECIAL = frozenset({400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503})


def refusal(
    request: AnyRequest,
    status: int,
    reasons: Sequence[str] = (),
    what_to_do: str = "",
    fields: Sequence[tuple[str, str]] = (),
) -> Response[Any]:
    """The page of a status; for htmx a part that goes to the messages, leaving the page as it was.

    The API answers a problem (RFC 9457), with `errors` for what is wrong with single `fields` (name, words).
    """
    if request.scope["path"].startswith("/api/"):
        problem: dict[str, Any] = {
            "type": "about:blank",
            "status": status,
            "title": "; ".join(reasons) or gettext("Refused"),
            "instance": f"urn:request:{trace.current()}",
        }
        if fields:
            problem["errors"] = [{"field": name, "message": words} for name, words in fields]
        return Response(problem, status_code=status, media_type="application/problem+json")
    name = status if status in SPECIAL - {405} else 404 if status == 405 else 400 if status < 500 else 500
    context = {"reasons": list(reasons), "what_to_do": what_to_do, "above": _above(request, status)}
    if wants_part(request):
        body = render(request, "errors/_part.html", status=status, messages=[], **context)
        return html(body, status, {"HX-Retarget": "#messages", "HX-Reswap": "innerHTML"})
    return html(render(request, f"errors/{name}.html", messages=[], **context), status)


def _above(request: AnyRequest, status: int) -> str:
    """The page on which an act was tried that was refused because of how things stand; blank for other refusals."""
    if status != 409:
        return ""
    return book_of(request).page_above(request.scope["path"])


def _refused(request: AnyRequest, error: Refused) -> Response[Any]:
    if isinstance(error, FieldRefused):
        return refusal(request, 422, error.reasons, fields=[(error.field, error.reasons[0])])
    return _told(request, refusal(request, 409, error.reasons), error.reasons)


def _not_found(request: AnyRequest, _error: Exception) -> Response[Any]:
    return refusal(request, 404)


def _not_allowed(request: AnyRequest, error: Exception) -> Response[Any]:
    reason = getattr(error, "reason", "") or getattr(error, "detail", "")
    reasons = [reason] if reason and reason != "Forbidden" else []
    return _told(request, refusal(request, 403, reasons), reasons)


def _told(request: AnyRequest, answer: Response[Any], reasons: Sequence[str]) -> Response[Any]:
    """An act refused to a signed-in person survives the refusal: written once the answer is out, in a thread."""
    hook = runtime(request).on_refused
    if hook is not None and request.method == "POST" and request.scope.get("user") is not None:
        answer.background = BackgroundTask(hook, request, answer.status_code or 0, list(reasons))
    return answer


def _already_done(_request: AnyRequest, error: AlreadyDone) -> Response[Any]:
    return Redirect(error.location or "/", status_code=303)


def _stale(request: AnyRequest, _error: Exception) -> Response[Any]:
    return refusal(
        request,
        409,
        [gettext("Someone else changed this while you were looking.")],
        gettext("Reload the page and try again. Nothing of yours was saved."),
    )


def _conflict(request: AnyRequest, error: IntegrityError) -> Response[Any]:
    log.warning("integrity error: %s", type(error.orig).__name__)
    return _stale(request, error)


def _bad_body(request: AnyRequest, error: Exception) -> Response[Any]:
    return refusal(request, 400, [str(error)] if isinstance(error, BadBody) else [])


def _unavailable(request: AnyRequest, error: Exception) -> Response[Any]:
    log.error("database unavailable: %s", type(error).__name__)
    return refusal(request, 503)


def _http(request: AnyRequest, error: HTTPException) -> Response[Any]:
    if error.status_code >= 500:
        return _unexpected(request, error)
    return refusal(request, error.status_code, fields=_fields_of(error))


def _fields_of(error: HTTPException) -> list[tuple[str, str]]:
    """What the framework found wrong in a body or its headers."""
    extra = error.extra if isinstance(error.extra, list) else []
    return [(str(one.get("key", "")), str(one.get("message", ""))[:200]) for one in extra if isinstance(one, dict)]


def _unexpected(request: AnyRequest, error: Exception) -> Response[Any]:
    route = request.scope.get("path_template") or "-"  # never the address itself, which may hold a one-time link
    log.exception("unexpected error on %s %s", request.method, route, exc_info=error)
    return refusal(request, 500)


def exception_handlers() -> dict[Any, Handler]:
    """For `create_app`; identity adds its own answer to a missing sign-in."""
    return {
        Refused: _refused,
        NotFound: _not_found,
        NotAllowed: _not_allowed,
        PermissionDeniedException: _not_allowed,
        AlreadyDone: _already_done,
        StaleDataError: _stale,
        IntegrityError: _conflict,
        BadBody: _bad_body,
        SerializationException: _bad_body,
        UnicodeError: _bad_body,
        RecursionError: _bad_body,
        OperationalError: _unavailable,
        InterfaceError: _unavailable,
        PoolTimeout: _unavailable,
        ImproperlyConfiguredException: _unexpected,
        NotAuthorizedException: _http,
        TooManyRequestsException: _http,
        HTTPException: _http,
        Exception: _unexpected,
    }
