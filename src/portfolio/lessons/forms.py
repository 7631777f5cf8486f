"""Forms of lessons."""

import uuid

from pydantic import BaseModel, ConfigDict, Field

from portfolio.lessons.terms import LinkKind, Sharing


class _Fields(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LessonFields(_Fields):
    """What a project learned."""

    title: str = Field(max_length=160)
    category: str = Field(max_length=40)
    context: str = Field(max_length=2000)
    happened: str = Field(max_length=4000)
    advice: str = Field(max_length=4000)
    sharing: Sharing


class OriginFields(_Fields):
    """From which initiative this one comes."""

    number: str = Field(max_length=80)
    kind: LinkKind
    note: str | None = Field(default=None, max_length=1000)


class UseFields(_Fields):
    """How a case answers a lesson."""

    lesson_id: uuid.UUID
    answer: str = Field(max_length=2000)
