"""Findings, and the answers to them that nothing overwrites."""

import uuid
from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from portfolio.db.base import Audited, Versioned, enum_type
from portfolio.findings.terms import FindingRule, FindingState, Judgement


class Finding(Versioned, Audited, table=True):
    """Something that does not follow a rule. `source`: what made it, so that the clock opens one only once.

    `opened_by_id` is nothing where the clock opened it; `owner_id` nothing while the institution has nobody in the role.
    """

    __tablename__ = "finding"
    __table_args__ = (UniqueConstraint("source"),)

    project_id: uuid.UUID = Field(foreign_key="project.id", index=True)
    rule: FindingRule = Field(sa_type=enum_type(FindingRule))
    evidence: str = Field(max_length=4000)
    owner_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    due_on: date
    source: str = Field(max_length=120)
    state: FindingState = Field(default=FindingState.OPEN, sa_type=enum_type(FindingState), index=True)
    opened_by_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    opened_at: datetime


class FindingAnswer(Versioned, Audited, table=True):
    """What the institution answers, and what the directive body says of that; a second answer is another row."""

    __tablename__ = "finding_answer"

    finding_id: uuid.UUID = Field(foreign_key="finding.id", index=True)
    text: str = Field(max_length=4000)
    made_by_id: uuid.UUID = Field(foreign_key="person.id")
    made_at: datetime
    judgement: Judgement | None = Field(default=None, sa_type=enum_type(Judgement))
    reason: str = Field(default="", max_length=2000)
    judged_by_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    judged_at: datetime | None = None
