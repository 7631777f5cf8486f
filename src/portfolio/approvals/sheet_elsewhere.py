"""Cases that wait for a budget decision in other calls than the one on the sheet: nobody looks for them in the filter."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import CaseStatus
from portfolio.business_cases.visibility import visible_to
from portfolio.people.viewer import Viewer
from portfolio.strategy.models import Call

WITH_OPINION = (CaseStatus.RECOMMENDED, CaseStatus.CONDITIONED, CaseStatus.UNFAVOURABLE)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another call, and how many of its cases have their opinion and no decision."""

    call_id: UUID
    title: str
    cases: int


def waiting_elsewhere(session: Session, viewer: Viewer, call: Call) -> Sequence[Elsewhere]:
    """By the day on which the calls close."""
    rows = session.execute(
        select(col(Call.id), col(Call.title), func.count())
        .join(BusinessCase, col(BusinessCase.call_id) == col(Call.id))
        .where(visible_to(viewer), col(BusinessCase.status).in_(WITH_OPINION), col(Call.id) != call.id)
        .group_by(col(Call.id), col(Call.title), col(Call.closes_at))
        .order_by(col(Call.closes_at), col(Call.id))
    )
    return [Elsewhere(row[0], row[1], row[2]) for row in rows]
