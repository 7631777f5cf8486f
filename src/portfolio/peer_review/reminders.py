"""Reminders of reviews that are due soon or late; run by the clock, owed once each."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.business_cases import mandate
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import CaseStatus
from portfolio.notifications.outbox import owe
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import Power
from portfolio.peer_review.models import Review
from portfolio.peer_review.terms import OPEN_STATES
from portfolio.people.terms import Role

SOON = timedelta(days=3)


def remind_reviewers(session: Session, pack: CountryPack, now: datetime) -> int:
    """Tell reviewers what is due within three days, and reviewers and secretaries what is late; returns the new notices.

    Reviews of cases that are with the institution are left alone: their clock stands.
    """
    rows = session.execute(
        select(Review, BusinessCase)
        .join(BusinessCase, col(BusinessCase.id) == col(Review.case_id))
        .where(
            col(Review.state).in_(OPEN_STATES),
            col(BusinessCase.status) == CaseStatus.IN_REVIEW,
            col(Review.due_at) <= now + SOON,
        )
        .order_by(col(Review.due_at), col(Review.id))
    ).all()
    owed = 0
    for review, case in rows:
        is_late = review.due_at < now
        once = f"{'late' if is_late else 'due'}:{review.id}:{review.due_at.date()}"
        owed += owe(
            session,
            "review_late" if is_late else "review_due",
            [review.reviewer_id],
            subject_id=case.id,
            path=f"/cases/{case.id}/review",
            once_key=once,
            title=case.title,
            due=review.due_at,
        )
        if is_late:
            secretaries = mandate.people(session, pack, case, Power.REVIEW_ASSIGNMENT, {Role.REVIEW_SECRETARY})
            owed += owe(
                session,
                "review_late_secretary",
                secretaries,
                subject_id=case.id,
                path=f"/cases/{case.id}/reviews",
                once_key=once,
                title=case.title,
                due=review.due_at,
            )
    return owed
