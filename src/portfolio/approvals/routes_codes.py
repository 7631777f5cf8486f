"""The codes of a case: propose, issue, refuse, suspend, revoke, resume."""

import uuid
from datetime import date
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.approvals import code_issue, code_states
from portfolio.approvals.code_issue import Wanted
from portfolio.approvals.code_page import codes_page
from portfolio.approvals.code_queries import get_code
from portfolio.approvals.forms_codes import ConfirmFields, ProposalFields, ReasonFields
from portfolio.approvals.models import CodeProposal, Countersign
from portfolio.audit.signing_keys import KeyPurpose, load_or_make_key
from portfolio.business_cases.frame import TabSpec, case_frame, register_tab
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import SUBMITTED_STATES
from portfolio.business_cases.visibility import get_case
from portfolio.db.clock import now
from portfolio.db.money import Money
from portfolio.errors import FieldRefused, NotFound
from portfolio.i18n import N_
from portfolio.identity.guard import whole_viewer
from portfolio.identity.step_up import prove
from portfolio.people.permissions import Permission
from portfolio.web import flash
from portfolio.web.formatting import typed_amount
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
PAGE = "approvals/codes.html"

register_tab(TabSpec(80, "approvals.codes", N_("Approval codes"), Permission.CODE_READ, SUBMITTED_STATES))
flash.register(
    {
        "code_proposed": N_("The code is proposed. A second person issues it."),
        "code_issued": N_("The code is issued. Procurement can verify it from now on."),
        "code_refused": N_("The proposal is refused and its amount is free again."),
        "code_suspended": N_("The code is suspended: nothing new can be reserved on it."),
        "code_change_proposed": N_("Proposed. A second person confirms it."),
        "code_changed": N_("The code is changed."),
    }
)


def _context(request: AnyRequest, session: Session, case: BusinessCase, **more: Any) -> dict[str, Any]:
    viewer = whole_viewer(request) or request.user
    url_for = request.app.route_reverse
    return {
        "frame": case_frame(session, viewer, case, "approvals.codes", url_for),
        **codes_page(session, viewer, runtime(request).pack, case),
        "form": blank(ProposalFields, **_suggested(request, session, case)),
        "confirm": blank(ConfirmFields),
        "reason": blank(ReasonFields),
        **more,
    }


def _suggested(request: AnyRequest, session: Session, case: BusinessCase) -> dict[str, str]:
    """The year that still has money, all of it, and the days from today to the year's end."""
    shown = codes_page(session, request.user, runtime(request).pack, case)["years"]
    open_year = next((row for row in shown if row.left.minor > 0), None)
    if open_year is None:
        return {}
    today = now(session).astimezone(runtime(request).pack.zone).date()
    return {
        "fiscal_year": str(open_year.year),
        "ceiling": typed_amount(open_year.left),
        "not_before": max(today, date(open_year.year, 1, 1)).isoformat(),
        "expires_on": date(open_year.year, 12, 31).isoformat(),
    }


@get(
    "/cases/{case_id:uuid}/codes",
    name="approvals.codes",
    permission=Permission.CODE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_codes(request: AnyRequest, session: NamedDependency[Session], case_id: FromPath[uuid.UUID]) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    return page(request, PAGE, **_context(request, session, case))


@post("/cases/{case_id:uuid}/codes", permission=Permission.CODE_ISSUE, sync_to_thread=True, include_in_schema=False)
def submit_proposal(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    form = bind(ProposalFields, submitted)
    if form.value is not None:
        try:
            wanted = _wanted(form.value, case.currency)
            code_issue.propose_code(session, request.user, runtime(request).pack, case, wanted)
        except FieldRefused as error:
            form = taken_back(session, form, error)
        except ValueError as error:
            form = form.with_error("ceiling", str(error))
        else:
            return done(request, session, _codes_of(request, case), say="code_proposed")
    return invalid(request, PAGE, **_context(request, session, case, form=form))


def _wanted(fields: ProposalFields, currency: str) -> Wanted:
    return Wanted(
        lot_id=fields.lot_id,
        fiscal_year=fields.fiscal_year,
        ceiling_minor=Money.of(fields.ceiling, currency).minor,
        not_before=fields.not_before,
        expires_on=fields.expires_on,
        replaces_id=fields.replaces_id,
    )


def _codes_of(request: AnyRequest, case: BusinessCase) -> str:
    return request.app.route_reverse("approvals.codes", case_id=case.id)


def _proposal(session: Session, request: AnyRequest, proposal_id: uuid.UUID) -> tuple[CodeProposal, BusinessCase]:
    proposal = session.get(CodeProposal, proposal_id)
    if proposal is None:
        raise NotFound
    return proposal, get_case(session, request.user, proposal.case_id)


@post(
    "/codes/proposals/{proposal_id:uuid}/issue",
    name="approvals.issue_code",
    permission=Permission.CODE_ISSUE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_issue(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    proposal_id: FromPath[uuid.UUID],
) -> Response[Any]:
    proposal, case = _proposal(session, request, proposal_id)
    settings = runtime(request).settings
    form: Form[ConfirmFields] = bind(ConfirmFields, submitted)
    if (fields := form.value) is not None:
        try:
            prove(session, settings.secret_key, request.user, fields.password, fields.digest)
        except FieldRefused as error:
            form = taken_back(session, form, error)
        else:
            code_issue.issue_code(
                session,
                request.user,
                runtime(request).pack,
                case,
                proposal,
                fields.digest,
                load_or_make_key(settings.keys_dir, KeyPurpose.CODE),
                settings.base_url,
            )
            return done(request, session, _codes_of(request, case), say="code_issued")
    return invalid(request, PAGE, **_context(request, session, case, confirm=form, confirming=proposal.id))


@post(
    "/codes/proposals/{proposal_id:uuid}/refuse",
    name="approvals.refuse_code",
    permission=Permission.CODE_ISSUE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_refusal(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    proposal_id: FromPath[uuid.UUID],
) -> Response[Any]:
    proposal, case = _proposal(session, request, proposal_id)
    form = bind(ReasonFields, submitted)
    if form.value is None:
        return invalid(request, PAGE, **_context(request, session, case, reason=form, refusing=proposal.id))
    code_issue.refuse_proposal(session, request.user, runtime(request).pack, case, proposal, form.value.reason)
    return done(request, session, _codes_of(request, case), say="code_refused")


@post(
    "/codes/{code_id:uuid}/suspend",
    name="approvals.suspend_code",
    permission=Permission.CODE_SUSPEND,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_suspension(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    code_id: FromPath[uuid.UUID],
) -> Response[Any]:
    case = get_case(session, request.user, get_code(session, request.user, code_id).case_id)
    form = bind(ReasonFields, submitted)
    if form.value is None:
        return invalid(request, PAGE, **_context(request, session, case, reason=form, changing=code_id))
    code_states.suspend_code(session, request.user, code_id, form.value.reason)
    return done(request, session, _codes_of(request, case), say="code_suspended")


@post(
    "/codes/{code_id:uuid}/changes/{purpose:str}",
    name="approvals.propose_code_change",
    permission=Permission.CODE_SUSPEND,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_change(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    code_id: FromPath[uuid.UUID],
    purpose: FromPath[str],
) -> Response[Any]:
    case = get_case(session, request.user, get_code(session, request.user, code_id).case_id)
    form = bind(ReasonFields, submitted)
    if form.value is None:
        return invalid(request, PAGE, **_context(request, session, case, reason=form, changing=code_id))
    code_states.propose_change(session, request.user, code_id, purpose, form.value.reason)
    return done(request, session, _codes_of(request, case), say="code_change_proposed")


@post(
    "/codes/changes/{change_id:uuid}",
    name="approvals.decide_code_change",
    permission=Permission.CODE_SUSPEND,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_change_decision(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    change_id: FromPath[uuid.UUID],
) -> Response[Any]:
    change = session.get(Countersign, change_id)
    if change is None or change.purpose not in code_states.PURPOSES:
        raise NotFound
    case = get_case(session, request.user, get_code(session, request.user, change.subject_id).case_id)
    form: Form[ConfirmFields] = bind(ConfirmFields, submitted)
    if (fields := form.value) is not None:
        try:
            prove(session, runtime(request).settings.secret_key, request.user, fields.password, fields.digest)
        except FieldRefused as error:
            form = taken_back(session, form, error)
        else:
            agrees = submitted.text("answer") != "no"
            code_states.decide_change(session, request.user, change, fields.digest, agrees=agrees)
            return done(request, session, _codes_of(request, case), say="code_changed")
    return invalid(request, PAGE, **_context(request, session, case, confirm=form, confirming=change.id))


def routes() -> list[Any]:
    return [
        show_codes,
        submit_proposal,
        submit_issue,
        submit_refusal,
        submit_suspension,
        submit_change,
        submit_change_decision,
    ]
