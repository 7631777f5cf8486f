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
        Index("ix_notice_mail", "by_mail", "mailed_at", "given_up_at", "next_attempt_at"),
        Index("ix_notice_list", "person_id", "created_at", "id"),
    )

    person_id: uuid.UUID = Field(foreign_key="person.id")
    kind: str = Field(max_length=60)
    subject_id: uuid.UUID | None = Field(default=None, index=True)
    path: str = Field(default="", max_length=400, description="where in the product it leads")
    params: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    once_key: str = Field(max_length=120, description="the same notice is owed once: two runs of a job, one notice")
    by_mail: bool = True
    read_at: datetime | None = None
    mailed_at: datetime | None = None
    attempts: int = 0
    next_attempt_at: datetime | None = Field(
        default=None, description="not before; while a process is sending it, the end of its lease"
    )
    given_up_at: datetime | None = None
    last_error: str = Field(default="", max_length=400)
