"""Close-out, evaluation, services and external reviews. What is said of an item, exceptions and moves are append-only."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint
from sqlmodel import Field

from portfolio.closure.terms import (
    EvaluationState,
    ExternalState,
    ItemState,
    Reached,
    ServiceConclusion,
    YearReviewState,
)
from portfolio.db.base import Audited, Table, Versioned, enum_type


class ClosingAnswer(Table, Audited, table=True):
    """What a person says of one item of the close-out; the newest counts. Append-only."""

    __tablename__ = "closing_answer"
    __table_args__ = (CheckConstraint("state = 'open' OR words <> ''", name="said_with_words"),)

    project_id: uuid.UUID = Field(foreign_key="project.id", index=True)
    item: str = Field(max_length=60)
    state: ItemState = Field(sa_type=enum_type(ItemState, 20))
    words: str = Field(default="", max_length=2000, description="the evidence, or why it does not apply")
    by_id: uuid.UUID = Field(foreign_key="person.id")
    at: datetime


class ClosingException(Table, Audited, table=True):
    """That a project may be closed although these items are open; decided with a reason. Append-only."""

    __tablename__ = "closing_exception"

    project_id: uuid.UUID = Field(foreign_key="project.id", index=True)
    items: list[str] = Field(default_factory=list, sa_type=JSON)
    reason: str = Field(max_length=2000)
    by_id: uuid.UUID = Field(foreign_key="person.id")
    at: datetime
    digest: str = Field(max_length=64)


class Evaluation(Versioned, Audited, table=True):
    """What was promised against what was delivered, once the service is in use. `facts` are frozen when it is handed in."""

    __tablename__ = "evaluation"

    project_id: uuid.UUID = Field(foreign_key="project.id", unique=True)
    state: EvaluationState = Field(default=EvaluationState.DRAFT, sa_type=enum_type(EvaluationState, 20))
    users: str = Field(default="", max_length=4000, description="how users live it")
    worked: str = Field(default="", max_length=4000)
    not_worked: str = Field(default="", max_length=4000)
    conclusion: str = Field(default="", max_length=4000)
    reached: Reached | None = Field(default=None, sa_type=enum_type(Reached, 20))
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    written_by_id: uuid.UUID = Field(foreign_key="person.id")
    handed_in_at: datetime | None = None
    reviewed_by_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    reviewed_at: datetime | None = None
    review: str = Field(default="", max_length=4000)
    digest: str = Field(default="", max_length=64)


class Service(Versioned, Audited, table=True):
    """What lives on when its project is closed: reviewed once a year until it is retired."""

    __tablename__ = "service"

    project_id: uuid.UUID = Field(foreign_key="project.id", unique=True)
    name: str = Field(max_length=200)
    owner_id: uuid.UUID = Field(foreign_key="person.id", index=True)
    next_review_on: date = Field(index=True)
    retires_on: date | None = None
    successor: str = Field(default="", max_length=400)
    avoided_minor: int | None = Field(
        default=None, sa_type=BigInteger, description="cost avoided a year once it is gone"
    )
    currency: str = Field(max_length=3)


class ServiceReview(Versioned, Audited, table=True):
    """The yearly review of a service by its owner, agreed by the directive body. `facts` are those of the day it was made."""

    __tablename__ = "service_review"

    service_id: uuid.UUID = Field(foreign_key="service.id", index=True)
    due_on: date
    state: YearReviewState = Field(default=YearReviewState.HANDED_IN, sa_type=enum_type(YearReviewState, 20))
    conclusion: ServiceConclusion = Field(sa_type=enum_type(ServiceConclusion, 20))
    reasons: str = Field(max_length=4000)
    cost_minor: int = Field(sa_type=BigInteger, description="cost of operation of the year")
    currency: str = Field(max_length=3)
    retires_on: date | None = None
    successor: str = Field(default="", max_length=400)
    avoided_minor: int | None = Field(default=None, sa_type=BigInteger)
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    made_by_id: uuid.UUID = Field(foreign_key="person.id")
    made_at: datetime
    judged_by_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    judged_at: datetime | None = None
    judgement: str = Field(default="", max_length=2000)


class ExternalReview(Versioned, Audited, table=True):
    """A review by somebody from outside, ordered by the directive body or the auditor (handbook W12)."""

    __tablename__ = "external_review"

    project_id: uuid.UUID = Field(foreign_key="project.id", index=True)
    title: str = Field(max_length=200)
    scope: str = Field(max_length=4000)
    reviewer: str = Field(max_length=200, description="the body or firm that reviews")
    due_on: date
    state: ExternalState = Field(default=ExternalState.ORDERED, sa_type=enum_type(ExternalState, 20), index=True)
    ordered_by_id: uuid.UUID = Field(foreign_key="person.id")
    ordered_at: datetime


class ExternalMove(Table, Audited, table=True):
    """A step of an external review, with its words. Append-only."""

    __tablename__ = "external_move"

    review_id: uuid.UUID = Field(foreign_key="external_review.id", index=True)
    name: str = Field(max_length=40)
    before: ExternalState = Field(sa_type=enum_type(ExternalState, 20))
    after: ExternalState = Field(sa_type=enum_type(ExternalState, 20))
    words: str = Field(max_length=4000)
    by_id: uuid.UUID = Field(foreign_key="person.id")
    at: datetime
