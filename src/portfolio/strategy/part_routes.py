"""The parts of a call: dated stages and action lines."""

import uuid
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.errors import FieldRefused
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.people.permissions import Permission
from portfolio.strategy import actions
from portfolio.strategy.forms import ActionLineFields, StageFields, typed_instant
from portfolio.strategy.models import Call
from portfolio.strategy.queries import action_lines_of, get_call, stages_of
from portfolio.strategy.shown import theme_options, theme_words
from portfolio.strategy.terms import CallStageCode
from portfolio.web.flash import register
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
P = Permission
DATED = tuple(code for code in CallStageCode if code is not CallStageCode.FORMULATION)
"""Formulation has no dates of its own: it is the time the call is open."""

register(
    {
        "stages_set": N_("The dates were saved."),
        "action_line_added": N_("The action line was added."),
        "action_line_removed": N_("The action line was removed."),
    }
)


@get(
    "/calls/{call_id:uuid}/stages",
    name="strategy.stages",
    permission=P.CALL_MANAGE,
    sync_to_thread=True,
    include_in_schema=False,
)
def ask_stages(request: AnyRequest, session: NamedDependency[Session], call_id: FromPath[uuid.UUID]) -> Response[Any]:
    call = get_call(session, call_id)
    initial = {}
    for stage in stages_of(session, call.id):
        initial[f"{stage.code.value}_begins"] = typed_instant(stage.begins_at)
        initial[f"{stage.code.value}_ends"] = typed_instant(stage.ends_at)
    return page(request, "strategy/stages.html", **_staging(blank(StageFields, **initial), call))


@post(
    "/calls/{call_id:uuid}/stages",
    name="strategy.submit_stages",
    permission=P.CALL_MANAGE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_stages(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    call_id: FromPath[uuid.UUID],
) -> Response[Any]:
    call = get_call(session, call_id)
    form = _whole(bind(StageFields, submitted))
    if form.value is not None:
        try:
            actions.set_stages(session, request.user, call, _dates(form.value))
        except FieldRefused as refused:
            form = taken_back(session, form, refused)
    if form.value is None:
        return invalid(request, "strategy/stages.html", **_staging(form, call))
    return done(request, session, _to(request, "strategy.call", call), say="stages_set")


@get(
    "/calls/{call_id:uuid}/action-lines",
    name="strategy.action_lines",
    permission=P.CALL_MANAGE,
    sync_to_thread=True,
    include_in_schema=False,
)
def ask_action_lines(
    request: AnyRequest, session: NamedDependency[Session], call_id: FromPath[uuid.UUID]
) -> Response[Any]:
    call = get_call(session, call_id)
    return page(request, "strategy/action_lines.html", **_lines(request, session, blank(ActionLineFields), call))


@post(
    "/calls/{call_id:uuid}/action-lines",
    name="strategy.add_action_line",
    permission=P.CALL_MANAGE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_action_line(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    call_id: FromPath[uuid.UUID],
) -> Response[Any]:
    call = get_call(session, call_id)
    form = bind(ActionLineFields, submitted)
    if form.value is not None:
        try:
            actions.add_action_line(session, request.user, call, form.value)
        except FieldRefused as refused:
            form = taken_back(session, form, refused)
    if form.value is None:
        return invalid(request, "strategy/action_lines.html", **_lines(request, session, form, call))
    return done(request, session, _to(request, "strategy.action_lines", call), say="action_line_added")


@post(
    "/calls/{call_id:uuid}/action-lines/{line_id:uuid}/removal",
    name="strategy.remove_action_line",
    permission=P.CALL_MANAGE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_removal(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    call_id: FromPath[uuid.UUID],
    line_id: FromPath[uuid.UUID],
) -> Response[Any]:
    call = get_call(session, call_id)
    actions.remove_action_line(session, request.user, call, line_id)
    return done(request, session, _to(request, "strategy.action_lines", call), say="action_line_removed")


def _staging(form: Form[StageFields], call: Call) -> dict[str, Any]:
    return {"form": form, "call": call, "stages": [(code.value, label(code)) for code in DATED]}


def _whole(form: Form[StageFields]) -> Form[StageFields]:
    """A stage with one date only is refused beside the other one."""
    fields = form.value
    if fields is None:
        return form
    for code in DATED:
        begins, ends = (getattr(fields, f"{code.value}_{end}") for end in ("begins", "ends"))
        if (begins is None) != (ends is None):
            missing = "begins" if begins is None else "ends"
            form = form.with_error(f"{code.value}_{missing}", _("Give both dates of the stage, or none"))
    return form


def _dates(fields: StageFields) -> actions.Stages:
    return {
        code: None
        if getattr(fields, f"{code.value}_begins") is None
        else (getattr(fields, f"{code.value}_begins"), getattr(fields, f"{code.value}_ends"))
        for code in DATED
    }


def _lines(request: AnyRequest, session: Session, form: Form[ActionLineFields], call: Call) -> dict[str, Any]:
    pack = runtime(request).pack
    return {
        "form": form,
        "call": call,
        "lines": action_lines_of(session, call.id),
        "themes": theme_words(pack),
        "theme_options": theme_options(pack),
    }


def _to(request: AnyRequest, name: str, call: Call) -> str:
    return request.app.route_reverse(name, call_id=call.id)


def routes() -> list[Any]:
    return [ask_stages, submit_stages, ask_action_lines, submit_action_line, submit_removal]
