"""A claim makes a slot of a job run once: primary key on the job and the scheduled instant. Beside it, what failed and what waits."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from portfolio.db.base import Audited, Table

_IS_OPEN = text("ended_at IS NULL")


class JobClaim(SQLModel, table=True):
    """Who took a slot, and how it ended. `attempts` counts the tries, and is what a process must still hold to end one."""

    __tablename__ = "job_claim"

    job: str = Field(primary_key=True, max_length=60)
    slot: datetime = Field(primary_key=True)
    claimed_by: str = Field(max_length=120)
    claimed_at: datetime
    attempts: int = 1
    finished_at: datetime | None = None
    failed_at: datetime | None = Field(default=None, description="the last try failed; another follows, up to a limit")
    outcome: str = Field(default="", max_length=400, description="JSON of what was said, or the error of a failure")
    asked_by_id: uuid.UUID | None = Field(default=None, foreign_key="person.id", description="who ran it by hand")
    reason: str = Field(
        default="", max_length=500, description="why it was run by hand; empty for the clock's own runs"
    )


class JobFailure(SQLModel, table=True):
    """A try that did not end well, and what it said: a later try that does leaves it standing."""

    __tablename__ = "job_failure"

    job: str = Field(primary_key=True, max_length=60)
    slot: datetime = Field(primary_key=True)
    attempt: int = Field(primary_key=True)
    claimed_by: str = Field(max_length=120)
    began_at: datetime
    failed_at: datetime
    said: str = Field(max_length=400)


class JobPause(Table, Audited, table=True):
    """A job waits until an instant, because somebody said so; sooner when it is resumed. At most one of a job is open."""

    __tablename__ = "job_pause"
    __table_args__ = (
        CheckConstraint("until > paused_at", name="ends_after_it_begins"),
        Index("uq_job_pause_open", "job", unique=True, sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
    )

    job: str = Field(max_length=60)
    reason: str = Field(max_length=500)
    paused_by_id: uuid.UUID = Field(foreign_key="person.id")
    paused_at: datetime
    until: datetime
    ended_at: datetime | None = None
    ended_by_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    ended_because: str = Field(default="", max_length=500)
