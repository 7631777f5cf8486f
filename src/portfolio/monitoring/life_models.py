"""The life of a project as facts that are never overwritten: moves, gates, terms, dependencies, asked resumptions."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, UniqueConstraint
from sqlmodel import Field

from portfolio.db.base import Audited, Table, Versioned, enum_type
from portfolio.monitoring.life_terms import GateOutcome, RequestState
from portfolio.projects.terms import ProjectStage


class StageMove(Table, Audited, table=True):
    """One step from stage to stage. `sunk_minor` (minor units of `currency`): committed until an end before the time."""

    __tablename__ = "stage_move"

    project_id: uuid.UUID = Field(foreign_key="project.id", index=True)
    move: str = Field(max_length=40, description="name in the table of moves")
    before: ProjectStage = Field(sa_type=enum_type(ProjectStage))
    after: ProjectStage = Field(sa_type=enum_type(ProjectStage))
    made_by_id: uuid.UUID = Field(foreign_key="person.id")
    made_at: datetime
    reason: str = Field(default="", max_length=2000)
    proposal_id: uuid.UUID | None = Field(default=None, foreign_key="gate_proposal.id")
    successor_id: uuid.UUID | None = Field(default=None, foreign_key="project.id")
    sunk_minor: int | None = Field(default=None, sa_type=BigInteger)
    currency: str = Field(default="", max_length=3)


class GateProposal(Table, Audited, table=True):
    """A gate put to its decider. `answers`: {code of the criterion: text}; `asked`: the criteria as they were worded then."""

    __tablename__ = "gate_proposal"

    project_id: uuid.UUID = Field(foreign_key="project.id", index=True)
    gate: str = Field(max_length=40)
    held_on: date = Field(description="the day for which the gate is called")
    asked: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    answers: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    note: str = Field(default="", max_length=4000)
    proposed_by_id: uuid.UUID = Field(foreign_key="person.id")
    proposed_at: datetime
    digest: str = Field(max_length=64)


class GateFile(Table, Audited, table=True):
    """A file that shows one criterion of a gate (its code, as it was asked): inspected, kept by its digest, never taken back."""

    __tablename__ = "gate_file"

    proposal_id: uuid.UUID = Field(foreign_key="gate_proposal.id", index=True)
    criterion: str = Field(max_length=60)
    file_name: str = Field(max_length=200)
    media_type: str = Field(max_length=120)
    size: int
    sha256: str = Field(max_length=64)
    by_id: uuid.UUID = Field(foreign_key="person.id")
    supplied_at: datetime


class GateDecision(Table, Audited, table=True):
    """What was decided of a proposal: once, by somebody else, bound to what they were shown."""

    __tablename__ = "gate_decision"
    __table_args__ = (UniqueConstraint("proposal_id"),)

    proposal_id: uuid.UUID = Field(foreign_key="gate_proposal.id")
    outcome: GateOutcome = Field(sa_type=enum_type(GateOutcome))
    reasons: str = Field(max_length=4000)
    conditions: str = Field(default="", max_length=4000)
    decided_by_id: uuid.UUID = Field(foreign_key="person.id")
    decided_at: datetime
    digest: str = Field(max_length=64)


class PilotTerms(Table, Audited, table=True):
    """What bounds a pilot; a change is another row, and the newest one holds. `cap_minor` in minor units of `currency`."""

    __tablename__ = "pilot_terms"
    __table_args__ = (CheckConstraint("cap_minor > 0", name="cap_is_positive"),)

    project_id: uuid.UUID = Field(foreign_key="project.id", index=True)
    exit_criteria: str = Field(max_length=4000)
    cap_minor: int = Field(sa_type=BigInteger)
    currency: str = Field(max_length=3)
    ends_on: date
    reason: str = Field(default="", max_length=2000, description="why terms that stood were changed")
    set_by_id: uuid.UUID = Field(foreign_key="person.id")
    set_at: datetime


class HandOverTerms(Table, Audited, table=True):
    """What goes with the service when the project ends; the newest row holds. `budget_minor`: a year, of `currency`."""

    __tablename__ = "hand_over_terms"
    __table_args__ = (CheckConstraint("budget_minor > 0", name="budget_is_positive"),)

    project_id: uuid.UUID = Field(foreign_key="project.id", index=True)
    budget_minor: int = Field(sa_type=BigInteger)
    currency: str = Field(max_length=3)
    budget_line: str = Field(max_length=60)
    team: str = Field(max_length=4000)
    service_levels: str = Field(max_length=4000)
    owner: str = Field(max_length=200)
    set_by_id: uuid.UUID = Field(foreign_key="person.id")
    set_at: datetime


class ProjectDependency(Versioned, Audited, table=True):
    """`project_id` cannot do without what `needs_id` makes; ended, not deleted."""

    __tablename__ = "project_dependency"
    __table_args__ = (CheckConstraint("project_id <> needs_id", name="needs_another"),)

    project_id: uuid.UUID = Field(foreign_key="project.id", index=True)
    needs_id: uuid.UUID = Field(foreign_key="project.id", index=True)
    what: str = Field(max_length=400)
    added_by_id: uuid.UUID = Field(foreign_key="person.id")
    added_at: datetime
    ended_at: datetime | None = None


class ResumptionRequest(Versioned, Audited, table=True):
    """Somebody asks that a suspended project go on; somebody else answers."""

    __tablename__ = "resumption_request"

    project_id: uuid.UUID = Field(foreign_key="project.id", index=True)
    reason: str = Field(max_length=2000)
    asked_by_id: uuid.UUID = Field(foreign_key="person.id")
    asked_at: datetime
    state: RequestState = Field(default=RequestState.ASKED, sa_type=enum_type(RequestState))
    answer: str = Field(default="", max_length=2000)
    decided_by_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = None


class PromiseCarryOver(Table, Audited, table=True):
    """The promises of one frozen version of the case were brought over to the project, and how many came in."""

    __tablename__ = "promise_carry_over"
    __table_args__ = (UniqueConstraint("project_id", "snapshot_id"),)

    project_id: uuid.UUID = Field(foreign_key="project.id")
    snapshot_id: uuid.UUID = Field(foreign_key="case_snapshot.id")
    milestones: int
    risks: int
    indicators: int
    carried_by_id: uuid.UUID = Field(foreign_key="person.id")
    carried_at: datetime
