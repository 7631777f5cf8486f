"""Lead and team of a case: who writes it, handing it over, taking off and bringing in; and the cases of an institution by lead."""

import uuid
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session

from portfolio.business_cases.forms import HandOverFields, TeamFields
from portfolio.business_cases.frame import case_frame
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.queries import MOST_CASES, list_cases
from portfolio.business_cases.section_pages import SECTIONS
from portfolio.business_cases.team import (
    ENDED,
    change_team,
    hand_over,
    hand_overs_of,
    may_join,
    may_lead,
    may_leave,
    members_of,
    why_not_manage,
)
from portfolio.business_cases.visibility import get_case
from portfolio.errors import FieldRefused
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.identity.guard import whole_viewer
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.web.flash import register
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back

AnyRequest = Request[Any, Any, Any]
P = Permission
PAGE = "business_cases/team.html"
TEAM = "business_cases.team"

register(
    {
        "case_handed_over": N_("The case was handed over, and both people were told."),
        "team_changed": N_("The team was changed, and the person was told."),
    }
)


@get(
    "/cases/by-lead",
    name="business_cases.by_lead",
    permission=P.CASE_HAND_OVER,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_by_lead(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    """The cases of the person's institutions that go on, with who leads each."""
    found = [one for one in list_cases(session, request.user) if one.case.status not in ENDED]
    return page(
        request,
        "business_cases/by_lead.html",
        rows=[(one, not why_not_manage(request.user, one.case)) for one in found],
        most=MOST_CASES,
        is_cut=len(found) == MOST_CASES,
    )


@get(
    "/cases/{case_id:uuid}/team",
    name=TEAM,
    permission=P.CASE_HAND_OVER,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_team(request: AnyRequest, session: NamedDependency[Session], case_id: FromPath[uuid.UUID]) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    return page(request, PAGE, **_context(request, session, case))


@post(
    "/cases/{case_id:uuid}/team",
    name="business_cases.change_team",
    permission=P.CASE_HAND_OVER,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_team(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Response[Any] | Redirect:
    case = get_case(session, request.user, case_id)
    form = bind(TeamFields, submitted)
    value = form.value
    if value is not None:
        try:
            change_team(session, request.user, case, value.person_id, value.act, value.why)
        except FieldRefused as refused:
            form = taken_back(session, form, refused)
        else:
            return done(request, session, _address(request, case), say="team_changed")
    return invalid(request, PAGE, **{**_context(request, session, case), "changing": form, "problems": form})


@get(
    "/cases/{case_id:uuid}/lead",
    name="business_cases.lead",
    permission=P.CASE_HAND_OVER,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_lead(request: AnyRequest, session: NamedDependency[Session], case_id: FromPath[uuid.UUID]) -> Redirect:
    """Whoever comes back to the address of the hand-over finds its page."""
    return Redirect(_address(request, get_case(session, request.user, case_id)), status_code=303)


@post(
    "/cases/{case_id:uuid}/lead",
    name="business_cases.hand_over",
    permission=P.CASE_HAND_OVER,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_lead(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Response[Any] | Redirect:
    case = get_case(session, request.user, case_id)
    form = bind(HandOverFields, submitted)
    if form.value is not None:
        try:
            hand_over(session, request.user, case, form.value.to_id, form.value.reason)
        except FieldRefused as refused:
            form = taken_back(session, form, refused)
        else:
            return done(request, session, _address(request, case), say="case_handed_over")
    return invalid(request, PAGE, **{**_context(request, session, case), "handing": form, "problems": form})


def _address(request: AnyRequest, case: BusinessCase) -> str:
    address: str = request.app.route_reverse(TEAM, case_id=case.id)
    return address


def _context(request: AnyRequest, session: Session, case: BusinessCase) -> dict[str, Any]:
    """`problems` is the form whose errors stand at the head of the page."""
    viewer = whole_viewer(request) or request.user
    over = hand_overs_of(session, case)
    why = why_not_manage(request.user, case)
    return {
        "case": case,
        "frame": case_frame(session, viewer, case, SECTIONS, request.app.route_reverse),
        "members": members_of(session, case),
        "why_not": why,
        "hand_overs": over,
        "people": names(session, [person for row in over for person in (row.from_id, row.to_id, row.by_id)]),
        "leads": _options(may_lead(session, case)) if not why else [],
        "changes": _changes(session, case) if not why else [],
        "handing": blank(HandOverFields),
        "changing": blank(TeamFields),
        "problems": Form({}),
        "no_lead": _("Nobody else holds the role of case lead in the institution. Its user manager can give it."),
    }


def _changes(session: Session, case: BusinessCase) -> list[tuple[str, str]]:
    """Who may leave, then who may come, as one list to choose from."""
    leave, join = may_leave(session, case), may_join(session, case)
    return [
        *((f"leave:{person}", _("Take off the team: %(name)s") % {"name": name}) for person, name in leave.items()),
        *((f"join:{person}", _("Bring into the team: %(name)s") % {"name": name}) for person, name in join.items()),
    ]


def _options(people: Any) -> list[tuple[str, str]]:
    return [(str(person), name) for person, name in people.items()]


def routes() -> list[Any]:
    return [show_by_lead, show_team, submit_team, show_lead, submit_lead]
