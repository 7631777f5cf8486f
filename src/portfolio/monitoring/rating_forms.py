"""Forms of ratings: a comment, somebody who is asked, an independent rating, a refusal to give one."""

import uuid

from pydantic import BaseModel, ConfigDict, Field

from portfolio.monitoring.health_terms import Confidence


class _Fields(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CommentFields(_Fields):
    text: str = Field(max_length=4000)


class AskFields(_Fields):
    reviewer_id: uuid.UUID


class RatingFields(_Fields):
    """The fixed part of an independent rating; the evidence is a field of its own for each dimension."""

    level: Confidence
    summary: str | None = Field(default=None, max_length=4000)
    password: str = Field(max_length=1000)
    digest: str = Field(min_length=64, max_length=64)


class DeclineFields(_Fields):
    reason: str = Field(max_length=2000)
