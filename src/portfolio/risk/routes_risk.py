"""One risk in the browser: its page, and the acts of those who write, accept and answer."""

import uuid
from collections.abc import Callable
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from pydantic import BaseModel
from sqlalchemy.orm import Session

from portfolio.db.money import Money
from portfolio.errors import FieldRefused
from portfolio.i18n import N_
from portfolio.identity.step_up import prove
from portfolio.people.permissions import Permission
from portfolio.risk import forms
from portfolio.risk.acceptances import decide, propose
from portfolio.risk.escalations import answer
from portfolio.risk.issues import occur
from portfolio.risk.models import Risk
from portfolio.risk.opened import AnyRequest, Opened, opened
from portfolio.risk.queries import get_action, get_risk
from portfolio.risk.register import assess
from portfolio.risk.risk_page import PAGE, risk_context
from portfolio.risk.routes_register import address_of, issue_words
from portfolio.risk.treatment import add_action, add_evidence, move_risk, set_action
from portfolio.web import flash
from portfolio.web.forms import Form, Submitted, bind
from portfolio.web.pages import done, invalid, page, taken_back
from portfolio.web.runtime import runtime

Answer = Response[Any]

flash.register(
    {
        "risk_assessed": N_("The rating is kept, and those before it too."),
        "risk_action_set": N_("The treatment is up to date."),
        "risk_evidenced": N_("The evidence is kept."),
        "risk_acceptance_proposed": N_("The acceptance waits for its authority."),
        "risk_acceptance_decided": N_("The acceptance is decided."),
        "risk_answered": N_("The answer is sent to the project."),
        "risk_moved": N_("The state of the risk is changed."),
        "risk_occurred": N_("The risk occurred and goes on as an issue."),
    }
)


@get(
    "/projects/{project_id:uuid}/risks/{risk_id:uuid}",
    name="risk.show",
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_risk(
    request: AnyRequest,
    session: NamedDependency[Session],
    project_id: FromPath[uuid.UUID],
    risk_id: FromPath[uuid.UUID],
) -> Answer:
    found = opened(request, session, project_id)
    return page(request, PAGE, **risk_context(session, found, get_risk(session, found.project, risk_id)))


Act = Callable[[Opened, Risk, Any], None]


def _submit(
    request: AnyRequest,
    session: Session,
    submitted: Submitted,
    ids: tuple[uuid.UUID, uuid.UUID],
    fields: type[BaseModel],
    act: Act,
    *,
    name: str,
    say: str,
) -> Answer:
    """Bind one form of the page, do its act, lead back to the page; or show the page again with what was typed."""
    found = opened(request, session, ids[0])
    risk = get_risk(session, found.project, ids[1])
    form: Form[Any] = bind(fields, submitted)
    if form.value is not None:
        try:
            act(found, risk, form.value)
        except FieldRefused as error:
            form = taken_back(session, form, error)
        else:
            return done(request, session, address_of(request, risk), say=say)
    return invalid(request, PAGE, **risk_context(session, found, risk, {name: form}))


@post(
    "/projects/{project_id:uuid}/risks/{risk_id:uuid}/assess",
    name="risk.assess",
    permission=Permission.RISK_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_assessment(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
    risk_id: FromPath[uuid.UUID],
) -> Answer:
    def act(found: Opened, risk: Risk, value: forms.AssessFields) -> None:
        try:
            assess(
                session, found.viewer, found.pack, found.project, risk, value.stance, value.point(), value.reason,
                confirmed=value.confirmed,
            )  # fmt: skip
        except FieldRefused as error:
            if error.field == "confirmed":
                raise
            raise FieldRefused("likelihood", error.reasons[0]) from None

    ids = project_id, risk_id
    return _submit(request, session, submitted, ids, forms.AssessFields, act, name="assess", say="risk_assessed")


@post(
    "/projects/{project_id:uuid}/risks/{risk_id:uuid}/actions",
    name="risk.add_action",
    permission=Permission.RISK_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_action(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
    risk_id: FromPath[uuid.UUID],
) -> Answer:
    def act(found: Opened, risk: Risk, value: forms.ActionFields) -> None:
        try:
            cost = None if value.cost is None else Money.of(value.cost, risk.currency).minor
        except ValueError as error:
            raise FieldRefused("cost", str(error)) from None
        add_action(
            session,
            found.viewer,
            found.project,
            risk,
            text=value.text,
            owner=value.action_owner,
            cost_minor=cost,
            due_on=value.due_on,
        )

    ids = project_id, risk_id
    return _submit(request, session, submitted, ids, forms.ActionFields, act, name="action", say="risk_action_set")


@post(
    "/projects/{project_id:uuid}/risks/{risk_id:uuid}/actions/{action_id:uuid}",
    name="risk.set_action",
    permission=Permission.RISK_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_action_state(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
    risk_id: FromPath[uuid.UUID],
    action_id: FromPath[uuid.UUID],
) -> Answer:
    def act(found: Opened, risk: Risk, value: forms.ActionStateFields) -> None:
        row = get_action(session, risk, action_id)
        set_action(session, found.viewer, found.pack, found.project, risk, row, value.action_state)

    ids = project_id, risk_id
    return _submit(
        request, session, submitted, ids, forms.ActionStateFields, act, name="action_state", say="risk_action_set"
    )


@post(
    "/projects/{project_id:uuid}/risks/{risk_id:uuid}/evidence",
    name="risk.add_evidence",
    permission=Permission.RISK_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_evidence(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
    risk_id: FromPath[uuid.UUID],
) -> Answer:
    def act(found: Opened, risk: Risk, value: forms.EvidenceFields) -> None:
        add_evidence(session, found.viewer, found.project, risk, value.kind, value.reference, value.evidence)

    ids = project_id, risk_id
    return _submit(request, session, submitted, ids, forms.EvidenceFields, act, name="evidence", say="risk_evidenced")


@post(
    "/projects/{project_id:uuid}/risks/{risk_id:uuid}/acceptance",
    name="risk.propose",
    permission=Permission.RISK_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_proposal(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
    risk_id: FromPath[uuid.UUID],
) -> Answer:
    def act(found: Opened, risk: Risk, value: forms.ProposeFields) -> None:
        propose(session, found.viewer, found.pack, found.project, risk, value.acceptance_reason, value.expires_on)

    ids, say = (project_id, risk_id), "risk_acceptance_proposed"
    return _submit(request, session, submitted, ids, forms.ProposeFields, act, name="acceptance", say=say)


@post(
    "/projects/{project_id:uuid}/risks/{risk_id:uuid}/acceptance/decision",
    name="risk.decide",
    permission=Permission.RISK_ACCEPT,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_decision(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
    risk_id: FromPath[uuid.UUID],
) -> Answer:
    def act(found: Opened, risk: Risk, value: forms.DecideFields) -> None:
        prove(session, runtime(request).settings.secret_key, found.viewer, value.password, value.digest)
        decide(
            session,
            found.viewer,
            found.pack,
            found.project,
            risk,
            digest=value.digest,
            accepts=value.outcome == "accept",
            note=value.note,
        )

    ids, say = (project_id, risk_id), "risk_acceptance_decided"
    return _submit(request, session, submitted, ids, forms.DecideFields, act, name="decision", say=say)


@post(
    "/projects/{project_id:uuid}/risks/{risk_id:uuid}/answer",
    name="risk.answer",
    permission=Permission.RISK_ANSWER,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_answer(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
    risk_id: FromPath[uuid.UUID],
) -> Answer:
    def act(found: Opened, risk: Risk, value: forms.AnswerFields) -> None:
        passes_on = value.act == "pass_on"
        answer(session, found.viewer, found.pack, found.project, risk, value.answer, passes_on=passes_on)

    ids = project_id, risk_id
    return _submit(request, session, submitted, ids, forms.AnswerFields, act, name="answer", say="risk_answered")


@post(
    "/projects/{project_id:uuid}/risks/{risk_id:uuid}/move",
    name="risk.move",
    permission=Permission.RISK_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_move(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
    risk_id: FromPath[uuid.UUID],
) -> Answer:
    def act(found: Opened, risk: Risk, value: forms.MoveFields) -> None:
        move_risk(session, found.viewer, found.pack, found.project, risk, value.move, value.move_reason)

    ids = project_id, risk_id
    return _submit(request, session, submitted, ids, forms.MoveFields, act, name="move", say="risk_moved")


@post(
    "/projects/{project_id:uuid}/risks/{risk_id:uuid}/occurred",
    name="risk.occur",
    permission=Permission.RISK_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_occurrence(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
    risk_id: FromPath[uuid.UUID],
) -> Answer:
    def act(found: Opened, risk: Risk, value: forms.IssueFields) -> None:
        occur(session, found.viewer, found.pack, found.project, risk, issue_words(value))

    ids = project_id, risk_id
    return _submit(request, session, submitted, ids, forms.IssueFields, act, name="issue", say="risk_occurred")


def routes() -> list[Any]:
    return [
        show_risk,
        submit_assessment,
        submit_action,
        submit_action_state,
        submit_evidence,
        submit_proposal,
        submit_decision,
        submit_answer,
        submit_move,
        submit_occurrence,
    ]
