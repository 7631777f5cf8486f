"""Pages of calls: the list, one call, and what its managers change."""

import uuid
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.db.clock import now
from portfolio.errors import FieldRefused
from portfolio.i18n import N_
from portfolio.identity.guard import whole_viewer
from portfolio.labels import label
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.strategy import actions, envelope_routes, part_routes
from portfolio.strategy.forms import CallFields, ExtensionFields, typed_instant
from portfolio.strategy.models import Call
from portfolio.strategy.queries import all_calls, extensions_of, get_call
from portfolio.strategy.shown import by_objective, shown_call, shown_stages, theme_words
from portfolio.strategy.terms import CallKind
from portfolio.web.flash import register
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
P = Permission

register(
    {
        "call_opened": N_("The call was created."),
        "call_changed": N_("The call was changed."),
        "call_extended": N_("The closing was moved for everybody, and whoever is writing was told."),
    }
)


@get("/calls", name="strategy.calls", permission=P.CALL_READ, sync_to_thread=True, include_in_schema=False)
def list_calls(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    at = now(session)
    return page(
        request,
        "strategy/calls.html",
        calls=[shown_call(call, at) for call in all_calls(session)],
        may_manage=_manages(request),
    )


@get(
    "/calls/{call_id:uuid}", name="strategy.call", permission=P.CALL_READ, sync_to_thread=True, include_in_schema=False
)
def show_call(request: AnyRequest, session: NamedDependency[Session], call_id: FromPath[uuid.UUID]) -> Response[Any]:
    call = get_call(session, call_id)
    found = extensions_of(session, call.id)
    pack = runtime(request).pack
    return page(
        request,
        "strategy/call.html",
        shown=shown_call(call, now(session)),
        stages=shown_stages(session, call),
        objectives=by_objective(session, call),
        themes=theme_words(pack),
        envelopes=envelope_routes.shown_envelopes(session, request, call),
        extensions=found,
        people=names(session, [row.decided_by_id for row in found]),
        may_manage=_manages(request),
        may_waive=_can(request, P.LATE_WAIVE),
    )


@get("/calls/new", name="strategy.open", permission=P.CALL_MANAGE, sync_to_thread=True, include_in_schema=False)
def ask_new_call(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    year = now(session).year + 1
    return page(
        request, "strategy/edit.html", **_editing(blank(CallFields, kind="annual", fiscal_year=str(year)), None)
    )


@post("/calls/new", name="strategy.submit_new", permission=P.CALL_MANAGE, sync_to_thread=True, include_in_schema=False)
def submit_new_call(
    request: AnyRequest, session: NamedDependency[Session], submitted: NamedDependency[Submitted]
) -> Response[Any]:
    form = bind(CallFields, submitted)
    if form.value is None:
        return invalid(request, "strategy/edit.html", **_editing(_placed(form), None))
    call = actions.open_call(session, request.user, runtime(request).pack, form.value)
    return done(request, session, _to(request, call), say="call_opened")


@get(
    "/calls/{call_id:uuid}/change",
    name="strategy.change",
    permission=P.CALL_MANAGE,
    sync_to_thread=True,
    include_in_schema=False,
)
def ask_change(request: AnyRequest, session: NamedDependency[Session], call_id: FromPath[uuid.UUID]) -> Response[Any]:
    call = get_call(session, call_id)
    return page(request, "strategy/edit.html", **_editing(_filled(call), call))


@post(
    "/calls/{call_id:uuid}/change",
    name="strategy.submit_change",
    permission=P.CALL_MANAGE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_change(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    call_id: FromPath[uuid.UUID],
) -> Response[Any]:
    call = get_call(session, call_id)
    form = bind(CallFields, submitted)
    if form.value is not None:
        try:
            actions.change_call(session, request.user, call, form.value)
        except FieldRefused as refused:
            form = taken_back(session, form, refused)
    if form.value is None:
        return invalid(request, "strategy/edit.html", **_editing(_placed(form), call))
    return done(request, session, _to(request, call), say="call_changed")


@get(
    "/calls/{call_id:uuid}/extension",
    name="strategy.extend",
    permission=P.CALL_MANAGE,
    sync_to_thread=True,
    include_in_schema=False,
)
def ask_extension(
    request: AnyRequest, session: NamedDependency[Session], call_id: FromPath[uuid.UUID]
) -> Response[Any]:
    call = get_call(session, call_id)
    form = blank(ExtensionFields, closes_at=typed_instant(call.closes_at))
    return page(request, "strategy/extend.html", form=form, shown=shown_call(call, now(session)))


@post(
    "/calls/{call_id:uuid}/extension",
    name="strategy.submit_extension",
    permission=P.CALL_MANAGE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_extension(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    call_id: FromPath[uuid.UUID],
) -> Response[Any]:
    call = get_call(session, call_id)
    form = bind(ExtensionFields, submitted)
    if form.value is not None:
        try:
            actions.extend_call(session, request.user, call, form.value)
        except FieldRefused as refused:
            form = taken_back(session, form, refused)
    if form.value is None:
        return invalid(request, "strategy/extend.html", form=form, shown=shown_call(call, now(session)))
    return done(request, session, _to(request, call), say="call_extended")


def _editing(form: Form[CallFields], call: Call | None) -> dict[str, Any]:
    return {"form": form, "call": call, "kinds": [(kind.value, label(kind)) for kind in CallKind]}


def _filled(call: Call) -> Form[CallFields]:
    return blank(
        CallFields,
        title=call.title,
        summary=call.summary,
        kind=call.kind.value,
        fiscal_year=str(call.fiscal_year),
        opens_at=typed_instant(call.opens_at),
        closes_at=typed_instant(call.closes_at),
        embargo_until=typed_instant(call.embargo_until),
    )


def _placed(form: Form[CallFields]) -> Form[CallFields]:
    """An error about both dates stands beside the closing."""
    errors = {name or "closes_at": text for name, text in form.errors.items()}
    return Form(form.raw, errors, None)


def _can(request: AnyRequest, permission: Permission) -> bool:
    viewer = whole_viewer(request)
    return viewer is not None and viewer.can(permission)


def _manages(request: AnyRequest) -> bool:
    return _can(request, P.CALL_MANAGE)


def _to(request: AnyRequest, call: Call) -> str:
    return request.app.route_reverse("strategy.call", call_id=call.id)


def routes() -> list[Any]:
    return [
        list_calls,
        show_call,
        ask_new_call,
        submit_new_call,
        ask_change,
        submit_change,
        ask_extension,
        submit_extension,
        *part_routes.routes(),
        *envelope_routes.routes(),
    ]
