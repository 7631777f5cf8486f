"""Ratings as rows that nothing changes, the comments that stay beside them, requests for independent ones, newest health facts."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from portfolio.db.base import Audited, Table, Versioned, enum_type
from portfolio.monitoring.health_terms import Confidence, RatingKind
from portfolio.monitoring.rating_terms import RatingOccasion, RatingRequestState

_IS_ASKED = text("state = 'asked'")


class Rating(Table, Audited, table=True):
    """One rating of one period as it was made; a later one of the same period and kind is another row (`ordinal`).

    Computed: `reckoned` is its row of `ratings.RATED`, `facts` what that was reckoned from (`rating_inputs`), `formula` the
    version of the formula; until the end of `comment_until` only those of `rating_queries` see it. Independent: `evidence`
    says what was looked at, by dimension. `period_on` is the first day of the period. Declared ratings are in the returns.
    """

    __tablename__ = "rating"
    __table_args__ = (
        UniqueConstraint("project_id", "period_on", "kind", "ordinal"),
        CheckConstraint("score IS NULL OR score BETWEEN 100 AND 500", name="score_is_1_to_5"),
    )

    project_id: uuid.UUID = Field(foreign_key="project.id")
    period_on: date
    kind: RatingKind = Field(sa_type=enum_type(RatingKind, 20))
    ordinal: int = 0
    occasion: RatingOccasion = Field(sa_type=enum_type(RatingOccasion, 20))
    as_at: date
    scale: str = Field(max_length=20)
    level: Confidence = Field(sa_type=enum_type(Confidence, 20))
    score: int | None = Field(default=None, description="hundredths")
    coverage: int | None = Field(default=None, description="weight, of 100, of what was known")
    formula: str = Field(default="", max_length=20)
    reckoned: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    evidence: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    summary: str = Field(default="", max_length=4000)
    comment_until: date | None = Field(default=None, description="the last day of the institution's right to comment")
    made_at: datetime
    made_by_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    digest: str = Field(default="", max_length=64)


class RatingComment(Table, Audited, table=True):
    """What the institution says to a computed rating, within its days; it stays beside the rating for ever."""

    __tablename__ = "rating_comment"

    rating_id: uuid.UUID = Field(foreign_key="rating.id", index=True)
    text: str = Field(max_length=4000)
    made_by_id: uuid.UUID = Field(foreign_key="person.id")
    made_at: datetime


class RatingRequest(Versioned, Audited, table=True):
    """Somebody from another institution is asked to rate a project for one period, without seeing the other ratings."""

    __tablename__ = "rating_request"
    __table_args__ = (
        Index("ix_rating_request_by_reviewer", "reviewer_id", "state"),
        Index("uq_rating_request_open", "project_id", unique=True, sqlite_where=_IS_ASKED, postgresql_where=_IS_ASKED),
    )

    project_id: uuid.UUID = Field(foreign_key="project.id", index=True)
    period_on: date
    reviewer_id: uuid.UUID = Field(foreign_key="person.id")
    asked_by_id: uuid.UUID = Field(foreign_key="person.id")
    asked_at: datetime
    due_on: date
    state: RatingRequestState = Field(default=RatingRequestState.ASKED, sa_type=enum_type(RatingRequestState, 20))
    reason: str = Field(default="", max_length=2000, description="why it was declined")
    rating_id: uuid.UUID | None = Field(default=None, foreign_key="rating.id")
    settled_at: datetime | None = None


class ProjectHealth(SQLModel, table=True):
    """The newest facts of a project: what lists read. Derived: `recompute` makes it again.

    What is called `open_…` rests only on computed ratings that everybody may see; the others hold as soon as the day
    `comment_until` is over. Scores in hundredths, gaps in basis points of the scale's range; `flags` are rows of
    `rating_gaps.FLAGS`.
    """

    __tablename__ = "project_health"

    project_id: uuid.UUID = Field(primary_key=True, foreign_key="project.id")
    as_at: date
    rules_checked: int
    rules_passed: int
    errors: int
    warnings: int
    stale_days: int | None = None
    failed: str = Field(default="", max_length=400, description="codes of failed rules, with blanks between")
    coverage: int
    declared: str | None = Field(default=None, max_length=20)
    computed: str | None = Field(default=None, max_length=20)
    independent: str | None = Field(default=None, max_length=20)
    gap_bp: int | None = None
    comment_until: date | None = None
    flags: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    signs: int = 0
    open_computed: str | None = Field(default=None, max_length=20)
    open_gap_bp: int | None = None
    open_flags: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    open_signs: int = 0
    declared_on: date | None = Field(default=None, description="first day of the period of `declared`")
    computed_on: date | None = None
    open_computed_on: date | None = None
