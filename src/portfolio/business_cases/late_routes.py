"""Late submission: an institution asks, whoever holds the power grants, and both are on record."""

import uuid
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.business_cases import actions
from portfolio.business_cases.forms import LateRequestFields, LateWaiverFields
from portfolio.business_cases.frame import case_frame
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.section_pages import SECTIONS
from portfolio.business_cases.visibility import get_case
from portfolio.db.clock import now
from portfolio.errors import FieldRefused, NotFound
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.identity.guard import whole_viewer
from portfolio.people.models import Institution
from portfolio.people.permissions import Permission
from portfolio.strategy.models import Call
from portfolio.strategy.queries import get_call
from portfolio.strategy.shown import shown_call
from portfolio.web.flash import register
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back

AnyRequest = Request[Any, Any, Any]
P = Permission

register(
    {
        "late_asked": N_("The request was sent to those who may grant it."),
        "late_granted": N_("The leave is recorded, and the case's lead was told."),
    }
)


@get(
    "/cases/{case_id:uuid}/late-submission",
    name="business_cases.ask_late",
    permission=P.CASE_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def ask_late(request: AnyRequest, session: NamedDependency[Session], case_id: FromPath[uuid.UUID]) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    return page(request, "business_cases/ask_late.html", **_asking(request, session, case, blank(LateRequestFields)))


@post(
    "/cases/{case_id:uuid}/late-submission",
    name="business_cases.submit_late",
    permission=P.CASE_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_late(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    form = bind(LateRequestFields, submitted)
    if form.value is None:
        return invalid(request, "business_cases/ask_late.html", **_asking(request, session, case, form))
    actions.ask_late_submission(session, request.user, case, form.value)
    return done(request, session, request.app.route_reverse(SECTIONS, case_id=case.id), say="late_asked")


@get(
    "/calls/{call_id:uuid}/late-submissions",
    name="business_cases.grant_late",
    permission=P.LATE_WAIVE,
    sync_to_thread=True,
    include_in_schema=False,
)
def ask_waiver(request: AnyRequest, session: NamedDependency[Session], call_id: FromPath[uuid.UUID]) -> Response[Any]:
    """The case is named by the reference that its institution sent with the request: drafts are not listed to others."""
    call = get_call(session, call_id)
    form = blank(LateWaiverFields, case_id=request.query_params.get("case", "")[:40])
    return page(request, "business_cases/grant_late.html", **_granting(request, session, call, form))


@post(
    "/calls/{call_id:uuid}/late-submissions",
    name="business_cases.submit_waiver",
    permission=P.LATE_WAIVE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_waiver(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    call_id: FromPath[uuid.UUID],
) -> Response[Any]:
    call = get_call(session, call_id)
    form = bind(LateWaiverFields, submitted)
    if form.value is not None:
        try:
            case = actions.case_to_waive(session, request.user, call, form.value.case_id)
            actions.grant_late_submission(session, request.user, call, case, form.value)
        except NotFound:
            form = form.with_error("case_id", _("No unsubmitted case of this call has this reference"))
        except FieldRefused as refused:
            form = taken_back(session, form, refused)
    if form.value is None:
        return invalid(request, "business_cases/grant_late.html", **_granting(request, session, call, form))
    return done(request, session, request.app.route_reverse("strategy.call", call_id=call.id), say="late_granted")


def _asking(request: AnyRequest, session: Session, case: BusinessCase, form: Form[LateRequestFields]) -> dict[str, Any]:
    viewer = whole_viewer(request)
    return {
        "form": form,
        "case": case,
        "frame": case_frame(session, viewer, case, SECTIONS, request.app.route_reverse) if viewer else None,
        "call": shown_call(session.get_one(Call, case.call_id), now(session)),
    }


def _granting(request: AnyRequest, session: Session, call: Call, form: Form[LateWaiverFields]) -> dict[str, Any]:
    named, institution = None, ""
    try:
        named = actions.case_to_waive(session, request.user, call, uuid.UUID(str(form.raw["case_id"]).strip()))
        institution = session.get_one(Institution, named.institution_id).name
    except (NotFound, ValueError):
        named = None
    return {"form": form, "call": shown_call(call, now(session)), "named": named, "institution": institution}


def routes() -> list[Any]:
    return [ask_late, submit_late, ask_waiver, submit_waiver]
