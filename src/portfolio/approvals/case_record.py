"""What stands on record of one case at the gate: signed opinions and their conditions, decisions, returns, codes.

Facts, sheet and timeline read it here, so that a page asks for each once. Newest first, but for conditions.
"""

import uuid
from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import Select, Uuid, bindparam, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.models import ApprovalCode, BudgetDecision, Condition, Opinion, Reconsideration
from portfolio.approvals.terms import CountersignState
from portfolio.db.memo import asked_once
from portfolio.peer_review.models import CaseReturn

Row = TypeVar("Row")

CASE = bindparam("case", type_=Uuid())

_OPINIONS = (
    select(Opinion)
    .where(col(Opinion.case_id) == CASE, col(Opinion.signed_at).is_not(None))
    .order_by(col(Opinion.signed_at).desc(), col(Opinion.id).desc())
)
_RECONSIDERATION = select(Reconsideration).where(col(Reconsideration.case_id) == CASE)
_CONDITIONS = select(Condition).where(col(Condition.case_id) == CASE).order_by(col(Condition.due_on), col(Condition.id))
_DECISIONS = (
    select(BudgetDecision)
    .where(col(BudgetDecision.case_id) == CASE, col(BudgetDecision.state) == CountersignState.CONFIRMED)
    .order_by(col(BudgetDecision.confirmed_at).desc(), col(BudgetDecision.id).desc())
)
_RETURNS = (
    select(CaseReturn)
    .where(col(CaseReturn.case_id) == CASE)
    .order_by(col(CaseReturn.returned_at).desc(), col(CaseReturn.id))
)
_CODES = (
    select(ApprovalCode)
    .where(col(ApprovalCode.case_id) == CASE)
    .order_by(col(ApprovalCode.issued_at).desc(), col(ApprovalCode.id).desc())
)


def signed_opinions(session: Session, case_id: uuid.UUID) -> Sequence[Opinion]:
    return _rows(session, _OPINIONS, "signed opinions", case_id)


def reconsideration_of(session: Session, case_id: uuid.UUID) -> Reconsideration | None:
    """The one request to look at the opinion again."""
    return next(iter(_rows(session, _RECONSIDERATION, "reconsideration", case_id)), None)


def conditions_on_record(session: Session, case_id: uuid.UUID) -> Sequence[Condition]:
    """Those of signed opinions and those that belong to none, by the day they are due; a draft's are nobody's business."""
    signed = {opinion.id for opinion in signed_opinions(session, case_id)}
    every = _rows(session, _CONDITIONS, "conditions", case_id)
    return [row for row in every if row.opinion_id is None or row.opinion_id in signed]


def confirmed_decisions(session: Session, case_id: uuid.UUID) -> Sequence[BudgetDecision]:
    """Budget decisions that a second person confirmed."""
    return _rows(session, _DECISIONS, "confirmed decisions", case_id)


def returns_of(session: Session, case_id: uuid.UUID) -> Sequence[CaseReturn]:
    """Answered ones too."""
    return _rows(session, _RETURNS, "returns", case_id)


def issued_codes(session: Session, case_id: uuid.UUID) -> Sequence[ApprovalCode]:
    """Superseded ones too."""
    return _rows(session, _CODES, "codes", case_id)


def _rows(session: Session, query: Select[Row], what: str, case_id: uuid.UUID) -> Sequence[Row]:
    asked: dict[str, Any] = {"case": case_id}
    return asked_once(session, (what, case_id), lambda: session.scalars(query, asked).all())
