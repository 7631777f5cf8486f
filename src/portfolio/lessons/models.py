"""Lessons with the words by which they are found, the cases that answer them, and what is derived from what."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from portfolio.db.base import Audited, Table, Versioned, enum_type
from portfolio.lessons.terms import LinkKind, Sharing


class Lesson(Versioned, Audited, table=True):
    """What a project learned: the situation, what happened, what somebody else should do."""

    __tablename__ = "lesson"

    project_id: uuid.UUID = Field(foreign_key="project.id", index=True)
    category: str = Field(max_length=40, index=True)
    title: str = Field(max_length=160)
    context: str = Field(max_length=2000)
    happened: str = Field(max_length=4000)
    advice: str = Field(max_length=4000)
    sharing: Sharing = Field(default=Sharing.SHARED, sa_type=enum_type(Sharing, 20))
    written_by_id: uuid.UUID = Field(foreign_key="person.id")
    written_at: datetime


class LessonTerm(SQLModel, table=True):
    """A word of a lesson: found by its beginning, alike on both databases. Kept by `actions`."""

    __tablename__ = "lesson_term"
    __table_args__ = (Index("ix_lesson_term_by_word", "term", "lesson_id"),)

    lesson_id: uuid.UUID = Field(primary_key=True, foreign_key="lesson.id", ondelete="CASCADE")
    term: str = Field(primary_key=True, max_length=40)


class LessonUse(Table, Audited, table=True):
    """How a case answers a lesson; saying it again is another row, the newest counts. Append-only."""

    __tablename__ = "lesson_use"

    case_id: uuid.UUID = Field(foreign_key="business_case.id", index=True)
    lesson_id: uuid.UUID = Field(foreign_key="lesson.id", index=True)
    answer: str = Field(max_length=2000)
    by_id: uuid.UUID = Field(foreign_key="person.id")
    at: datetime


class DerivedLink(Table, Audited, table=True):
    """That one initiative (its case, its project) comes from another."""

    __tablename__ = "derived_link"
    __table_args__ = (
        UniqueConstraint("initiative_id", "origin_id", "kind"),
        CheckConstraint("initiative_id <> origin_id", name="comes_from_another"),
    )

    initiative_id: uuid.UUID = Field(foreign_key="initiative.id")
    origin_id: uuid.UUID = Field(foreign_key="initiative.id", index=True)
    kind: LinkKind = Field(sa_type=enum_type(LinkKind, 20))
    note: str = Field(default="", max_length=1000)
    by_id: uuid.UUID = Field(foreign_key="person.id")
    at: datetime
