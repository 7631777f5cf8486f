"""Forms of closing and of what lives on."""

import uuid
from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from portfolio.closure.terms import ItemState, Judged, Reached, ServiceConclusion
from portfolio.web.forms import TypedDecimal

LARGEST = Decimal(10) ** 15


class _Fields(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ItemFields(_Fields):
    """What is said of one item."""

    state: ItemState
    words: str | None = Field(default=None, max_length=2000)


class ExceptionFields(_Fields):
    """Why the project may be closed although items are open, bound to the list that was shown."""

    reason: str = Field(max_length=2000)
    password: str = Field(max_length=1000)
    digest: str = Field(min_length=64, max_length=64)


class EvaluationFields(_Fields):
    """Everything that a person writes; only what is handed in must be whole."""

    users: str | None = Field(default=None, max_length=4000)
    worked: str | None = Field(default=None, max_length=4000)
    not_worked: str | None = Field(default=None, max_length=4000)
    conclusion: str | None = Field(default=None, max_length=4000)
    reached: Reached | None = None
    act: str = Field(default="save", max_length=20)


class EvaluationReviewFields(_Fields):
    """What somebody from elsewhere says, bound to what was shown."""

    judged: Judged
    review: str = Field(max_length=4000)
    password: str = Field(max_length=1000)
    digest: str = Field(min_length=64, max_length=64)


class ServiceFields(_Fields):
    """What lives on, who owns it, and when it is first reviewed."""

    name: str = Field(max_length=200)
    owner_id: uuid.UUID
    next_review_on: date


class YearReviewFields(_Fields):
    """The yearly review; the last three only where the service is to be retired."""

    conclusion: ServiceConclusion
    reasons: str = Field(max_length=4000)
    cost: TypedDecimal = Field(ge=0, lt=LARGEST)
    retires_on: date | None = None
    successor: str | None = Field(default=None, max_length=400)
    avoided: TypedDecimal | None = Field(default=None, ge=0, lt=LARGEST)


class JudgementFields(_Fields):
    """What the directive body says of a yearly review."""

    judged: Judged
    judgement: str | None = Field(default=None, max_length=2000)


class OrderFields(_Fields):
    """An external review."""

    title: str = Field(max_length=200)
    scope: str = Field(max_length=4000)
    reviewer: str = Field(max_length=200)
    due_on: date


class MoveFields(_Fields):
    """A step of an external review, with its words."""

    words: str = Field(max_length=4000)


class FindingFields(_Fields):
    """A finding of an external review."""

    evidence: str = Field(max_length=4000)
    answer_by: date
