"""Putting a project to a gate, and deciding it: what was asked, what was answered, and the decision, on one page."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.db.clock import now
from portfolio.errors import FieldRefused, NotFound
from portfolio.i18n import N_, Phrase
from portfolio.i18n import gettext as _
from portfolio.identity.visit import AnyRequest, everything_of, pack_of
from portfolio.labels import label
from portfolio.monitoring import gates
from portfolio.monitoring.life_forms import DecisionFields, GateFields
from portfolio.monitoring.life_frame import life_address, life_frame
from portfolio.monitoring.life_page import Row, pilot_rows
from portfolio.monitoring.life_queries import decision_of, get_proposal, pilot_terms
from portfolio.monitoring.life_terms import GateOutcome
from portfolio.monitoring.life_workflow import GATES, LIFE, PILOT_GATES
from portfolio.monitoring.models import GateProposal
from portfolio.monitoring.routes_gate_files import file_rows, may_add_file
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.projects.models import Project
from portfolio.projects.visibility import get_project
from portfolio.web import flash
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.lengths import too_long
from portfolio.web.pages import done, invalid, page, taken_back
from portfolio.web.runtime import runtime

PROPOSE = "monitoring/gate_proposal.html"
DECIDE = "monitoring/gate.html"
MOST = 4000
"""Characters of one answer."""

flash.register(
    {
        "gate_proposed": N_("The project is put to the gate; whoever decides it is told."),
        "gate_decided": N_("The gate is decided."),
    }
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One criterion: the name of its field and its words."""

    name: str
    label: str
    help: str


def _proposing(
    request: AnyRequest, session: Session, project: Project, gate: str, form: Form[GateFields]
) -> dict[str, Any]:
    pack = pack_of(request)
    return {
        "frame": life_frame(request, session, project),
        "project": project,
        "gate": gate,
        "move": LIFE.named(gate),
        "deciders": ", ".join(label(role) for role in sorted(LIFE.named(gate).roles, key=lambda r: r.value)),
        "criteria": [
            Asked(f"answers.{c.code}", str(c.label), str(c.help or "")) for c in pack.life.criteria(gate)
        ],
        "pilot": pilot_rows(pilot_terms(session, project.id)) if gate in PILOT_GATES else [],
        "reasons": gates.proposal_refusals(session, request.user, pack, project, gate),
        "form": form,
        "most": MOST,
    }  # fmt: skip


@get(
    "/projects/{project_id:uuid}/gates/{gate:str}",
    name="monitoring.propose_gate",
    permission=Permission.PROJECT_PROPOSE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_proposing(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID], gate: FromPath[str]
) -> Response[Any]:
    project = _for_gate(request, session, project_id, gate)
    today = now(session).astimezone(pack_of(request).zone).date()
    form = blank(GateFields, held_on=today.isoformat())
    return page(request, PROPOSE, **_proposing(request, session, project, gate, form))


def _for_gate(request: AnyRequest, session: Session, project_id: uuid.UUID, gate: str) -> Project:
    if gate not in GATES:
        raise NotFound
    return get_project(session, request.user, project_id)


@post(
    "/projects/{project_id:uuid}/gates/{gate:str}",
    permission=Permission.PROJECT_PROPOSE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_proposal(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
    gate: FromPath[str],
) -> Response[Any]:
    project, pack = _for_gate(request, session, project_id, gate), pack_of(request)
    form, answers = bind(GateFields, submitted), _answers(request, submitted, gate)
    form = _with_answers(form, answers)
    if (fields := form.value) is not None:
        try:
            gates.propose_gate(
                session, request.user, pack, project, gate, fields.held_on, answers, fields.note or ""
            )  # fmt: skip
        except FieldRefused as error:
            form = taken_back(session, form, error)
        else:
            return done(request, session, life_address(request, project.id), say="gate_proposed")
    return invalid(request, PROPOSE, **_proposing(request, session, project, gate, form))


def _answers(request: AnyRequest, submitted: Submitted, gate: str) -> dict[str, str]:
    return {c.code: submitted.text(f"answers.{c.code}") for c in pack_of(request).life.criteria(gate)}


def _with_answers(form: Form[GateFields], answers: Mapping[str, str]) -> Form[GateFields]:
    """What was typed stays, and each answer that is missing or too long says so."""
    raw = {**form.raw, **{f"answers.{code}": text for code, text in answers.items()}}
    errors = dict(form.errors)
    for code, text in answers.items():
        if not text:
            errors[f"answers.{code}"] = _("Say what shows it.")
        elif len(text) > MOST:
            errors[f"answers.{code}"] = too_long(MOST, len(text))
    return Form(raw, errors, None if errors else form.value)


def _deciding(
    request: AnyRequest, session: Session, proposal: GateProposal, project: Project, form: Form[DecisionFields]
) -> dict[str, Any]:
    decision, pack = decision_of(session, proposal.id), pack_of(request)
    viewer = everything_of(request).narrowed(Permission.GATE_DECIDE)
    refusals = gates.decision_refusals(session, viewer, pack, project, proposal)
    failing = gates.failing_refusals(session, viewer, pack, project, proposal)
    people = names(session, [proposal.proposed_by_id, decision.decided_by_id if decision else None])
    return {
        "frame": life_frame(request, session, project),
        "project": project,
        "proposal": proposal,
        "move": LIFE.named(proposal.gate),
        "answers": [
            Row(str(Phrase(**asked["label"])), proposal.answers.get(asked["code"], "")) for asked in proposal.asked
        ],
        "pilot": pilot_rows(pilot_terms(session, project.id)) if proposal.gate in PILOT_GATES else [],
        "files": file_rows(session, proposal),
        "may_add_file": may_add_file(request, session, project, proposal),
        "decision": decision,
        "proposer": people.get(proposal.proposed_by_id, ""),
        "decider": people.get(decision.decided_by_id, "") if decision else "",
        "may_decide": decision is None and not failing,
        "reasons": refusals if decision is None else [],
        "outcomes": [(o.value, label(o)) for o in GateOutcome if not refusals or o is GateOutcome.FAILED],
        "digest": gates.decision_digest(session, project, proposal),
        "form": form,
    }


@get(
    "/gates/{proposal_id:uuid}",
    name="monitoring.gate",
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_gate(
    request: AnyRequest, session: NamedDependency[Session], proposal_id: FromPath[uuid.UUID]
) -> Response[Any]:  # fmt: skip
    proposal, project = get_proposal(session, request.user, proposal_id)
    return page(request, DECIDE, **_deciding(request, session, proposal, project, blank(DecisionFields)))


@post("/gates/{proposal_id:uuid}", permission=Permission.GATE_DECIDE, sync_to_thread=True, include_in_schema=False)
def submit_decision(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    proposal_id: FromPath[uuid.UUID],
) -> Response[Any]:
    proposal, project = get_proposal(session, request.user, proposal_id)
    form = bind(DecisionFields, submitted)
    if (fields := form.value) is not None:
        try:
            gates.decide_gate(
                session,
                request.user,
                pack_of(request),
                runtime(request).settings.secret_key,
                project,
                proposal,
                fields.outcome,
                fields.reasons,
                fields.conditions or "",
                fields.password,
                fields.digest,
            )
        except FieldRefused as error:
            form = taken_back(session, form, error)
        else:
            return done(request, session, life_address(request, project.id), say="gate_decided")
    return invalid(request, DECIDE, **_deciding(request, session, proposal, project, form))


def routes() -> list[Any]:
    return [show_proposing, submit_proposal, show_gate, submit_decision]
