"""A claim makes a slot of a job run once: primary key on the job and the scheduled instant."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class JobClaim(SQLModel, table=True):
    """Who took a slot, and how it ended."""

    __tablename__ = "job_claim"

    job: str = Field(primary_key=True, max_length=60)
    slot: datetime = Field(primary_key=True)
    claimed_by: str = Field(max_length=120)
    claimed_at: datetime
    attempts: int = 1
    finished_at: datetime | None = None
    failed_at: datetime | None = Field(default=None, description="the last try failed; another follows, up to a limit")
    outcome: str = Field(default="", max_length=400, description="JSON of what was said, or the error of a failure")
