"""The life of some funded projects: one whose pilot failed its scale gate and tries again, an overdue pilot, a suspension."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.demo.road import Stage
from portfolio.demo.stories import Story, read
from portfolio.monitoring import bounds, gates, life, suspension
from portfolio.monitoring.carry_over import carry_over
from portfolio.monitoring.life_forms import PilotFields
from portfolio.monitoring.life_terms import GateOutcome, PilotEnd
from portfolio.monitoring.life_workflow import LIFE
from portfolio.monitoring.models import GateProposal
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Project

if TYPE_CHECKING:
    from portfolio.demo.delivery import Told

Step = Mapping[str, Any]


def lives(stage: Stage, told: Sequence["Told"]) -> None:
    """Every story of `data/delivery_life.yaml` whose case was walked; then who depends on whom."""
    data, known = read("delivery_life"), {one.story.title: one for one in told}
    for row in data["stories"]:
        if row["title"] in known and _project_id(stage, known[row["title"]].case_id) is not None:
            for step in row["steps"]:
                ACTS[step["do"]](stage, known[row["title"]], step)
    for row in data["dependencies"]:
        if row["project"] in known and row["needs"] in known:
            _depend(stage, known[row["project"]], known[row["needs"]], row)


def _project_id(stage: Stage, case_id: uuid.UUID) -> uuid.UUID | None:
    with stage.database.reading() as session:
        return session.scalar(select(col(Project.id)).where(col(Project.case_id) == case_id))


def _project(session: Session, one: "Told") -> Project:
    return session.scalars(select(Project).where(col(Project.case_id) == one.case_id)).one()


def _decider(stage: Stage, session: Session, story: Story, gate: str) -> Viewer:
    if Role.DIRECTIVE_HEAD in LIFE.named(gate).roles:
        return stage.official(session, story, "national_cio")
    return stage.team(session, story, "cio")


def _carry(stage: Stage, one: "Told", step: Step) -> None:
    with stage.act(step["day"]) as session:
        carry_over(session, stage.team(session, one.story, "lead"), stage.pack, _project(session, one))


def _gate(stage: Stage, one: "Told", step: Step) -> None:
    """Put to the gate; decided on its day, or left waiting where the story gives none."""
    gate, day = step["gate"], step["day"]
    answers = {**read("delivery_life")["answers"][gate], **step.get("answers", {})}
    with stage.act(day, 11) as session:
        lead = stage.team(session, one.story, "lead")
        held_on: date = step.get("decided", day)
        note = step.get("note", "")
        row = gates.propose_gate(session, lead, stage.pack, _project(session, one), gate, held_on, answers, note)
        proposal_id = row.id
    if "decided" not in step:
        return
    with stage.act(step["decided"], 16) as session:
        proposal, project = session.get_one(GateProposal, proposal_id), _project(session, one)
        gates.decide_gate(
            session,
            _decider(stage, session, one.story, gate),
            stage.pack,
            stage.secret,
            project,
            proposal,
            GateOutcome(step["outcome"]),
            step["reasons"],
            step.get("conditions", ""),
            stage.password,
            gates.decision_digest(session, project, proposal),
        )


def _pilot(stage: Stage, one: "Told", step: Step) -> None:
    with stage.act(step["day"], 9) as session:
        fields = PilotFields(exit_criteria=step["criteria"], cap=Decimal(step["cap"]), ends_on=step["ends"])
        lead = stage.team(session, one.story, "lead")
        bounds.set_pilot_terms(session, lead, stage.pack, _project(session, one), fields)


def _end_pilot(stage: Stage, one: "Told", step: Step) -> None:
    with stage.act(step["day"], 17) as session:
        lead, end = stage.team(session, one.story, "lead"), PilotEnd(step["end"])
        life.make_plain_move(session, lead, stage.pack, _project(session, one), "end_pilot", step["reason"], end)


def _at_risk(stage: Stage, one: "Told", step: Step) -> None:
    with stage.act(step["day"]) as session:
        cio = stage.team(session, one.story, "cio")
        suspension.set_at_risk(
            session, cio, stage.pack, _project(session, one), is_at_risk=True, reason=step["reason"]
        )  # fmt: skip


def _suspend(stage: Stage, one: "Told", step: Step) -> None:
    with stage.act(step["day"]) as session:
        project, head = _project(session, one), stage.official(session, one.story, "national_cio")
        shown = suspension.suspension_digest(session, project)
        suspension.suspend_project(
            session, head, stage.pack, stage.secret, project, step["reason"], stage.password, shown
        )  # fmt: skip


def _ask_resumption(stage: Stage, one: "Told", step: Step) -> None:
    with stage.act(step["day"]) as session:
        lead = stage.team(session, one.story, "lead")
        suspension.ask_resumption(session, lead, stage.pack, _project(session, one), step["reason"])


def _resume(stage: Stage, one: "Told", step: Step) -> None:
    with stage.act(step["day"]) as session:
        project, head = _project(session, one), stage.official(session, one.story, "national_cio")
        request = suspension.open_request(session, project)
        if request is None:
            raise AssertionError(f"{one.story.title}: no resumption was asked for")
        shown = suspension.resumption_digest(session, project, request)
        suspension.decide_resumption(
            session,
            head,
            stage.pack,
            stage.secret,
            project,
            request,
            step["answer"],
            stage.password,
            shown,
            grants=True,
        )


def _depend(stage: Stage, one: "Told", needs: "Told", row: Step) -> None:
    with stage.act(row["day"]) as session:
        lead = stage.team(session, one.story, "lead")
        bounds.add_dependency(session, lead, _project(session, one), _project(session, needs), row["what"])


ACTS: dict[str, Callable[[Stage, "Told", Step], None]] = {
    "carry_over": _carry,
    "gate": _gate,
    "pilot": _pilot,
    "end_pilot": _end_pilot,
    "at_risk": _at_risk,
    "suspend": _suspend,
    "ask_resumption": _ask_resumption,
    "resume": _resume,
}
