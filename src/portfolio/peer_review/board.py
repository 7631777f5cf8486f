"""What the page of a case's reviews shows to whom: states and dates, and what the reviews say once the seal is open."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from string import ascii_uppercase

from sqlalchemy.orm import Session

from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import CaseStatus
from portfolio.i18n import gettext as _
from portfolio.packs.rubric import Rubric
from portfolio.packs.schema import CountryPack
from portfolio.peer_review.models import Review
from portfolio.peer_review.queries import REVIEWING, OpenedReview, opened_reviews, review_facts, reviews_of_case
from portfolio.peer_review.rules import (
    HUNDRED,
    Audience,
    ReviewFacts,
    gap,
    may_read,
    mean,
    shows_institutions,
    shows_names,
)
from portfolio.peer_review.terms import OPEN_STATES, ReviewState
from portfolio.people.permissions import Permission, Reach
from portfolio.people.queries import institution_names, names
from portfolio.people.viewer import Viewer

BEFORE_OPINION = REVIEWING | {CaseStatus.CHECKING}


@dataclass(frozen=True, slots=True)
class AssignedRow:
    """One assignment as those see it who assign. `reason` of a decline only for them; nobody reads that of a recusal here."""

    id: uuid.UUID
    name: str
    institution: str
    state: ReviewState
    is_third: bool
    assigned_at: datetime
    due_at: datetime
    filed_at: datetime | None
    reason: str
    is_late: bool
    is_open: bool


@dataclass(frozen=True, slots=True)
class ShownReview:
    """One review that may be read: `title` is a name or "Review A"; totals are points out of 100."""

    title: str
    institution: str
    is_third: bool
    total: Decimal | None
    summary: str
    digest: str


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group of the rubric: (score, text of that level, reason) by review, in the order of the heads."""

    title: str
    weight: int
    cells: Sequence[tuple[int | None, str, str]]


@dataclass(frozen=True, slots=True)
class Board:
    """The page. `gap` and `mean` are points out of 100, nothing while there is nothing to read."""

    facts: ReviewFacts
    audience: Audience
    assigned: Sequence[AssignedRow]
    reviews: Sequence[ShownReview]
    groups: Sequence[GroupRow]
    gap: Decimal | None
    mean: Decimal | None


def audience_of(viewer: Viewer, case: BusinessCase) -> Audience:
    """The institution's own people are that first, whatever else they are."""
    if case.institution_id in viewer.own_institutions:
        return Audience.AGENCY
    if viewer.reaches(Reach.SUBMITTED) or viewer.reaches(Reach.EVERYTHING):
        return Audience.OVERSIGHT
    return Audience.REVIEWER


def read_board(session: Session, pack: CountryPack, viewer: Viewer, case: BusinessCase, at: datetime) -> Board:
    """`viewer` is the whole viewer; the case was found for them."""
    facts, audience = review_facts(session, pack, case), audience_of(viewer, case)
    opened = list(opened_reviews(session, facts, case)) if may_read(facts, audience) else []
    totals = [one.review.total for one in opened if one.review.total is not None]
    middle = mean(totals)
    assigned = _assigned(session, viewer, case, at) if audience is Audience.OVERSIGHT else ()
    rubric = pack.rubric
    return Board(
        facts=facts,
        audience=audience,
        assigned=assigned,
        reviews=_shown(session, rubric, audience, case, opened) if rubric else (),
        groups=_groups(rubric, opened) if rubric and opened else (),
        gap=points(gap(totals)) if len(totals) > 1 else None,
        mean=None if middle is None else points(middle),
    )


def points(hundredths: int) -> Decimal:
    """Points out of 100 from hundredths."""
    return Decimal(hundredths) / HUNDRED


def _assigned(session: Session, viewer: Viewer, case: BusinessCase, at: datetime) -> Sequence[AssignedRow]:
    rows = reviews_of_case(session, case.id)
    people, places = names(session, [row.reviewer_id for row in rows]), institution_names(session)
    may_assign = viewer.can(Permission.REVIEW_ASSIGN)
    return tuple(
        AssignedRow(
            row.id,
            people[row.reviewer_id],
            places[row.institution_id],
            row.state,
            row.is_third,
            row.assigned_at,
            row.due_at,
            row.filed_at,
            row.decline_reason if may_assign else "",
            is_late(row, at),
            row.state in OPEN_STATES,
        )
        for row in rows
    )


def is_late(review: Review, at: datetime) -> bool:
    return review.state in OPEN_STATES and review.due_at < at


def _shown(
    session: Session, rubric: Rubric, audience: Audience, case: BusinessCase, opened: Sequence[OpenedReview]
) -> Sequence[ShownReview]:
    has_opinion = case.status not in BEFORE_OPINION
    named, placed = shows_names(rubric, audience, has_opinion), shows_institutions(rubric, audience, has_opinion)
    people = names(session, [one.review.reviewer_id for one in opened]) if named else {}
    places = institution_names(session) if placed else {}
    return tuple(
        ShownReview(
            title=people[one.review.reviewer_id] if named else _("Review %(letter)s") % {"letter": letter},
            institution=places[one.review.institution_id] if placed else "",
            is_third=one.review.is_third,
            total=None if one.review.total is None else points(one.review.total),
            summary=one.review.summary,
            digest=one.review.digest if audience is Audience.OVERSIGHT else "",
        )
        for letter, one in zip(ascii_uppercase, opened, strict=False)
    )


def _groups(rubric: Rubric, opened: Sequence[OpenedReview]) -> Sequence[GroupRow]:
    rows = []
    for code, group in rubric.groups.items():
        drafts = [one.drafts.get(code) for one in opened]
        rows.append(
            GroupRow(
                str(group.title),
                group.weight,
                tuple(
                    (None, "", "")
                    if draft is None
                    else (draft.score, "" if draft.score is None else str(group.levels[draft.score]), draft.reason)
                    for draft in drafts
                ),
            )
        )
    return tuple(rows)
