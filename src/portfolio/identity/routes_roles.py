"""Roles: proposed by one person, confirmed or refused by another, taken back, ended."""

import uuid
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.errors import FieldRefused, NotFound, Refused
from portfolio.i18n import N_, gettext
from portfolio.identity import role_actions
from portfolio.identity.people_forms import DecideFields, EndRoleFields, RoleFields
from portfolio.identity.people_queries import (
    get_person,
    get_proposal,
    proposals_of,
    roles_of,
    today,
    waiting_proposals,
)
from portfolio.identity.role_form import institution_of, role_page
from portfolio.identity.step_up import prove
from portfolio.people.models import Membership, RoleProposal
from portfolio.people.permissions import Permission
from portfolio.web import flash
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
PROPOSE, WAITING, DECIDE, END = (
    "people/propose.html",
    "people/proposals.html",
    "people/decide.html",
    "people/end_role.html",
)

flash.register(
    {
        "role_proposed": N_("The role is proposed. It holds once a second person confirms it."),
        "role_granted": N_("The role is granted."),
        "role_refused": N_("The role is refused."),
        "role_withdrawn": N_("The proposal is withdrawn."),
        "role_ended": N_("The role is ended."),
    }
)


@get(
    "/people/{person_id:uuid}/roles/new",
    name="people.propose_role",
    permission=Permission.PEOPLE_MANAGE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_propose(
    request: AnyRequest, session: NamedDependency[Session], person_id: FromPath[uuid.UUID]
) -> Response[Any]:
    person = get_person(session, request.user, person_id)
    form = blank(RoleFields, valid_from=today(session).isoformat(), holding="direct")
    return page(request, PROPOSE, **role_page(request, session, form, person=person))


@post(
    "/people/{person_id:uuid}/roles/new",
    permission=Permission.PEOPLE_MANAGE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_propose(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    person_id: FromPath[uuid.UUID],
) -> Response[Any]:
    person = get_person(session, request.user, person_id)
    form = bind(RoleFields, submitted)
    chosen = institution_of(request, submitted)
    if form.value is None or chosen is None:
        return invalid(request, PROPOSE, **role_page(request, session, form, submitted, person=person))
    try:
        role_actions.propose_role(session, request.user, person, chosen, form.value)
    except Refused as refused:
        session.rollback()
        field = refused.field if isinstance(refused, FieldRefused) else "role"
        form = form.with_error(field, " ".join(refused.reasons))
        return invalid(request, PROPOSE, **role_page(request, session, form, submitted, person=person))
    return done(request, session, request.app.route_reverse("people.person", person_id=person.id), say="role_proposed")


@get(
    "/people/proposals",
    name="people.proposals",
    permission=Permission.PEOPLE_CONFIRM,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_proposals(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    rows = waiting_proposals(session, request.user)
    return page(request, WAITING, rows=[(row, role_actions.why_not_decide(request.user, row.proposal)) for row in rows])


@get(
    "/people/proposals/{proposal_id:uuid}",
    name="people.decide_role",
    permission=Permission.PEOPLE_CONFIRM,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_decide(
    request: AnyRequest, session: NamedDependency[Session], proposal_id: FromPath[uuid.UUID]
) -> Response[Any]:
    proposal = get_proposal(session, request.user, proposal_id)
    return page(request, DECIDE, **_decision(request, session, proposal, blank(DecideFields)))


def _decision(
    request: AnyRequest, session: Session, proposal: RoleProposal, form: Form[DecideFields]
) -> dict[str, Any]:
    row = next(row for row in proposals_of(session, proposal.person_id) if row.proposal.id == proposal.id)
    held = [role for role in roles_of(session, proposal.person_id) if not role.is_past]
    return {
        "row": row,
        "held": held,
        "form": form,
        "digest": role_actions.digest_of(proposal),
        "refusal": role_actions.why_not_decide(request.user, proposal) or "",
        "may_withdraw": proposal.proposed_by_id == request.user.person_id and proposal.decided_at is None,
    }


@post(
    "/people/proposals/{proposal_id:uuid}",
    permission=Permission.PEOPLE_CONFIRM,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_decide(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    proposal_id: FromPath[uuid.UUID],
) -> Response[Any]:
    proposal = get_proposal(session, request.user, proposal_id)
    form = bind(DecideFields, submitted)
    if form.value is None:
        return invalid(request, DECIDE, **_decision(request, session, proposal, form))
    fields, grant = form.value, form.value.answer == "grant"
    try:
        prove(session, runtime(request).settings.secret_key, request.user, fields.password, fields.digest)
        role_actions.decide_role(session, request.user, proposal, fields.digest, grant=grant, reason=fields.reason)
    except FieldRefused as refused:
        form = taken_back(session, form, refused)
        return invalid(request, DECIDE, **_decision(request, session, proposal, form))
    say = "role_granted" if grant else "role_refused"
    return done(request, session, request.app.route_reverse("people.proposals"), say=say)


@post(
    "/people/proposals/{proposal_id:uuid}/withdraw",
    name="people.withdraw_role",
    permission=Permission.PEOPLE_MANAGE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_withdraw(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    proposal_id: FromPath[uuid.UUID],
) -> Response[Any]:
    proposal = get_proposal(session, request.user, proposal_id)
    role_actions.withdraw_role(session, request.user, proposal)
    return done(
        request,
        session,
        request.app.route_reverse("people.person", person_id=proposal.person_id),
        say="role_withdrawn",
    )


@get(
    "/people/{person_id:uuid}/roles/{membership_id:uuid}/end",
    name="people.end_role",
    permission=Permission.PEOPLE_MANAGE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_end(
    request: AnyRequest,
    session: NamedDependency[Session],
    person_id: FromPath[uuid.UUID],
    membership_id: FromPath[uuid.UUID],
) -> Response[Any]:
    return page(request, END, **_ending(request, session, person_id, membership_id, blank(EndRoleFields, when="now")))


def _ending(
    request: AnyRequest,
    session: Session,
    person_id: uuid.UUID,
    membership_id: uuid.UUID,
    form: Form[EndRoleFields],
) -> dict[str, Any]:
    """Raises `NotFound` for a role of another person or outside the viewer's institutions."""
    person = get_person(session, request.user, person_id)
    row = next((role for role in roles_of(session, person.id) if role.id == membership_id), None)
    if row is None:
        raise NotFound
    return {"person": person, "row": row, "form": form}


@post(
    "/people/{person_id:uuid}/roles/{membership_id:uuid}/end",
    permission=Permission.PEOPLE_MANAGE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_end(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    person_id: FromPath[uuid.UUID],
    membership_id: FromPath[uuid.UUID],
) -> Response[Any]:
    form = bind(EndRoleFields, submitted)
    context = _ending(request, session, person_id, membership_id, form)
    if form.value is None:
        return invalid(request, END, **context)
    if form.value.when == "day" and form.value.last_day is None:
        return invalid(request, END, **{**context, "form": form.with_error("last_day", gettext("Fill in this field"))})
    last_day = form.value.last_day if form.value.when == "day" else None
    membership = session.get_one(Membership, membership_id)
    try:
        role_actions.end_role(session, request.user, membership, last_day, form.value.reason)
    except FieldRefused as refused:
        context = _ending(request, session, person_id, membership_id, taken_back(session, form, refused))
        return invalid(request, END, **context)
    return done(request, session, request.app.route_reverse("people.person", person_id=person_id), say="role_ended")


def routes() -> list[Any]:
    return [
        show_propose,
        submit_propose,
        show_proposals,
        show_decide,
        submit_decide,
        submit_withdraw,
        show_end,
        submit_end,
    ]
