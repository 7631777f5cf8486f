"""Terms of the gate in the pack's working days; while a case is with the institution the clock stands still."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import CaseStatus as S
from portfolio.packs.calendar import deadline_at, working_days_between
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import DeadlineCode
from portfolio.peer_review.models import CaseReturn

_TERM: dict[S, DeadlineCode] = {
    S.SUBMITTED: DeadlineCode.ADMISSIBILITY,
    S.IN_REVIEW: DeadlineCode.REVIEW,
    S.CHECKING: DeadlineCode.OPINION,
    S.RECOMMENDED: DeadlineCode.DECISION,
    S.CONDITIONED: DeadlineCode.DECISION,
    S.UNFAVOURABLE: DeadlineCode.DECISION,
}


def due_at(session: Session, pack: CountryPack, case: BusinessCase, status: S, now: datetime) -> datetime | None:
    """When the step is due that a case enters now; nothing where nobody is waited for or the clock stands.

    Admissibility counts from submission, review and opinion from admission, the decision from the opinion; working days
    during which the case was with the institution are added. A reconsidered opinion has its own, shorter term.
    """
    code = _TERM.get(status)
    if code is None:
        return None
    if status is S.CHECKING and case.status in (S.UNFAVOURABLE, S.CONDITIONED):
        return deadline_at(pack, now, pack.deadline_days(DeadlineCode.RECONSIDERATION))
    begun = _begun(case, status) or now
    return deadline_at(pack, begun, pack.deadline_days(code) + stopped_days(session, pack, case.id, begun, now))


def _begun(case: BusinessCase, status: S) -> datetime | None:
    if status is S.SUBMITTED:
        return case.submitted_at
    return case.admitted_at if status in (S.IN_REVIEW, S.CHECKING) else None


def answer_due_at(pack: CountryPack, now: datetime) -> datetime:
    """Until when an institution answers an observation or a return."""
    return deadline_at(pack, now, pack.deadline_days(DeadlineCode.ANSWER))


def stopped_days(session: Session, pack: CountryPack, case_id: uuid.UUID, since: datetime, now: datetime) -> int:
    """Working days since an instant during which the case was with the institution, one not yet back included."""
    rows = session.execute(
        select(col(CaseReturn.returned_at), col(CaseReturn.came_back_at)).where(
            col(CaseReturn.case_id) == case_id, col(CaseReturn.returned_at) >= since
        )
    )
    return sum(
        working_days_between(
            pack, row.returned_at.astimezone(pack.zone).date(), (row.came_back_at or now).astimezone(pack.zone).date()
        )
        for row in rows
    )


def is_opinion_overdue(session: Session, pack: CountryPack, case: BusinessCase, now: datetime) -> bool:
    """Whether the pack's term for the opinion, counted from admission without the stopped days, has run out."""
    if case.admitted_at is None:
        return False
    days = pack.opinion.overdue_after + stopped_days(session, pack, case.id, case.admitted_at, now)
    return now > deadline_at(pack, case.admitted_at, days)
