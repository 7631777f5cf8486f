"""Reviews and their scores, sealed until all are in; observations and their answers."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from portfolio.db.base import Audited, Table, Versioned, enum_type
from portfolio.peer_review.terms import ObservationKind, ObservationState, ReviewState


class Review(Versioned, Audited, table=True):
    """One reviewer's work on one snapshot of a case."""

    __tablename__ = "review"
    __table_args__ = (UniqueConstraint("snapshot_id", "reviewer_id"),)

    case_id: uuid.UUID = Field(foreign_key="business_case.id", index=True)
    snapshot_id: uuid.UUID = Field(foreign_key="case_snapshot.id")
    reviewer_id: uuid.UUID = Field(foreign_key="person.id", index=True)
    institution_id: uuid.UUID = Field(foreign_key="institution.id", description="where the reviewer works")
    state: ReviewState = Field(default=ReviewState.ASSIGNED, sa_type=enum_type(ReviewState))
    is_third: bool = Field(default=False, description="called because the first ones differed too much")
    assigned_at: datetime
    assigned_by_id: uuid.UUID = Field(foreign_key="person.id")
    due_at: datetime
    no_conflict_at: datetime | None = None
    decline_reason: str = Field(default="", max_length=2000)
    summary: str = Field(default="", max_length=8000)
    total: int | None = Field(default=None, description="weighted total from 0 to 100, times 100")
    filed_at: datetime | None = None
    digest: str = Field(default="", max_length=64)


class ReviewScore(Versioned, table=True):
    """A score from 0 to 4 for one group of the rubric, with its reason; bound by the review's digest once filed.

    Until then the draft of the summary stands here too, under the code `*`, which no group of a rubric has.
    """

    __tablename__ = "review_score"
    __table_args__ = (
        UniqueConstraint("review_id", "group_code"),
        CheckConstraint("score IS NULL OR score BETWEEN 0 AND 4", name="score_is_0_to_4"),
    )

    review_id: uuid.UUID = Field(foreign_key="review.id")
    group_code: str = Field(max_length=40)
    score: int | None = None
    reason: str = Field(default="", max_length=4000)


class Observation(Versioned, Audited, table=True):
    """A question or a blocking remark on one section of a case, until it is resolved."""

    __tablename__ = "observation"

    case_id: uuid.UUID = Field(foreign_key="business_case.id", index=True)
    snapshot_id: uuid.UUID = Field(foreign_key="case_snapshot.id")
    section: str = Field(max_length=40)
    kind: ObservationKind = Field(sa_type=enum_type(ObservationKind))
    text: str = Field(max_length=4000)
    state: ObservationState = Field(default=ObservationState.OPEN, sa_type=enum_type(ObservationState))
    made_by_id: uuid.UUID = Field(foreign_key="person.id")
    made_at: datetime
    due_at: datetime | None = None
    resolved_by_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    resolved_at: datetime | None = None
    resolution: str = Field(default="", max_length=2000)


class ObservationAnswer(Table, Audited, table=True):
    """What the institution answers."""

    __tablename__ = "observation_answer"

    observation_id: uuid.UUID = Field(foreign_key="observation.id", index=True)
    text: str = Field(max_length=4000)
    by_id: uuid.UUID = Field(foreign_key="person.id")
    answered_at: datetime


class CaseReturn(Table, Audited, table=True):
    """One return to the institution: which sections it unlocks, why, and until when."""

    __tablename__ = "case_return"

    case_id: uuid.UUID = Field(foreign_key="business_case.id", index=True)
    snapshot_id: uuid.UUID = Field(foreign_key="case_snapshot.id")
    sections: str = Field(max_length=1000, description="codes, separated by spaces")
    reason: str = Field(max_length=4000)
    from_status: str = Field(max_length=40)
    returned_at: datetime
    returned_by_id: uuid.UUID = Field(foreign_key="person.id")
    due_at: datetime | None = None
    came_back_at: datetime | None = None
