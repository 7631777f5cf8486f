"""Rows of the check: one for each standard that applies to a case, and the waivers asked."""

import uuid
from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from portfolio.checks.terms import CheckResult, WaiverState
from portfolio.db.base import Audited, Versioned, enum_type


class SelfAssessment(Versioned, table=True):
    """What the institution says of one criterion while it writes; frozen in the snapshot."""

    __tablename__ = "self_assessment"
    __table_args__ = (UniqueConstraint("case_id", "criterion"),)

    case_id: uuid.UUID = Field(foreign_key="business_case.id")
    criterion: str = Field(max_length=20)
    result: str = Field(default="", max_length=20)
    evidence: str = Field(default="", max_length=2000)
    edited_by_id: uuid.UUID = Field(foreign_key="person.id")


class Verdict(Versioned, Audited, table=True):
    """What the standards officer finds on one standard, on a frozen snapshot and library."""

    __tablename__ = "verdict"
    __table_args__ = (UniqueConstraint("snapshot_id", "standard"),)

    case_id: uuid.UUID = Field(foreign_key="business_case.id", index=True)
    snapshot_id: uuid.UUID = Field(foreign_key="case_snapshot.id")
    standard: str = Field(max_length=20)
    result: CheckResult = Field(sa_type=enum_type(CheckResult))
    evidence: str = Field(default="", max_length=2000)
    comment: str = Field(default="", max_length=4000)
    given_by_id: uuid.UUID = Field(foreign_key="person.id")
    given_at: datetime


class Waiver(Versioned, Audited, table=True):
    """Leave not to meet a standard: reason, compensation, expiry, and two authorities that are not its proposer."""

    __tablename__ = "waiver"

    case_id: uuid.UUID = Field(foreign_key="business_case.id", index=True)
    standard: str = Field(max_length=20)
    reason: str = Field(max_length=4000)
    compensation: str = Field(max_length=4000)
    expires_on: date
    state: WaiverState = Field(default=WaiverState.PROPOSED, sa_type=enum_type(WaiverState))
    proposed_by_id: uuid.UUID = Field(foreign_key="person.id")
    proposed_at: datetime
    first_by_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    first_at: datetime | None = None
    first_body: str = Field(default="", max_length=60, description="the pack's body that the first person acted for")
    second_by_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    second_at: datetime | None = None
    second_body: str = Field(default="", max_length=60)
    decision_reason: str = Field(default="", max_length=4000)
