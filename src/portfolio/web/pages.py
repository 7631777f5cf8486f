"""Answers: a whole page or its part, an invalid form, an act that is done. Rendered in the worker thread, never on the event loop."""

from typing import Any

from litestar import MediaType, Request, Response
from litestar.response import Redirect
from sqlalchemy.orm import Session

from portfolio.web import once, summaries
from portfolio.web.flash import Message, said
from portfolio.web.runtime import runtime
from portfolio.web.shield import prepare

AnyRequest = Request[Any, Any, Any]
Html = Response[Any]


def wants_part(request: AnyRequest) -> bool:
    """Whether htmx asks for a part; boosted links ask for the whole page."""
    return request.headers.get("HX-Request-Type") == "partial"


def render(request: AnyRequest, template: str, *, messages: list[Message] | None = None, **context: Any) -> str:
    prepare(request)
    shell = runtime(request).shell(request)
    shown = said(request.query_params.get("done")) if messages is None else messages
    return summaries.named(runtime(request).renderer.render(template, **{**shell, "messages": shown, **context}))


def html(body: str, status: int = 200, headers: dict[str, str] | None = None) -> Html:
    return Response(body, status_code=status, media_type=MediaType.HTML, headers=headers or {})


def page(request: AnyRequest, whole: str, part: str | None = None, *, status: int = 200, **context: Any) -> Html:
    """The whole page, or only `part` when htmx asks for it."""
    template = part if part and wants_part(request) else whole
    return html(render(request, template, **context), status)


def invalid(request: AnyRequest, whole: str, part: str | None = None, **context: Any) -> Html:
    """The same page with the form's errors and what was typed: 422."""
    return page(request, whole, part, status=422, **context)


def done(
    request: AnyRequest, session: Session, then: str, *, say: str = "", part: str | None = None, **context: Any
) -> Html | Redirect:
    """Commit, then lead on: a browser gets 303 to `then`; htmx gets the fresh `part`, if there is one.

    The lock is gone before anything renders, and a failed commit is an error page, never this answer.
    """
    location = f"{then}{'&' if '?' in then else '?'}done={say}" if say else then
    once.led_to(session, location)
    session.commit()
    if part and wants_part(request):
        return html(render(request, part, messages=said(say), **context))
    return Redirect(location, status_code=303)
