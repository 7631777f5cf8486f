"""Milestones with what they need; approved plans, which nothing ever changes; proposals, change requests and schedule files."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlmodel import Field

from portfolio.db.base import Audited, Table, Versioned, enum_type
from portfolio.projects.plan.terms import (
    DELIVERABLE,
    NOTE,
    OWNER,
    REASONS,
    TITLE,
    BaselineKind,
    ChangeState,
    PlanFileState,
    PlanItemKind,
    PlanProposalState,
)


class Milestone(Versioned, Audited, table=True):
    """One thing of the plan as it is expected now; what was approved of it stands in the baselines.

    `source_key` names the line of the case (`case:<id>`) or the task of a file (`file:<uid>`) that it came from.
    """

    __tablename__ = "milestone"
    __table_args__ = (
        UniqueConstraint("project_id", "source_key"),
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent_is_0_to_100"),
        CheckConstraint("weight BETWEEN 0 AND 100", name="weight_is_0_to_100"),
    )

    project_id: uuid.UUID = Field(foreign_key="project.id", index=True)
    position: int = Field(description="order among milestones of the same day")
    kind: PlanItemKind = Field(default=PlanItemKind.MILESTONE, sa_type=enum_type(PlanItemKind, 20))
    title: str = Field(max_length=TITLE)
    deliverable: str = Field(default="", max_length=DELIVERABLE)
    owner: str = Field(default="", max_length=OWNER, description="who answers for it")
    weight: int | None = Field(default=None, description="share of the physical progress, in points of 100")
    percent: int = 0
    starts_on: date | None = None
    promised_on: date | None = Field(
        default=None, description="by the case or by the file's own baseline, before any plan was approved here"
    )
    forecast_on: date | None = None
    actual_on: date | None = None
    note: str = Field(default="", max_length=NOTE, description="why the forecast is what it is")
    source_key: str | None = Field(default=None, max_length=80)
    left_on: date | None = Field(default=None, description="the day on which an approved plan left it out")


class Forecast(Table, Audited, table=True):
    """What was expected of a milestone from a moment on, and what before. Append-only."""

    __tablename__ = "milestone_forecast"

    milestone_id: uuid.UUID = Field(foreign_key="milestone.id", index=True)
    forecast_on: date | None = None
    before_on: date | None = Field(default=None, description="the forecast that it takes the place of")
    note: str = Field(default="", max_length=NOTE, description="why, as it was said then")
    said_at: datetime
    by_id: uuid.UUID | None = Field(default=None, foreign_key="person.id", description="nothing: the system")


class Dependency(Table, Audited, table=True):
    """A milestone cannot be reached before another one, of this or of another project, plus `lag_days` (may be negative)."""

    __tablename__ = "milestone_dependency"
    __table_args__ = (
        UniqueConstraint("milestone_id", "needs_id"),
        CheckConstraint("milestone_id <> needs_id", name="needs_another"),
    )

    milestone_id: uuid.UUID = Field(foreign_key="milestone.id")
    needs_id: uuid.UUID = Field(foreign_key="milestone.id", index=True)
    lag_days: int = 0


class Baseline(Table, Audited, table=True):
    """A plan as it was approved. Number 1 is the first; the highest is the current one. The database refuses any change."""

    __tablename__ = "plan_baseline"
    __table_args__ = (UniqueConstraint("project_id", "number"),)

    project_id: uuid.UUID = Field(foreign_key="project.id")
    number: int
    kind: BaselineKind = Field(sa_type=enum_type(BaselineKind, 20))
    proposal_id: uuid.UUID = Field(foreign_key="plan_proposal.id")
    approved_on: date
    approved_at: datetime
    approved_by_id: uuid.UUID = Field(foreign_key="person.id")


class BaselineItem(Table, Audited, table=True):
    """One milestone of an approved plan, as it was called and dated then."""

    __tablename__ = "plan_baseline_item"
    __table_args__ = (UniqueConstraint("baseline_id", "milestone_id"),)

    baseline_id: uuid.UUID = Field(foreign_key="plan_baseline.id")
    milestone_id: uuid.UUID = Field(foreign_key="milestone.id", index=True)
    title: str = Field(max_length=TITLE)
    starts_on: date | None = None
    due_on: date
    weight: int | None = None


class PlanProposal(Versioned, Audited, table=True):
    """A plan that somebody proposed and another person decides on.

    `lines`: [{milestone, title, starts, before, after, weight}], dates in ISO 8601 or null; `before` is that of the plan
    approved when it was proposed (`base_number`, 0 for none), and `after` null where the milestone leaves the plan.
    """

    __tablename__ = "plan_proposal"
    __later__: ClassVar[Mapping[str, Any]] = {"because": ""}

    project_id: uuid.UUID = Field(foreign_key="project.id", index=True)
    kind: BaselineKind = Field(sa_type=enum_type(BaselineKind, 20))
    reasons: str = Field(max_length=REASONS)
    because: str = Field(
        default="",
        max_length=REASONS,
        sa_column_kwargs={"server_default": ""},
        description="why dates that look wrong are right: those that had passed, or lie before what they need",
    )
    base_number: int
    lines: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    digest: str = Field(
        default="", max_length=64, description="of what was proposed: what the decider's proof is bound to"
    )
    state: PlanProposalState = Field(
        default=PlanProposalState.PROPOSED, sa_type=enum_type(PlanProposalState, 20), index=True
    )
    proposed_by_id: uuid.UUID = Field(foreign_key="person.id")
    proposed_at: datetime
    decided_by_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = None
    answer: str = Field(default="", max_length=REASONS)


class ChangeRequest(Versioned, Audited, table=True):
    """Somebody asks to change what was agreed; once accepted, it names the proposal that carries it out."""

    __tablename__ = "plan_change"
    __table_args__ = (UniqueConstraint("project_id", "number"),)

    project_id: uuid.UUID = Field(foreign_key="project.id")
    number: int
    title: str = Field(max_length=TITLE)
    kind: BaselineKind = Field(sa_type=enum_type(BaselineKind, 20))
    reasons: str = Field(max_length=REASONS)
    effect: str = Field(default="", max_length=REASONS, description="on dates, cost and scope, as its author sees it")
    state: ChangeState = Field(default=ChangeState.ASKED, sa_type=enum_type(ChangeState, 20), index=True)
    asked_by_id: uuid.UUID = Field(foreign_key="person.id")
    asked_at: datetime
    decided_by_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = None
    answer: str = Field(default="", max_length=REASONS)
    proposal_id: uuid.UUID | None = Field(default=None, foreign_key="plan_proposal.id")


class PlanFile(Versioned, Audited, table=True):
    """A schedule file that somebody uploaded: kept by its digest, looked at, then imported or put away."""

    __tablename__ = "plan_file"

    project_id: uuid.UUID = Field(foreign_key="project.id", index=True)
    file_name: str = Field(max_length=200)
    file_sha256: str = Field(max_length=64)
    state: PlanFileState = Field(default=PlanFileState.PREVIEWED, sa_type=enum_type(PlanFileState, 20))
    by_id: uuid.UUID = Field(foreign_key="person.id")
    uploaded_at: datetime
    imported_at: datetime | None = None
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
