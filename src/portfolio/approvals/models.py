"""What is decided about a case: sign-offs, opinions with conditions, the ledger of budget decisions, codes and their draws."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from portfolio.approvals.code_terms import CodeState, DrawKind
from portfolio.approvals.modification_models import BudgetModification as BudgetModification
from portfolio.approvals.terms import (
    ActKind,
    BudgetOutcome,
    ConditionState,
    CountersignState,
    EntryKind,
    Firmness,
    OpinionOutcome,
    ReconsiderationState,
)
from portfolio.approvals.working_models import ConditionFile as ConditionFile
from portfolio.approvals.working_models import DecisionDraft as DecisionDraft
from portfolio.approvals.working_models import OpinionDraft as OpinionDraft
from portfolio.approvals.working_models import OpinionOverride as OpinionOverride
from portfolio.approvals.working_models import SignOffRequest as SignOffRequest
from portfolio.approvals.working_models import VerdictObservation as VerdictObservation
from portfolio.db.base import Audited, Table, Versioned, enum_type


class SignOff(Table, Audited, table=True):
    """A person's agreement with the sections it covers; it holds while their digest is equal."""

    __tablename__ = "sign_off"

    case_id: uuid.UUID = Field(foreign_key="business_case.id", index=True)
    person_id: uuid.UUID = Field(foreign_key="person.id")
    role: str = Field(max_length=40)
    sections: list[str] = Field(default_factory=list, sa_type=JSON)
    digest: str = Field(max_length=64)
    signed_at: datetime
    lapsed_at: datetime | None = None
    lapse_reason: str = Field(default="", max_length=200)


class Act(Table, Audited, table=True):
    """The administrative act behind a decision: its type, number, date, signed file and notification."""

    __tablename__ = "act"

    kind: ActKind = Field(sa_type=enum_type(ActKind))
    number: str = Field(default="", max_length=60)
    dated_on: date | None = None
    file_sha256: str = Field(default="", max_length=64)
    notified_at: datetime | None = None


class Opinion(Versioned, Audited, table=True):
    """The directive body's reasoned opinion on one snapshot; signed once, then unchangeable."""

    __tablename__ = "opinion"

    case_id: uuid.UUID = Field(foreign_key="business_case.id", index=True)
    snapshot_id: uuid.UUID = Field(foreign_key="case_snapshot.id")
    outcome: OpinionOutcome = Field(sa_type=enum_type(OpinionOutcome))
    recommended_minor: int | None = Field(default=None, sa_type=BigInteger)
    reasons: str = Field(default="", max_length=8000)
    grounds: list[dict[str, Any]] = Field(
        default_factory=list, sa_type=JSON, description="kind, id, text of each ground"
    )
    drafted_by_id: uuid.UUID = Field(foreign_key="person.id")
    signed_by_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    signed_at: datetime | None = None
    digest: str = Field(default="", max_length=64, description="of what was shown when it was signed")
    body: str = Field(default="", max_length=60, description="the pack's body that held the power, substitute or not")
    act_id: uuid.UUID | None = Field(default=None, foreign_key="act.id")


class Condition(Versioned, Audited, table=True):
    """What a favourable opinion or a funding depends on: owner, evidence, due date, tranche."""

    __tablename__ = "condition"

    case_id: uuid.UUID = Field(foreign_key="business_case.id", index=True)
    opinion_id: uuid.UUID | None = Field(default=None, foreign_key="opinion.id")
    text: str = Field(max_length=2000)
    owner: str = Field(max_length=120)
    evidence: str = Field(max_length=1000)
    due_on: date
    tranche: int | None = None
    state: ConditionState = Field(default=ConditionState.OPEN, sa_type=enum_type(ConditionState))
    ground: str = Field(default="", max_length=80, description="kind:id of the ground it answers")
    supplied: str = Field(default="", max_length=2000, description="what the institution supplied as evidence")
    supplied_by_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    supplied_at: datetime | None = None
    settled_by_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    settled_at: datetime | None = None
    settled_note: str = Field(default="", max_length=2000)


class Reconsideration(Versioned, Audited, table=True):
    """The one request to look again at an opinion."""

    __tablename__ = "reconsideration"

    case_id: uuid.UUID = Field(foreign_key="business_case.id", unique=True)
    opinion_id: uuid.UUID = Field(foreign_key="opinion.id")
    reasons: str = Field(max_length=8000)
    asked_by_id: uuid.UUID = Field(foreign_key="person.id")
    asked_at: datetime
    state: ReconsiderationState = Field(default=ReconsiderationState.ASKED, sa_type=enum_type(ReconsiderationState))
    answer: str = Field(default="", max_length=8000)
    decided_by_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = None


class Letter(Table, Audited, table=True):
    """A letter made from the record; the file is kept by its digest and can be verified by it."""

    __tablename__ = "letter"

    call_id: uuid.UUID = Field(foreign_key="call.id", index=True)
    institution_id: uuid.UUID = Field(foreign_key="institution.id")
    case_ids: list[str] = Field(default_factory=list, sa_type=JSON)
    opinion_ids: list[str] = Field(default_factory=list, sa_type=JSON)
    language: str = Field(max_length=5)
    file_sha256: str = Field(max_length=64)
    record_digest: str = Field(max_length=64, index=True, description="of the record it was made from; printed in it")
    issued_at: datetime
    issued_by_id: uuid.UUID = Field(foreign_key="person.id")


class BudgetDecision(Versioned, Audited, table=True):
    """One decision on one snapshot: proposed by one person, confirmed by another; its amounts are ledger entries."""

    __tablename__ = "budget_decision"

    case_id: uuid.UUID = Field(foreign_key="business_case.id", index=True)
    snapshot_id: uuid.UUID = Field(foreign_key="case_snapshot.id")
    snapshot_digest: str = Field(max_length=64)
    outcome: BudgetOutcome = Field(sa_type=enum_type(BudgetOutcome))
    reasons: str = Field(default="", max_length=4000)
    without_opinion: bool = False
    overrides_opinion: bool = False
    override_act_id: uuid.UUID | None = Field(default=None, foreign_key="act.id")
    state: CountersignState = Field(default=CountersignState.PROPOSED, sa_type=enum_type(CountersignState))
    proposed_by_id: uuid.UUID = Field(foreign_key="person.id")
    proposed_at: datetime
    confirmed_by_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    confirmed_at: datetime | None = None
    digest: str = Field(default="", max_length=64)
    act_id: uuid.UUID | None = Field(default=None, foreign_key="act.id")
    opinion_id: uuid.UUID | None = Field(
        default=None, foreign_key="opinion.id", description="the opinion it was taken on"
    )
    refusal: str = Field(default="", max_length=2000, description="why the second person sent it back")
    published_at: datetime | None = Field(
        default=None, description="when the case moved: at once, or when the embargo ended"
    )


class BudgetEntry(Table, Audited, table=True):
    """A dated entry of the ledger of money: never overwritten, a change is another entry."""

    __tablename__ = "budget_entry"
    __table_args__ = (Index("ix_budget_entry_case", "case_id", "fiscal_year"),)

    decision_id: uuid.UUID = Field(foreign_key="budget_decision.id", index=True)
    case_id: uuid.UUID = Field(foreign_key="business_case.id")
    kind: EntryKind = Field(sa_type=enum_type(EntryKind))
    firmness: Firmness = Field(sa_type=enum_type(Firmness))
    fiscal_year: int
    tranche: int = 1
    budget_line: str = Field(default="", max_length=40)
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str = Field(max_length=3)
    entered_on: date


class Countersign(Table, Audited, table=True):
    """An act of two persons: proposed by one, confirmed or refused by another, bound to the digest both saw."""

    __tablename__ = "countersign"

    purpose: str = Field(max_length=40, description="code_issue, code_revoke, waiver, role_grant…")
    subject_id: uuid.UUID = Field(index=True)
    digest: str = Field(max_length=64)
    state: CountersignState = Field(default=CountersignState.PROPOSED, sa_type=enum_type(CountersignState))
    proposed_by_id: uuid.UUID = Field(foreign_key="person.id")
    proposed_at: datetime
    decided_by_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = None
    reason: str = Field(default="", max_length=2000)


class CodeProposal(Versioned, Audited, table=True):
    """A code that one person proposes and another issues: a lot, a fiscal year, a ceiling."""

    __tablename__ = "code_proposal"
    __table_args__ = (CheckConstraint("ceiling_minor > 0", name="more_than_nothing"),)

    case_id: uuid.UUID = Field(foreign_key="business_case.id", index=True)
    institution_id: uuid.UUID = Field(foreign_key="institution.id")
    lot_id: uuid.UUID | None = None
    lot_title: str = Field(max_length=200)
    category: str = Field(default="", max_length=40)
    fiscal_year: int
    ceiling_minor: int = Field(sa_type=BigInteger)
    currency: str = Field(max_length=3)
    not_before: date
    expires_on: date
    snapshot_digest: str = Field(max_length=64)
    state: CountersignState = Field(default=CountersignState.PROPOSED, sa_type=enum_type(CountersignState))
    proposed_by_id: uuid.UUID = Field(foreign_key="person.id")
    proposed_at: datetime
    decided_by_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = None
    reason: str = Field(default="", max_length=2000)
    replaces_id: uuid.UUID | None = Field(default=None, description="the code that this one supersedes")


class ApprovalCode(Versioned, Audited, table=True):
    """What procurement verifies: one lot and fiscal year, one ceiling with tax; the code text is a look-up key, not a right."""

    __tablename__ = "approval_code"
    __table_args__ = (
        CheckConstraint("reserved_minor >= 0 AND committed_minor >= 0", name="never_below_zero"),
        CheckConstraint("reserved_minor + committed_minor <= ceiling_minor", name="never_above_the_ceiling"),
        UniqueConstraint("case_id", "lot_id", "fiscal_year", "generation"),
    )
    __unaudited__: ClassVar[frozenset[str]] = frozenset()

    code: str = Field(unique=True, max_length=24, description="as printed, in groups of four")
    case_id: uuid.UUID = Field(foreign_key="business_case.id", index=True)
    institution_id: uuid.UUID = Field(foreign_key="institution.id", index=True)
    lot_id: uuid.UUID | None = Field(default=None, description="the lot in the snapshot; nothing: the whole case")
    lot_title: str = Field(default="", max_length=200)
    category: str = Field(default="", max_length=40)
    fiscal_year: int
    generation: int = 1
    ceiling_minor: int = Field(sa_type=BigInteger)
    reserved_minor: int = Field(default=0, sa_type=BigInteger)
    committed_minor: int = Field(default=0, sa_type=BigInteger)
    currency: str = Field(max_length=3)
    state: CodeState = Field(default=CodeState.ISSUED, sa_type=enum_type(CodeState))
    state_reason: str = Field(default="", max_length=2000)
    not_before: date
    expires_on: date
    statement: str = Field(default="", max_length=8000, description="the signed statement, as issued")
    issued_at: datetime
    proposed_by_id: uuid.UUID = Field(foreign_key="person.id")
    issued_by_id: uuid.UUID = Field(foreign_key="person.id")
    superseded_by_id: uuid.UUID | None = Field(default=None, foreign_key="approval_code.id")


class Draw(Table, Audited, table=True):
    """One use of a code's ceiling; the key makes a retry the same draw."""

    __tablename__ = "draw"
    __later__: ClassVar[Mapping[str, Any]] = {"reason": ""}
    __table_args__ = (UniqueConstraint("institution_id", "idempotency_key"),)

    code_id: uuid.UUID = Field(foreign_key="approval_code.id", index=True)
    institution_id: uuid.UUID = Field(foreign_key="institution.id")
    kind: DrawKind = Field(sa_type=enum_type(DrawKind))
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str = Field(max_length=3)
    order_reference: str = Field(max_length=80)
    reason: str = Field(default="", max_length=2000, description="why, of a correction")
    reserve_id: uuid.UUID | None = Field(
        default=None, foreign_key="draw.id", description="the reservation a commitment uses"
    )
    idempotency_key: str = Field(max_length=80)
    drawn_at: datetime
    by_id: uuid.UUID = Field(foreign_key="person.id")
