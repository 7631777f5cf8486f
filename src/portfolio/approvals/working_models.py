"""What analysts have in hand before anything binds: drafts of opinions and of decisions. The trail begins when they pass them on.

Also what was asked of people before they sign, files that show that a condition is met, and observations made of a finding:
rows of their own, because the trail vouches for the older tables column by column. And the act by which the authority that the
pack names overrides an opinion: it comes before the decision that rests on it.
"""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, UniqueConstraint
from sqlmodel import Field

from portfolio.approvals.terms import DecisionChoice, OpinionOutcome
from portfolio.db.base import Audited, Table, Versioned, enum_type


class OpinionDraft(Versioned, table=True):
    """The opinion that is being written on a case; signing makes an `Opinion` of it and removes it.

    `grounds`: [{kind, id, note}] chosen from the record. `conditions`: [{text, owner, evidence, due_on (ISO), tranche, ground}].
    """

    __tablename__ = "opinion_draft"

    case_id: uuid.UUID = Field(foreign_key="business_case.id", unique=True)
    outcome: OpinionOutcome | None = Field(default=None, sa_type=enum_type(OpinionOutcome))
    recommended_minor: int | None = Field(default=None, sa_type=BigInteger)
    reasons: str = Field(default="", max_length=8000)
    grounds: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    conditions: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    drafted_by_id: uuid.UUID = Field(foreign_key="person.id")
    edited_by_id: uuid.UUID = Field(foreign_key="person.id")
    edited_at: datetime
    ready_at: datetime | None = Field(
        default=None, description="when it was passed on for signature; an edit takes it back"
    )


class DecisionDraft(Versioned, table=True):
    """What the budget office has typed for a case and not proposed yet.

    `lines`: [{year, tranche, budget_line, minor}], in minor units of the case's currency, in the order of the form.
    """

    __tablename__ = "decision_draft"

    case_id: uuid.UUID = Field(foreign_key="business_case.id", unique=True)
    choice: DecisionChoice | None = Field(default=None, sa_type=enum_type(DecisionChoice))
    reasons: str = Field(default="", max_length=4000)
    lines: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    edited_by_id: uuid.UUID = Field(foreign_key="person.id")
    edited_at: datetime


class OpinionOverride(Table, Audited, table=True):
    """The act by which the authority that the pack names lets money pass against an unfavourable binding opinion."""

    __tablename__ = "opinion_override"

    case_id: uuid.UUID = Field(foreign_key="business_case.id", index=True)
    opinion_id: uuid.UUID = Field(foreign_key="opinion.id")
    act_id: uuid.UUID = Field(foreign_key="act.id")
    reasons: str = Field(max_length=4000)
    body: str = Field(max_length=60, description="the pack's body that held the power, substitute or not")
    decided_by_id: uuid.UUID = Field(foreign_key="person.id")
    decided_at: datetime
    digest: str = Field(max_length=64, description="of what was shown when it was decided")


class SignOffRequest(Table, Audited, table=True):
    """That somebody was asked to sign off a case as it stood: once for each person and content."""

    __tablename__ = "sign_off_request"
    __table_args__ = (UniqueConstraint("case_id", "digest", "person_id"),)

    case_id: uuid.UUID = Field(foreign_key="business_case.id", index=True)
    person_id: uuid.UUID = Field(foreign_key="person.id")
    role: str = Field(max_length=40)
    digest: str = Field(max_length=64, description="of the whole content when they were asked")
    asked_by_id: uuid.UUID = Field(foreign_key="person.id")
    asked_at: datetime


class ConditionFile(Table, Audited, table=True):
    """A file that the institution gave as evidence of a condition: inspected, kept by its digest, never taken back."""

    __tablename__ = "condition_file"

    condition_id: uuid.UUID = Field(foreign_key="condition.id", index=True)
    file_name: str = Field(max_length=200)
    media_type: str = Field(max_length=120)
    size: int
    sha256: str = Field(max_length=64)
    by_id: uuid.UUID = Field(foreign_key="person.id")
    supplied_at: datetime


class VerdictObservation(Table, Audited, table=True):
    """The observation that was made of a finding, once for each finding and version of the case."""

    __tablename__ = "verdict_observation"
    __table_args__ = (UniqueConstraint("verdict_id", "snapshot_id"),)

    verdict_id: uuid.UUID = Field(foreign_key="verdict.id")
    snapshot_id: uuid.UUID = Field(foreign_key="case_snapshot.id")
    observation_id: uuid.UUID = Field(foreign_key="observation.id", unique=True)
