"""Answers: a whole page or its part, an invalid form, an act that is done. Rendered in the worker thread, never on the event loop."""

from typing import Any, TypeVar

from litestar import MediaType, Request, Response
from litestar.response import Redirect
from pydantic import BaseModel
from sqlalchemy.orm import Session

from portfolio.errors import FieldRefused
from portfolio.web import once, summaries
from portfolio.web.flash import Message, said
from portfolio.web.forms import Form
from portfolio.web.runtime import runtime
from portfolio.web.shield import prepare

T = TypeVar("T", bound=BaseModel)
AnyRequest = Request[Any, Any, Any]
Html = Response[Any]


WRITES_NOTHING = "writes_nothing"
"""In the state of a request: its answer refuses, and what its transaction began is taken back."""


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
    """The whole page, or only `part` when htmx asks for it. A page that says no (400 or more) writes nothing: see
    `web.transaction`.
    """
    if status >= 400:
        request.scope["state"][WRITES_NOTHING] = True
    template = part if part and wants_part(request) else whole
    return html(render(request, template, **context), status)


def taken_back(session: Session, form: Form[T], refused: FieldRefused) -> Form[T]:
    """The form with the error that an act found in one of its fields, and nothing left of what the act had begun: the page
    that is shown again tells what is stored, not what was tried.
    """
    session.rollback()
    return form.with_error(refused.field, refused.reasons[0])


def invalid(request: AnyRequest, whole: str, part: str | None = None, **context: Any) -> Html:
    """The same page with the form's errors and what was typed: 422. What is to stay in spite of them is committed before."""
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
