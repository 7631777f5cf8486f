"""Reading reviews: how they stand, what waits for a reviewer, and, once the seal is open, what they say."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Uuid, bindparam, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.business_cases.models import BusinessCase, Snapshot
from portfolio.business_cases.terms import CaseStatus
from portfolio.business_cases.visibility import visible_to
from portfolio.db.memo import asked_once
from portfolio.errors import NotFound
from portfolio.packs.schema import CountryPack
from portfolio.peer_review.models import Review, ReviewScore
from portfolio.peer_review.rules import OVERALL, Draft, ReviewFacts, calls_a_third
from portfolio.peer_review.terms import OPEN_STATES, WORKING_STATES, ReviewState
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative

REVIEWING = frozenset({CaseStatus.SUBMITTED, CaseStatus.INCOMPLETE, CaseStatus.IN_REVIEW})
"""While a case is in one of these, reviews are not closed yet."""


def review_facts(
    session: Session, pack: CountryPack, case: BusinessCase, snapshot: Snapshot | None = None
) -> ReviewFacts:
    """How the reviews of a case stand; with `snapshot`, only those of that version. Says nothing of what they say."""
    question = ("review facts", case.id, snapshot.id if snapshot else None)
    return asked_once(session, question, lambda: facts_of(session, pack, [case], snapshot)[case.id])


def facts_of(
    session: Session, pack: CountryPack, cases: Sequence[BusinessCase], snapshot: Snapshot | None = None
) -> dict[uuid.UUID, ReviewFacts]:
    """The same for many cases, in one query."""
    query = select(col(Review.case_id), col(Review.state), col(Review.total), col(Review.is_third)).where(
        col(Review.case_id).in_([case.id for case in cases]), col(Review.state).in_(WORKING_STATES)
    )
    if snapshot is not None:
        query = query.where(col(Review.snapshot_id) == snapshot.id)
    rows = session.execute(query).all()
    found = {}
    for case in cases:
        own = [row for row in rows if row.case_id == case.id]
        filed = [row for row in own if row.state is ReviewState.FILED]
        totals = [row.total for row in filed if row.total is not None]
        has_third = any(row.is_third for row in filed)
        found[case.id] = ReviewFacts(
            demanded=pack.track(case.track).reviews if case.track else 0,
            filed=len(filed),
            outstanding=sum(row.state in OPEN_STATES for row in own),
            third_needed=calls_a_third(pack.rubric, totals) and not has_third,
            third_assigned=any(row.is_third for row in own),
            is_closed=case.status not in REVIEWING,
        )
    return found


def own_review(session: Session, viewer: Viewer, case: BusinessCase) -> Review:
    """The viewer's review of the case, the newest of those still theirs. Raises `NotFound`."""
    found = session.scalar(
        select(Review)
        .where(
            col(Review.case_id) == case.id,
            col(Review.reviewer_id) == viewer.person_id,
            col(Review.state).in_((*WORKING_STATES, ReviewState.CLOSED)),
        )
        .order_by(col(Review.assigned_at).desc(), col(Review.id).desc())
        .limit(1)
    )
    if found is None:
        raise NotFound
    return found


def drafts_of(session: Session, review_id: uuid.UUID) -> tuple[dict[str, Draft], str]:
    """What was written on each group, and the summary."""
    drafts = _drafts(session, [review_id]).get(review_id, {})
    summary = drafts.pop(OVERALL, Draft()).reason
    return drafts, summary


def _drafts(session: Session, reviews: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[str, Draft]]:
    """By review and group, groups in order of their code; `OVERALL` among them."""
    rows = session.execute(
        select(col(ReviewScore.review_id), col(ReviewScore.group_code), col(ReviewScore.score), col(ReviewScore.reason))
        .where(col(ReviewScore.review_id).in_(reviews))
        .order_by(col(ReviewScore.group_code))
    )
    found: dict[uuid.UUID, dict[str, Draft]] = {}
    for row in rows:
        found.setdefault(row.review_id, {})[row.group_code] = Draft(row.score, row.reason)
    return found


@dataclass(frozen=True, slots=True)
class Task:
    """A review on somebody's desk."""

    review: Review
    case: BusinessCase
    number: str


def reviews_of_person(session: Session, viewer: Viewer) -> Sequence[Task]:
    """The viewer's reviews of cases they may still find; what is due first comes first, what is filed last."""
    rows = session.execute(
        select(Review, BusinessCase, col(Initiative.number))
        .join(BusinessCase, col(BusinessCase.id) == col(Review.case_id))
        .join(Initiative, col(Initiative.id) == col(BusinessCase.initiative_id))
        .where(
            col(Review.reviewer_id) == viewer.person_id,
            col(Review.state).in_(WORKING_STATES),
            visible_to(viewer),
        )
        .order_by(col(Review.filed_at).is_not(None), col(Review.due_at), col(Review.id))
    )
    return [Task(review, case, number or "") for review, case, number in rows]


def open_reviews(session: Session, people: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, int]:
    """How many reviews each person has still to file; who has none is missing."""
    rows = session.execute(
        select(col(Review.reviewer_id), func.count())
        .where(col(Review.reviewer_id).in_(people), col(Review.state).in_(OPEN_STATES))
        .group_by(col(Review.reviewer_id))
    )
    return {row[0]: row[1] for row in rows}


def reviews_of_case(session: Session, case_id: uuid.UUID) -> Sequence[Review]:
    """Every assignment of a case, oldest first; declined and superseded ones too. Names and states, not what they say."""
    return session.scalars(
        select(Review).where(col(Review.case_id) == case_id).order_by(col(Review.assigned_at), col(Review.id))
    ).all()


def get_review(session: Session, case: BusinessCase, review_id: uuid.UUID) -> Review:
    found = session.get(Review, review_id)
    if found is None or found.case_id != case.id:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class OpenedReview:
    """A filed review whose seal is open."""

    review: Review
    drafts: Mapping[str, Draft]


def opened_reviews(session: Session, facts: ReviewFacts, case: BusinessCase) -> Sequence[OpenedReview]:
    """What the filed reviews say, in an order that tells nothing; none at all while the case is sealed.

    Only this and `opened_totals` read other people's scores, so that the seal cannot be forgotten elsewhere.
    """
    if facts.is_sealed:
        return []
    filed = session.scalars(
        select(Review)
        .where(col(Review.case_id) == case.id, col(Review.state) == ReviewState.FILED)
        .order_by(col(Review.digest), col(Review.id))
    ).all()
    drafts = _drafts(session, [review.id for review in filed])
    return [
        OpenedReview(review, {code: d for code, d in drafts.get(review.id, {}).items() if code != OVERALL})
        for review in filed
    ]


def opened_totals(session: Session, facts: ReviewFacts, case: BusinessCase) -> list[int]:
    """The weighted totals (hundredths of a point) of the filed reviews; none while the case is sealed."""
    if facts.is_sealed:
        return []
    return [total for total in session.scalars(_TOTALS, {"case": case.id}) if total is not None]


_TOTALS = select(col(Review.total)).where(
    col(Review.case_id) == bindparam("case", type_=Uuid()), col(Review.state) == ReviewState.FILED
)
