"""A funded project for tests of its life: people with passwords, a code in force; plain functions that commit nothing."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

import decision_stage
from closing_stage import make_closable
from decision_stage import MILLION
from factories import a_person
from modification_stage import SECRET, funded, give_password
from portfolio.approvals.code_terms import CodeState
from portfolio.approvals.decision_rules import Line
from portfolio.approvals.models import ApprovalCode
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.models import BusinessCase
from portfolio.db.clock import now
from portfolio.monitoring import bounds, gates, life
from portfolio.monitoring.life_forms import HandOverFields, PilotFields
from portfolio.monitoring.life_queries import life_facts
from portfolio.monitoring.life_terms import GateOutcome, PilotEnd
from portfolio.monitoring.life_workflow import LIFE
from portfolio.monitoring.models import GateDecision, GateProposal
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Project
from visitors import PASSWORD

__all__ = ["MILLION", "Scene", "a_code", "a_scene", "another_project", "decide", "pass_gate", "propose", "walk_to"]


@dataclass
class Scene:
    """A project, its case and everybody who has a part in its life."""

    stage: decision_stage.Stage
    project: Project
    case: BusinessCase
    service_head: Viewer
    second_cio: Viewer

    @property
    def pack(self):  # type: ignore[no-untyped-def]
        return self.stage.pack

    def decider(self, gate: str) -> Viewer:
        roles = LIFE.named(gate).roles
        if Role.HEAD_OF_SERVICE in roles:
            return self.service_head
        return self.stage.head if Role.DIRECTIVE_HEAD in roles else self.stage.cio


def later(session: Session, **by: int) -> None:
    """The session's clock, a second on: what comes next has its own instant."""
    session.info["now"] = now(session) + timedelta(**(by or {"seconds": 1}))


def a_scene(session: Session) -> Scene:
    now(session)
    stage = decision_stage.a_stage(session)
    service_head = a_person(session, (Role.HEAD_OF_SERVICE, stage.ministry), name="Head of service")
    second_cio = a_person(session, (Role.AGENCY_CIO, stage.ministry), name="Second CIO")
    people = (stage.lead, stage.cio, stage.head, stage.chair, stage.decider, stage.analyst, service_head, second_cio)
    give_password(session, *people)
    case = funded(session, stage)
    return Scene(stage, project_of(session, case), case, service_head, second_cio)


def project_of(session: Session, case: BusinessCase) -> Project:
    return session.scalars(select(Project).where(col(Project.case_id) == case.id)).one()


def another_project(session: Session, scene: Scene) -> Project:
    """Of the same institution, funded like the first."""
    return project_of(session, funded(session, scene.stage, Line(2027, MILLION)))


def a_code(
    session: Session, scene: Scene, *, state: CodeState = CodeState.ISSUED, ceiling: int = MILLION // 2
) -> ApprovalCode:
    row = ApprovalCode(
        code=f"PF-{session.info.setdefault('codes', 0):04d}",
        case_id=scene.case.id,
        institution_id=scene.case.institution_id,
        lot_title="All of it",
        fiscal_year=2027,
        ceiling_minor=ceiling,
        reserved_minor=ceiling // 5,
        committed_minor=ceiling // 4,
        currency="USD",
        not_before=date(2026, 8, 1),
        expires_on=date(2027, 12, 31),
        issued_at=now(session),
        proposed_by_id=scene.stage.decider.person_id,
        issued_by_id=scene.stage.decider.person_id,
        state=state,
        state_reason="" if state is CodeState.ISSUED else "Another reason",
    )
    session.info["codes"] += 1
    session.add(row)
    session.flush()
    record(session, scene.stage.decider, Tag.CODE_ISSUED, row, case=scene.case.id)
    return row


def propose(session: Session, scene: Scene, gate: str, by: Viewer | None = None) -> GateProposal:
    answers = {criterion.code: "Shown in the report." for criterion in scene.pack.life.criteria(gate)}
    today = life_facts(session, scene.pack, scene.project).today
    return gates.propose_gate(session, by or scene.stage.lead, scene.pack, scene.project, gate, today, answers)


def decide(
    session: Session,
    scene: Scene,
    proposal: GateProposal,
    outcome: GateOutcome = GateOutcome.PASSED,
    by: Viewer | None = None,
) -> GateDecision:
    shown = gates.decision_digest(session, scene.project, proposal)
    conditions = "Close the findings" if outcome is GateOutcome.WITH_CONDITIONS else ""
    return gates.decide_gate(
        session, by or scene.decider(proposal.gate), scene.pack, SECRET, scene.project, proposal, outcome, "It holds.",
        conditions, PASSWORD, shown,
    )  # fmt: skip


def pass_gate(session: Session, scene: Scene, gate: str) -> None:
    decide(session, scene, propose(session, scene, gate))
    later(session)


def set_pilot(session: Session, scene: Scene, days: int = 30) -> None:
    ends = life_facts(session, scene.pack, scene.project).today + timedelta(days=days)
    fields = PilotFields(
        exit_criteria="Nine of ten finish alone", cap=Decimal(100_000), ends_on=ends, reason="More time"
    )
    bounds.set_pilot_terms(session, scene.stage.lead, scene.pack, scene.project, fields)


def set_hand_over(session: Session, scene: Scene) -> None:
    line = scene.pack.usable_budget_lines()[0].code
    fields = HandOverFields(
        budget=Decimal(5000), budget_line=line, team="Two", service_levels="99 %", owner="The chief"
    )
    bounds.set_hand_over_terms(session, scene.stage.lead, scene.pack, scene.project, fields)


def end_pilot(session: Session, scene: Scene) -> None:
    life.make_plain_move(
        session, scene.stage.lead, scene.pack, scene.project, "end_pilot", "The report", PilotEnd.CRITERIA_MET
    )
    later(session)


STEPS = (
    "begin_discovery",
    "begin_pilot",
    "end_pilot",
    "scale",
    "launch",
    "begin_hand_over",
    "begin_operating",
    "close",
)


def walk_to(session: Session, scene: Scene, last: str) -> None:
    """Every step up to and with `last`, one of `STEPS`, by the acts that people use."""
    for step in STEPS[: STEPS.index(last) + 1]:
        if step == "begin_pilot":
            set_pilot(session, scene)
        if step == "begin_operating":
            set_hand_over(session, scene)
        if step == "close":
            make_closable(session, scene.pack, scene.project, scene.stage.lead, scene.stage.analyst)
            later(session)
        if step == "end_pilot":
            end_pilot(session, scene)
        elif step == "begin_hand_over":
            life.make_plain_move(session, scene.stage.lead, scene.pack, scene.project, step, "It is stable", None)
        else:
            pass_gate(session, scene, step)
