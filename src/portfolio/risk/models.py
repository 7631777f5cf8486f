"""Tables of the register. What was assessed, proposed, escalated and evidenced is never overwritten: only closed by a later fact."""

import uuid
from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from portfolio.db.base import Audited, Table, Versioned, enum_type
from portfolio.packs.terms import Tier
from portfolio.risk.terms import (
    LIVE,
    AcceptanceState,
    ActionState,
    EscalationState,
    EvidenceKind,
    IssueState,
    Proximity,
    Response,
    RiskCategory,
    RiskState,
    Severity,
    Stance,
)

_IS_OPEN, _ADOPTED = text("state = 'open'"), text("source <> ''")


class Risk(Versioned, Audited, table=True):
    """Because of a cause, an event may happen, with an effect.

    The six figures are the newest of each stance, on the scales of `matrix`; `rating` is that of the residual ones and
    `rank` its place in the pack (0 the mildest), for order. Amounts in minor units of `currency`; days are calendar days.
    The three points of cost and of delay are given all or none; `chance` in percent, else that of the likelihood counts.
    """

    __tablename__ = "risk"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        CheckConstraint(
            "inherent_likelihood BETWEEN 1 AND 6 AND inherent_impact BETWEEN 1 AND 6", name="inherent_fits"
        ),
        CheckConstraint(
            "residual_likelihood BETWEEN 1 AND 6 AND residual_impact BETWEEN 1 AND 6", name="residual_fits"
        ),
        CheckConstraint("chance IS NULL OR chance BETWEEN 1 AND 99", name="chance_is_a_percentage"),
        CheckConstraint(
            "cost_low_minor <= cost_likely_minor AND cost_likely_minor <= cost_high_minor", name="costs_rise"
        ),
        CheckConstraint("days_low <= days_likely AND days_likely <= days_high", name="days_rise"),
        Index("ix_risk_by_state", "state", "rank", "id"),
        Index("uq_risk_source", "project_id", "source", unique=True, sqlite_where=_ADOPTED, postgresql_where=_ADOPTED),
    )

    project_id: uuid.UUID = Field(foreign_key="project.id", index=True)
    number: int
    event: str = Field(max_length=600)
    cause: str = Field(default="", max_length=600)
    effect: str = Field(default="", max_length=600)
    category: RiskCategory = Field(sa_type=enum_type(RiskCategory))
    catalogue: str = Field(default="", max_length=20)
    proximity: Proximity = Field(sa_type=enum_type(Proximity))
    response: Response = Field(sa_type=enum_type(Response))
    owner_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    owner: str = Field(default="", max_length=120)
    supplier: str = Field(default="", max_length=160)
    component: str = Field(default="", max_length=160)
    early_sign: str = Field(default="", max_length=400)
    state: RiskState = Field(default=RiskState.OPEN, sa_type=enum_type(RiskState))
    matrix: str = Field(max_length=60)
    inherent_likelihood: int
    inherent_impact: int
    residual_likelihood: int
    residual_impact: int
    target_likelihood: int | None = None
    target_impact: int | None = None
    rating: str = Field(max_length=60)
    rank: int
    next_review_on: date
    currency: str = Field(max_length=3)
    contingent_minor: int | None = Field(default=None, sa_type=BigInteger)
    contingent_basis: str = Field(default="", max_length=600)
    chance: int | None = None
    cost_low_minor: int | None = Field(default=None, sa_type=BigInteger)
    cost_likely_minor: int | None = Field(default=None, sa_type=BigInteger)
    cost_high_minor: int | None = Field(default=None, sa_type=BigInteger)
    days_low: int | None = None
    days_likely: int | None = None
    days_high: int | None = None
    source: str = Field(default="", max_length=80, description="where it was adopted from; blank when raised here")
    raised_by_id: uuid.UUID = Field(foreign_key="person.id")
    raised_at: datetime
    closed_at: datetime | None = None

    @property
    def is_live(self) -> bool:
        return self.state in LIVE


class RiskAssessment(Table, Audited, table=True):
    """One opinion of one stance at one instant: who, when, why. Append-only; the newest of a stance counts."""

    __tablename__ = "risk_assessment"
    __table_args__ = (
        CheckConstraint("likelihood BETWEEN 1 AND 6 AND impact BETWEEN 1 AND 6", name="fits_a_matrix"),
        Index("ix_risk_assessment_by_risk", "risk_id", "assessed_at", "id"),
    )

    risk_id: uuid.UUID = Field(foreign_key="risk.id")
    stance: Stance = Field(sa_type=enum_type(Stance))
    matrix: str = Field(max_length=60)
    likelihood: int
    impact: int
    rating: str = Field(max_length=60)
    reason: str = Field(max_length=1000)
    assessed_by_id: uuid.UUID = Field(foreign_key="person.id")
    assessed_at: datetime


class RiskAction(Versioned, Audited, table=True):
    """One thing done about a risk, with what it costs (minor units of the risk's currency) and when it is due."""

    __tablename__ = "risk_action"

    risk_id: uuid.UUID = Field(foreign_key="risk.id", index=True)
    text: str = Field(max_length=600)
    owner: str = Field(default="", max_length=120)
    cost_minor: int | None = Field(default=None, sa_type=BigInteger)
    due_on: date
    state: ActionState = Field(default=ActionState.PLANNED, sa_type=enum_type(ActionState))
    done_on: date | None = None


class RiskAcceptance(Versioned, Audited, table=True):
    """Living with a risk as it is rated, by an authority that the rating asks for, until a day."""

    __tablename__ = "risk_acceptance"

    risk_id: uuid.UUID = Field(foreign_key="risk.id", index=True)
    rating: str = Field(max_length=60)
    reason: str = Field(max_length=2000)
    expires_on: date
    state: AcceptanceState = Field(default=AcceptanceState.PROPOSED, sa_type=enum_type(AcceptanceState))
    proposed_by_id: uuid.UUID = Field(foreign_key="person.id")
    proposed_at: datetime
    decided_by_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = None
    note: str = Field(default="", max_length=2000)
    ended_at: datetime | None = None


class RiskEscalation(Versioned, Audited, table=True):
    """A risk before the next tier: by which rating, until when it is answered, and what was answered. One open a risk."""

    __tablename__ = "risk_escalation"
    __table_args__ = (
        Index("ix_risk_escalation_by_state", "state", "due_on", "id"),
        Index("uq_risk_escalation_open", "risk_id", unique=True, sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
    )

    risk_id: uuid.UUID = Field(foreign_key="risk.id", index=True)
    tier: Tier = Field(sa_type=enum_type(Tier))
    rating: str = Field(max_length=60)
    reason: str = Field(default="", max_length=1000)
    state: EscalationState = Field(default=EscalationState.OPEN, sa_type=enum_type(EscalationState))
    escalated_by_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    escalated_at: datetime
    due_on: date
    overdue_at: datetime | None = None
    answer: str = Field(default="", max_length=2000)
    answered_by_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    answered_at: datetime | None = None


class RiskEvidence(Table, Audited, table=True):
    """What shows how a risk stands, or where its early sign is read; `reference` names the milestone or indicator."""

    __tablename__ = "risk_evidence"

    risk_id: uuid.UUID = Field(foreign_key="risk.id", index=True)
    kind: EvidenceKind = Field(sa_type=enum_type(EvidenceKind))
    reference: str = Field(default="", max_length=200)
    text: str = Field(max_length=1000)
    added_by_id: uuid.UUID = Field(foreign_key="person.id")
    added_at: datetime


class Issue(Versioned, Audited, table=True):
    """What did happen: from a risk, or unforeseen."""

    __tablename__ = "issue"
    __table_args__ = (UniqueConstraint("project_id", "number"),)

    project_id: uuid.UUID = Field(foreign_key="project.id", index=True)
    number: int
    risk_id: uuid.UUID | None = Field(default=None, foreign_key="risk.id", index=True)
    description: str = Field(max_length=1000)
    severity: Severity = Field(sa_type=enum_type(Severity))
    owner: str = Field(max_length=120)
    due_on: date
    state: IssueState = Field(default=IssueState.OPEN, sa_type=enum_type(IssueState))
    raised_by_id: uuid.UUID = Field(foreign_key="person.id")
    raised_at: datetime
    resolution: str = Field(default="", max_length=1000)
    resolved_by_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    resolved_at: datetime | None = None
