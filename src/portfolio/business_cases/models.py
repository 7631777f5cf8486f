"""The case and its content. Content rows are drafts with revisions; what binds is the snapshot, frozen at submission."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, Text, UniqueConstraint
from sqlmodel import Field

from portfolio.business_cases.terms import CaseStatus
from portfolio.db.base import Audited, Table, Versioned, enum_type


class BusinessCase(Versioned, Audited, table=True):
    """One version of an initiative's case. Its status is written only by `approvals.moves`."""

    __tablename__ = "business_case"
    __table_args__ = (
        UniqueConstraint("initiative_id", "case_version"),
        Index("ix_business_case_waiting", "status", "call_id"),
    )

    initiative_id: uuid.UUID = Field(foreign_key="initiative.id")
    call_id: uuid.UUID = Field(foreign_key="call.id", index=True)
    institution_id: uuid.UUID = Field(foreign_key="institution.id", index=True)
    unit_id: uuid.UUID | None = Field(default=None, foreign_key="unit.id")
    case_version: int = 1
    title: str = Field(max_length=200)
    kind: str = Field(max_length=40, description="a CaseKind of the packs")
    track: str | None = Field(default=None, max_length=40, description="a TrackCode, fixed at submission")
    priority: int | None = Field(default=None, description="the institution's own order, 1 first")
    status: CaseStatus = Field(default=CaseStatus.DRAFT, sa_type=enum_type(CaseStatus))
    status_since: datetime
    due_at: datetime | None = Field(
        default=None, description="when the present step is due; nothing while the clock stands"
    )
    clock_stopped_at: datetime | None = None
    language: str = Field(default="es", max_length=5)
    currency: str = Field(max_length=3)
    lead_id: uuid.UUID = Field(foreign_key="person.id")
    submitted_at: datetime | None = None
    admitted_at: datetime | None = Field(default=None, description="whence the terms of review and opinion count")
    open_sections: list[str] = Field(default_factory=list, sa_type=JSON, description="what a return unlocked")


class CaseAnswer(Versioned, table=True):
    """The answer to one question of one section."""

    __tablename__ = "case_answer"
    __table_args__ = (UniqueConstraint("case_id", "section", "question"),)

    case_id: uuid.UUID = Field(foreign_key="business_case.id")
    section: str = Field(max_length=40)
    question: str = Field(max_length=60)
    value: str = Field(default="", sa_type=Text)
    edited_by_id: uuid.UUID = Field(foreign_key="person.id")
    edited_at: datetime


class CaseRevision(Table, table=True):
    """What a draft said before: every accepted save, so that nothing typed is lost; the trail gets one event in a while."""

    __tablename__ = "case_revision"
    __table_args__ = (Index("ix_case_revision_of", "case_id", "section", "created_at"),)

    case_id: uuid.UUID = Field(foreign_key="business_case.id")
    section: str = Field(max_length=40)
    field: str = Field(max_length=120, description="question, or table:line:column")
    before: str = Field(default="", sa_type=Text)
    after: str = Field(default="", sa_type=Text)
    by_id: uuid.UUID = Field(foreign_key="person.id")


class CaseHandOver(Table, Audited, table=True):
    """That a case passed from one lead to another of the same institution, and why."""

    __tablename__ = "case_hand_over"

    case_id: uuid.UUID = Field(foreign_key="business_case.id", index=True)
    from_id: uuid.UUID = Field(foreign_key="person.id")
    to_id: uuid.UUID = Field(foreign_key="person.id")
    by_id: uuid.UUID = Field(foreign_key="person.id")
    reason: str = Field(max_length=1000)
    handed_at: datetime


class CaseLine(Versioned):
    """What every line of a structured section has."""

    case_id: uuid.UUID = Field(foreign_key="business_case.id", index=True)
    position: int = 0


class OptionLine(CaseLine, table=True):
    """A way to meet the need; rejected ones stay with their reason."""

    __tablename__ = "case_option"

    kind: str = Field(default="", max_length=40)
    title: str = Field(default="", max_length=160)
    summary: str = Field(default="", max_length=2000)
    whole_life_minor: int | None = Field(default=None, sa_type=BigInteger)
    benefits: str = Field(default="", max_length=1000)
    risks: str = Field(default="", max_length=1000)
    months: int | None = None
    is_preferred: bool = False
    reason: str = Field(default="", max_length=1000, description="why preferred, or why rejected")


class CostLine(CaseLine, table=True):
    """A cost; its amounts by fiscal year are `CostAmount` rows."""

    __tablename__ = "case_cost"

    description: str = Field(default="", max_length=200)
    category: str = Field(default="", max_length=40, description="a cost category of the pack")
    budget_line: str = Field(default="", max_length=40, description="a budget line of the pack")
    nature: str = Field(default="", max_length=20, description="capital or current")
    recurrence: str = Field(default="", max_length=20)
    tax_included: bool = True
    is_digital: bool = True
    unit: str = Field(default="", max_length=10, description="an indexed unit of the pack; nothing for the currency")


class CostAmount(Versioned, table=True):
    """What a cost line needs in one fiscal year: minor units of the case's currency, or ten-thousandths of an indexed unit."""

    __tablename__ = "case_cost_amount"
    __table_args__ = (
        UniqueConstraint("cost_id", "fiscal_year"),
        CheckConstraint("amount_minor >= 0", name="not_negative"),
    )

    cost_id: uuid.UUID = Field(foreign_key="case_cost.id", ondelete="CASCADE")
    fiscal_year: int
    amount_minor: int = Field(sa_type=BigInteger)


class FundingLine(CaseLine, table=True):
    """Where the money comes from; its amounts by fiscal year are `FundingAmount` rows, and year by year they match the costs."""

    __tablename__ = "case_funding"

    source: str = Field(default="", max_length=40, description="a funding source of the pack")
    nature: str = Field(default="", max_length=20, description="a FundingNature")
    note: str = Field(default="", max_length=400)


class FundingAmount(Versioned, table=True):
    """What a source gives in one fiscal year, in minor units of the case's currency."""

    __tablename__ = "case_funding_amount"
    __table_args__ = (
        UniqueConstraint("funding_id", "fiscal_year"),
        CheckConstraint("amount_minor >= 0", name="not_negative"),
    )

    funding_id: uuid.UUID = Field(foreign_key="case_funding.id", ondelete="CASCADE")
    fiscal_year: int
    amount_minor: int = Field(sa_type=BigInteger)


class BenefitLine(CaseLine, table=True):
    """A benefit in one dimension of public value."""

    __tablename__ = "case_benefit"

    dimension: str = Field(default="", max_length=40)
    description: str = Field(default="", max_length=1000)
    beneficiaries: str = Field(default="", max_length=300)
    amount_minor: int | None = Field(default=None, sa_type=BigInteger, description="per year, where it can be valued")
    starts_on: date | None = None
    evidence: str = Field(default="", max_length=1000)


class IndicatorLine(CaseLine, table=True):
    """An outcome promised: baseline, target, owner, how it is measured."""

    __tablename__ = "case_indicator"

    family: str = Field(default="", max_length=20)
    name: str = Field(default="", max_length=200)
    unit: str = Field(default="", max_length=60)
    direction: str = Field(default="", max_length=10)
    baseline: str = Field(default="", max_length=40)
    baseline_on: date | None = None
    target: str = Field(default="", max_length=40)
    target_on: date | None = None
    owner: str = Field(default="", max_length=120)
    method: str = Field(default="", max_length=1000)
    not_applicable_reason: str = Field(default="", max_length=1000)


class RiskLine(CaseLine, table=True):
    """A risk of the case: cause, event, effect; likelihood and impact from 1 to 5."""

    __tablename__ = "case_risk"
    __table_args__ = (
        CheckConstraint("likelihood IS NULL OR likelihood BETWEEN 1 AND 5", name="likelihood_is_1_to_5"),
        CheckConstraint("impact IS NULL OR impact BETWEEN 1 AND 5", name="impact_is_1_to_5"),
    )

    category: str = Field(default="", max_length=20)
    cause: str = Field(default="", max_length=600)
    event: str = Field(default="", max_length=600)
    effect: str = Field(default="", max_length=600)
    likelihood: int | None = None
    impact: int | None = None
    treatment: str = Field(default="", max_length=20)
    response: str = Field(default="", max_length=1000)
    owner: str = Field(default="", max_length=120)
    contingent_minor: int | None = Field(default=None, sa_type=BigInteger, description="contingent liability")


class SharedSolutionLine(CaseLine, table=True):
    """Each shared solution: reused or not, and why."""

    __tablename__ = "case_shared_solution"

    solution: str = Field(default="", max_length=40)
    use: str = Field(default="", max_length=20)
    reason: str = Field(default="", max_length=1000)


class LotLine(CaseLine, table=True):
    """A procurement lot: each gets its own approval code, per fiscal year."""

    __tablename__ = "case_lot"

    title: str = Field(default="", max_length=200)
    category: str = Field(default="", max_length=40)
    method: str = Field(default="", max_length=40, description="a procurement method of the pack")
    fiscal_year: int | None = None
    amount_minor: int | None = Field(default=None, sa_type=BigInteger, description="tax included")
    is_pilot: bool = False
    note: str = Field(default="", max_length=1000)


class TeamLine(CaseLine, table=True):
    """A role in the team by profession."""

    __tablename__ = "case_team"

    role: str = Field(default="", max_length=120)
    profession: str = Field(default="", max_length=120)
    name: str = Field(default="", max_length=120)
    dedication: int | None = Field(default=None, description="percent of full time")
    is_internal: bool = True


class MilestoneLine(CaseLine, table=True):
    """A dated result."""

    __tablename__ = "case_milestone"

    title: str = Field(default="", max_length=200)
    due_on: date | None = None
    deliverable: str = Field(default="", max_length=600)


class ParticipantLine(CaseLine, table=True):
    """Another institution that takes part, with its own amount; conflicts of interest look at it too."""

    __tablename__ = "case_participant"

    institution_id: uuid.UUID | None = Field(default=None, foreign_key="institution.id")
    part: str = Field(default="", max_length=400)
    amount_minor: int | None = Field(default=None, sa_type=BigInteger)


class OperationLine(CaseLine, table=True):
    """A line of the one-page operation track: what keeps a running service alive this year."""

    __tablename__ = "case_operation"

    service: str = Field(default="", max_length=200)
    supplier: str = Field(default="", max_length=160)
    contract: str = Field(default="", max_length=80)
    budget_line: str = Field(default="", max_length=40)
    category: str = Field(default="", max_length=40)
    amount_minor: int | None = Field(default=None, sa_type=BigInteger)
    previous_minor: int | None = Field(default=None, sa_type=BigInteger, description="last year's")
    reason: str = Field(default="", max_length=400)


class Attachment(Table, Audited, table=True):
    """A file of a case, inspected and kept by its digest."""

    __tablename__ = "attachment"

    case_id: uuid.UUID = Field(foreign_key="business_case.id", index=True)
    section: str = Field(default="attachments", max_length=40)
    file_name: str = Field(max_length=200)
    title: str = Field(default="", max_length=200)
    media_type: str = Field(max_length=120)
    size: int
    sha256: str = Field(max_length=64)
    by_id: uuid.UUID = Field(foreign_key="person.id")
    removed_at: datetime | None = None


class Snapshot(Table, Audited, table=True):
    """The whole case as submitted: canonical JSON and its SHA-256. Never changed; a resubmission is a new row."""

    __tablename__ = "case_snapshot"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    case_id: uuid.UUID = Field(foreign_key="business_case.id")
    number: int = Field(description="1 at submission, one more after each return")
    content: str = Field(sa_type=Text)
    digest: str = Field(max_length=64, index=True)
    pack_code: str = Field(max_length=40)
    pack_version: str = Field(max_length=40)
    pack_digest: str = Field(max_length=64)
    library_digest: str = Field(default="", max_length=64)
    track: str = Field(max_length=40)
    track_reasons: list[Any] = Field(default_factory=list, sa_type=JSON)
    totals: dict[str, Any] = Field(
        default_factory=dict, sa_type=JSON, description="minor units: whole_life, asked, by_year"
    )
    submitted_at: datetime
    submitted_by_id: uuid.UUID = Field(foreign_key="person.id")
