"""Asking for the reset of somebody's second factor, and deciding on it."""

import uuid
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.errors import FieldRefused
from portfolio.i18n import N_
from portfolio.identity import reset_actions
from portfolio.identity.people_forms import DecideFields, ReasonFields
from portfolio.identity.people_queries import get_person, roles_of
from portfolio.identity.reset_queries import ResetRow, reset_row, waiting_resets
from portfolio.identity.step_up import prove
from portfolio.people.permissions import Permission
from portfolio.web import flash
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
ASK, WAITING, DECIDE = "people/ask_reset.html", "people/resets.html", "people/decide_reset.html"

flash.register(
    {
        "reset_asked": N_("The reset is asked for. An administrator who did not ask for it decides."),
        "reset_granted": N_("The second factor is reset and the person's sessions are ended."),
        "reset_refused": N_("The reset is refused."),
    }
)


@get(
    "/people/{person_id:uuid}/factor-reset",
    name="people.ask_reset",
    permission=Permission.PEOPLE_MANAGE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_ask(request: AnyRequest, session: NamedDependency[Session], person_id: FromPath[uuid.UUID]) -> Response[Any]:
    person = get_person(session, request.user, person_id)
    refusal = reset_actions.why_not_ask(session, request.user, person)
    return page(request, ASK, person=person, form=blank(ReasonFields), refusal=refusal or "")


@post(
    "/people/{person_id:uuid}/factor-reset",
    permission=Permission.PEOPLE_MANAGE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_ask(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    person_id: FromPath[uuid.UUID],
) -> Response[Any]:
    person = get_person(session, request.user, person_id)
    form = bind(ReasonFields, submitted)
    if form.value is None:
        return invalid(request, ASK, person=person, form=form, refusal="")
    reset_actions.ask_reset(session, request.user, person, form.value.reason)
    return done(request, session, request.app.route_reverse("people.person", person_id=person.id), say="reset_asked")


@get(
    "/people/factor-resets",
    name="people.resets",
    permission=Permission.PEOPLE_ADMINISTER,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_waiting(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    rows = waiting_resets(session)
    return page(request, WAITING, rows=[(row, reset_actions.why_not_decide(request.user, row.reset)) for row in rows])


@get(
    "/people/factor-resets/{reset_id:uuid}",
    name="people.decide_reset",
    permission=Permission.PEOPLE_ADMINISTER,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_decide(request: AnyRequest, session: NamedDependency[Session], reset_id: FromPath[uuid.UUID]) -> Response[Any]:
    return page(request, DECIDE, **_shown(request, session, reset_row(session, reset_id), blank(DecideFields)))


def _shown(request: AnyRequest, session: Session, row: ResetRow, form: Form[DecideFields]) -> dict[str, Any]:
    return {
        "row": row,
        "held": [role for role in roles_of(session, row.reset.person_id) if not role.is_past],
        "form": form,
        "digest": reset_actions.digest_of(row.reset),
        "refusal": reset_actions.why_not_decide(request.user, row.reset) or "",
    }


@post(
    "/people/factor-resets/{reset_id:uuid}",
    permission=Permission.PEOPLE_ADMINISTER,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_decide(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    reset_id: FromPath[uuid.UUID],
) -> Response[Any]:
    row = reset_row(session, reset_id)
    form = bind(DecideFields, submitted)
    if form.value is None:
        return invalid(request, DECIDE, **_shown(request, session, row, form))
    fields, grant = form.value, form.value.answer == "grant"
    try:
        prove(session, runtime(request).settings.secret_key, request.user, fields.password, fields.digest)
        reset_actions.decide_reset(session, request.user, row.reset, fields.digest, grant=grant, reason=fields.reason)
    except FieldRefused as refused:
        form = taken_back(session, form, refused)
        return invalid(request, DECIDE, **_shown(request, session, reset_row(session, reset_id), form))
    say = "reset_granted" if grant else "reset_refused"
    return done(request, session, request.app.route_reverse("people.resets"), say=say)


def routes() -> list[Any]:
    return [show_ask, submit_ask, show_waiting, show_decide, submit_decide]
