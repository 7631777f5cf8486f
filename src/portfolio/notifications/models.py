"""A notice is owed to one person; its mail, if any, is tried until it goes out or is given up, and says which."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field

from portfolio.db.base import Table


class Notice(Table, table=True):
    """Words are made when shown, in the reader's language, from `kind` and `params`."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("person_id", "once_key"),
        Index("ix_notice_mail", "mailed_at", "next_attempt_at"),
    )

    person_id: uuid.UUID = Field(foreign_key="person.id", index=True)
    kind: str = Field(max_length=60)
    subject_id: uuid.UUID | None = Field(default=None, index=True)
    path: str = Field(default="", max_length=400, description="where in the product it leads")
    params: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    once_key: str = Field(max_length=120, description="the same notice is owed once: two runs of a job, one notice")
    by_mail: bool = True
    read_at: datetime | None = None
    mailed_at: datetime | None = None
    attempts: int = 0
    next_attempt_at: datetime | None = None
    last_error: str = Field(default="", max_length=400)
