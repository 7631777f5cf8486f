"""The modification of a decided amount, as one row: what was asked, by which act, and what the ledger got of it."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from portfolio.approvals.terms import ActType, CountersignState, ModificationKind
from portfolio.db.base import Audited, Versioned, enum_type


class BudgetModification(Versioned, Audited, table=True):
    """A change of what was decided on a case: proposed by one person, confirmed by another; its amounts are ledger entries.

    `lines` and `before`: [{year, tranche, budget_line, minor}] as they shall be and as they stood, in minor units of the
    case's currency; `entries`: ids of the entries that it posted.
    """

    __tablename__ = "budget_modification"

    case_id: uuid.UUID = Field(foreign_key="business_case.id", index=True)
    decision_id: uuid.UUID = Field(foreign_key="budget_decision.id")
    kind: ModificationKind = Field(sa_type=enum_type(ModificationKind))
    lines: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    before: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    firm_through: int
    act_type: ActType = Field(sa_type=enum_type(ActType))
    act_id: uuid.UUID = Field(foreign_key="act.id")
    effective_on: date
    reasons: str = Field(max_length=4000)
    state: CountersignState = Field(default=CountersignState.PROPOSED, sa_type=enum_type(CountersignState))
    proposed_by_id: uuid.UUID = Field(foreign_key="person.id")
    proposed_at: datetime
    confirmed_by_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    confirmed_at: datetime | None = None
    digest: str = Field(default="", max_length=64, description="of what was shown when it was proposed")
    refusal: str = Field(default="", max_length=2000, description="why it was sent back")
    entries: list[str] = Field(default_factory=list, sa_type=JSON)
