"""Conditions in the browser: the list, evidence of the institution, settled by the directive body."""

import uuid
from typing import Annotated, Any, Literal

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy.orm import Session

from portfolio.approvals import conditions
from portfolio.approvals.condition_files import files_of, get_file
from portfolio.approvals.models import Condition
from portfolio.approvals.terms import ConditionState
from portfolio.business_cases.attachment_routes import handed_out
from portfolio.business_cases.attachments import receive, store_of
from portfolio.business_cases.models import BusinessCase
from portfolio.errors import FieldRefused
from portfolio.i18n import N_
from portfolio.identity.guard import whole_viewer
from portfolio.labels import label
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.web import flash
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
Answer = Response[Any]
PAGE = "approvals/condition.html"

flash.register(
    {
        "condition_evidenced": N_("The evidence is supplied. The directive body looks at it."),
        "condition_settled": N_("The condition is settled."),
    }
)


class EvidenceFields(BaseModel):
    """What the institution says to show that it met a condition."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class SettleFields(BaseModel):
    """How a condition ends."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["met", "waived"]
    note: Annotated[str, StringConstraints(min_length=1, max_length=2000)]


@get(
    "/conditions",
    name="approvals.conditions",
    permission=Permission.CASE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_conditions(request: AnyRequest, session: NamedDependency[Session]) -> Answer:
    wanted = next((each for each in ConditionState if each.value == request.query_params.get("state")), None)
    return page(
        request,
        "approvals/conditions.html",
        rows=conditions.read_conditions(session, request.user, wanted),
        states=[(state.value, label(state)) for state in ConditionState],
        chosen="" if wanted is None else wanted.value,
    )


@get(
    "/conditions/{condition_id:uuid}",
    name="approvals.condition",
    permission=Permission.CASE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_condition(request: AnyRequest, session: NamedDependency[Session], condition_id: FromPath[uuid.UUID]) -> Answer:
    condition, case = conditions.get_condition(session, request.user, condition_id)
    return page(request, PAGE, **_context(request, session, condition, case))


@post(
    "/conditions/{condition_id:uuid}/evidence",
    name="approvals.evidence",
    permission=Permission.OBSERVATION_ANSWER,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_evidence(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    condition_id: FromPath[uuid.UUID],
) -> Answer | Any:
    condition, case = conditions.get_condition(session, request.user, condition_id)
    form = bind(EvidenceFields, submitted)
    if form.value is None:
        return invalid(request, PAGE, **_context(request, session, condition, case, evidence=form))
    try:
        received = None
        if uploads := submitted.files.get("file", ()):
            session.rollback()  # nothing is written yet: looking at a file takes seconds, and would hold everybody's lock
            received = receive(store_of(request), uploads[0])
            condition, case = conditions.get_condition(session, request.user, condition_id)
        conditions.supply_evidence(
            session, request.user, runtime(request).pack, condition, case, form.value.text, received
        )
    except FieldRefused as refused:
        session.rollback()
        condition, case = conditions.get_condition(session, request.user, condition_id)
        failed = taken_back(session, form, refused)
        return invalid(request, PAGE, **_context(request, session, condition, case, evidence=failed))
    return done(request, session, _address(request, condition), say="condition_evidenced")


@get(
    "/conditions/{condition_id:uuid}/files/{file_id:uuid}",
    name="approvals.condition_file",
    permission=Permission.CASE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def download_evidence(
    request: AnyRequest,
    session: NamedDependency[Session],
    condition_id: FromPath[uuid.UUID],
    file_id: FromPath[uuid.UUID],
) -> Answer:
    """The file, as an attachment, to whoever may see the case."""
    condition, case = conditions.get_condition(session, request.user, condition_id)
    row = get_file(session, condition, file_id)
    return handed_out(request, case, row.sha256, row.media_type, row.file_name)


@post(
    "/conditions/{condition_id:uuid}/settle",
    name="approvals.settle",
    permission=Permission.OPINION_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_settlement(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    condition_id: FromPath[uuid.UUID],
) -> Answer | Any:
    condition, case = conditions.get_condition(session, request.user, condition_id)
    form = bind(SettleFields, submitted)
    if form.value is None:
        return invalid(request, PAGE, **_context(request, session, condition, case, settle=form))
    state, pack = ConditionState(form.value.state), runtime(request).pack
    conditions.settle(session, request.user, pack, condition, case, state, form.value.note)
    return done(request, session, _address(request, condition), say="condition_settled")


def _address(request: AnyRequest, condition: Condition) -> str:
    return request.app.route_reverse("approvals.condition", condition_id=condition.id)


def _context(
    request: AnyRequest,
    session: Session,
    condition: Condition,
    case: BusinessCase,
    *,
    evidence: Form[EvidenceFields] | None = None,
    settle: Form[SettleFields] | None = None,
) -> dict[str, Any]:
    viewer = whole_viewer(request) or request.user
    is_open = condition.state in conditions.UNSETTLED
    files = files_of(session, condition.id)
    return {
        "condition": condition,
        "case": case,
        "files": files,
        "people": names(session, [condition.supplied_by_id, condition.settled_by_id, *(file.by_id for file in files)]),
        "evidence": evidence or blank(EvidenceFields, text=condition.supplied),
        "settle": settle or blank(SettleFields),
        "endings": [(state.value, label(state)) for state in (ConditionState.MET, ConditionState.WAIVED)],
        "can_supply": is_open
        and any(
            grant.institution_id == case.institution_id
            for grant in viewer.narrowed(Permission.OBSERVATION_ANSWER).grants
        ),
        "can_settle": is_open and viewer.can(Permission.OPINION_WRITE),
    }


def routes() -> list[Any]:
    return [show_conditions, show_condition, submit_evidence, submit_settlement, download_evidence]
