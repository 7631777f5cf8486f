"""The people of an institution, or of all: list, person, invitation, disabling and enabling."""

import uuid
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.errors import FieldRefused, Refused
from portfolio.i18n import N_, gettext
from portfolio.identity import people_actions
from portfolio.identity.guard import whole_viewer
from portfolio.identity.institution_queries import choices
from portfolio.identity.people_forms import InviteFields, ReasonFields
from portfolio.identity.people_queries import (
    account_facts,
    get_person,
    people_page,
    proposals_of,
    roles_of,
    today,
)
from portfolio.identity.people_scope import institutions_where, reaches_all
from portfolio.identity.reset_actions import why_not_ask
from portfolio.identity.role_form import institution_of, role_page
from portfolio.people.permissions import Permission
from portfolio.people.viewer import Viewer
from portfolio.web import flash
from portfolio.web.forms import Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
LIST, PERSON, INVITE, REASON = "people/list.html", "people/person.html", "people/invite.html", "people/reason.html"

flash.register(
    {
        "person_invited": N_("The invitation is on its way, and the role waits for a second person."),
        "person_known": N_("This person was already registered: the role was proposed and waits for a second person."),
        "invitation_sent": N_("A new invitation is on its way; the earlier one no longer works."),
        "account_disabled": N_("The account is disabled and its sessions are ended."),
        "account_enabled": N_("The account is enabled."),
    }
)


def whole(request: AnyRequest) -> Viewer:
    """The viewer with every role, to say which links stand on a page."""
    return whole_viewer(request) or request.user


@get("/people", name="people.list", permission=Permission.PEOPLE_READ, sync_to_thread=True, include_in_schema=False)
def show_people(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    text = request.query_params.get("text", "")[:200]
    chosen = institution_of(request)
    found = people_page(session, request.user, text, chosen, request.query_params.get("at", ""))
    viewer = whole(request)
    only = None if reaches_all(request.user) else institutions_where(request.user, Permission.PEOPLE_READ)
    return page(
        request,
        LIST,
        people=found.rows,
        previous=_at(request, text, chosen, found.previous),
        next=_at(request, text, chosen, found.next),
        form=blank(InviteFields, text=text, institution=str(chosen or "")),
        institutions=choices(session, only),
        may_invite=viewer.can(Permission.PEOPLE_MANAGE),
        may_confirm=viewer.can(Permission.PEOPLE_CONFIRM),
        may_administer=viewer.can(Permission.PEOPLE_ADMINISTER),
        is_filtered=bool(text or chosen),
    )


def _at(request: AnyRequest, text: str, chosen: uuid.UUID | None, cursor: str) -> str:
    if not cursor:
        return ""
    kept = {"text": text, "institution": str(chosen or ""), "at": cursor}
    return f"{request.scope['path']}?{urlencode({name: value for name, value in kept.items() if value})}"


@get(
    "/people/{person_id:uuid}",
    name="people.person",
    permission=Permission.PEOPLE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_person(
    request: AnyRequest, session: NamedDependency[Session], person_id: FromPath[uuid.UUID]
) -> Response[Any]:
    person = get_person(session, request.user, person_id)
    state, factor_since = account_facts(session, person.id)
    roles = roles_of(session, person.id)
    viewer = whole(request)
    manages = viewer.can(Permission.PEOPLE_MANAGE)
    homes = institutions_where(viewer, Permission.PEOPLE_MANAGE)
    return page(
        request,
        PERSON,
        person=person,
        state=state,
        factor_since=factor_since,
        present=[(row, manages and (homes is None or row.institution_id in homes)) for row in roles if not row.is_past],
        past=[row for row in roles if row.is_past],
        proposals=proposals_of(session, person.id),
        may_manage=manages,
        may_disable=manages and state in ("active", "invited") and person.id != viewer.person_id,
        may_enable=viewer.can(Permission.PEOPLE_ADMINISTER) and state == "disabled",
        may_resend=manages and state == "invited",
        may_ask_reset=manages and why_not_ask(session, viewer, person) is None,
        today=today(session),
    )


@get(
    "/people/invite",
    name="people.invite",
    permission=Permission.PEOPLE_MANAGE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_invite(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    form = blank(InviteFields, valid_from=today(session).isoformat(), holding="direct", language="es")
    return page(request, INVITE, **role_page(request, session, form))


@post("/people/invite", permission=Permission.PEOPLE_MANAGE, sync_to_thread=True, include_in_schema=False)
def submit_invite(
    request: AnyRequest, session: NamedDependency[Session], submitted: NamedDependency[Submitted]
) -> Response[Any]:
    form = bind(InviteFields, submitted)
    chosen = institution_of(request, submitted)
    if form.value is None or chosen is None:
        return invalid(request, INVITE, **role_page(request, session, form, submitted))
    secret = runtime(request).settings.secret_key
    try:
        person, is_new = people_actions.invite_person(session, secret, request.user, chosen, form.value)
    except FieldRefused as refused:
        form = taken_back(session, form, refused)
        return invalid(request, INVITE, **role_page(request, session, form, submitted))
    except Refused as refused:
        session.rollback()
        form = form.with_error("role", " ".join(refused.reasons))
        return invalid(request, INVITE, **role_page(request, session, form, submitted))
    then = request.app.route_reverse("people.list")
    if is_new:
        then = request.app.route_reverse("people.person", person_id=person.id)
    return done(request, session, then, say="person_invited" if is_new else "person_known")


@post(
    "/people/{person_id:uuid}/invitation",
    name="people.resend",
    permission=Permission.PEOPLE_MANAGE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_resend(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    person_id: FromPath[uuid.UUID],
) -> Response[Any]:
    person = get_person(session, request.user, person_id)
    people_actions.resend_invitation(session, runtime(request).settings.secret_key, request.user, person)
    return done(
        request, session, request.app.route_reverse("people.person", person_id=person.id), say="invitation_sent"
    )


DISABLE = N_("Disable the account")
ENABLE = N_("Enable the account")


@get(
    "/people/{person_id:uuid}/disable",
    name="people.disable",
    permission=Permission.PEOPLE_MANAGE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_disable(
    request: AnyRequest, session: NamedDependency[Session], person_id: FromPath[uuid.UUID]
) -> Response[Any]:
    person = get_person(session, request.user, person_id)
    return page(request, REASON, person=person, form=blank(ReasonFields), act=gettext(DISABLE), route="people.disable")


@post(
    "/people/{person_id:uuid}/disable",
    permission=Permission.PEOPLE_MANAGE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_disable(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    person_id: FromPath[uuid.UUID],
) -> Response[Any]:
    person = get_person(session, request.user, person_id)
    form = bind(ReasonFields, submitted)
    if form.value is None:
        return invalid(request, REASON, person=person, form=form, act=gettext(DISABLE), route="people.disable")
    people_actions.disable_account(session, request.user, person, form.value.reason)
    return done(
        request, session, request.app.route_reverse("people.person", person_id=person.id), say="account_disabled"
    )


@get(
    "/people/{person_id:uuid}/enable",
    name="people.enable",
    permission=Permission.PEOPLE_ADMINISTER,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_enable(
    request: AnyRequest, session: NamedDependency[Session], person_id: FromPath[uuid.UUID]
) -> Response[Any]:
    person = get_person(session, request.user, person_id)
    return page(request, REASON, person=person, form=blank(ReasonFields), act=gettext(ENABLE), route="people.enable")


@post(
    "/people/{person_id:uuid}/enable",
    permission=Permission.PEOPLE_ADMINISTER,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_enable(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    person_id: FromPath[uuid.UUID],
) -> Response[Any]:
    person = get_person(session, request.user, person_id)
    form = bind(ReasonFields, submitted)
    if form.value is None:
        return invalid(request, REASON, person=person, form=form, act=gettext(ENABLE), route="people.enable")
    people_actions.enable_account(session, request.user, person, form.value.reason)
    return done(
        request, session, request.app.route_reverse("people.person", person_id=person.id), say="account_enabled"
    )


def routes() -> list[Any]:
    return [
        show_people,
        show_person,
        show_invite,
        submit_invite,
        submit_resend,
        show_disable,
        submit_disable,
        show_enable,
        submit_enable,
    ]
