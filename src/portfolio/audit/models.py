"""The chain's rows. Nothing here is ever changed or deleted: triggers in the first migration refuse it on both databases."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from portfolio.audit.terms import Chain
from portfolio.db.base import Audited, Table, enum_type, utc_now


class AuditHead(SQLModel, table=True):
    """Where each chain stands; locked last in a transaction, so for microseconds."""

    __tablename__ = "audit_head"

    chain: str = Field(primary_key=True, max_length=20)
    seq: int = Field(default=0, sa_type=BigInteger)
    hash: str = Field(max_length=64)


class AuditEvent(SQLModel, table=True):
    """One act: the canonical bytes that were hashed, and columns to find them by."""

    __tablename__ = "audit_event"
    __table_args__ = (
        UniqueConstraint("chain", "prev"),
        Index("ix_audit_event_object", "object_id", "id"),
        Index("ix_audit_event_actor", "actor_id", "id"),
        Index("ix_audit_event_about", "about_id", "id"),
        Index("ix_audit_event_action", "action", "id"),
    )

    chain: Chain = Field(primary_key=True, sa_type=enum_type(Chain, 20))
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    id: uuid.UUID = Field(unique=True)
    at: datetime
    action: str = Field(max_length=60)
    actor_id: uuid.UUID | None = None
    object_type: str = Field(default="", max_length=60)
    object_id: uuid.UUID | None = None
    about_id: uuid.UUID | None = Field(default=None, description="the case that the event belongs to")
    canon: str = Field(sa_type=Text)
    prev: str = Field(max_length=64)
    hash: str = Field(max_length=64)


class AuditRow(SQLModel, table=True):
    """The digest that an event gave to a business row: replayed, it tells whether a row was changed behind the trail."""

    __tablename__ = "audit_row"
    __table_args__ = (
        Index("ix_audit_row_latest", "table_name", "row_id", "ordinal"),
        Index("ix_audit_row_event", "chain", "seq", "ordinal"),
    )

    ordinal: int = Field(primary_key=True, sa_type=BigInteger, description="one sequence over all chains")
    chain: Chain = Field(sa_type=enum_type(Chain, 20))
    seq: int = Field(sa_type=BigInteger)
    table_name: str = Field(max_length=60)
    row_id: str = Field(max_length=40)
    digest: str | None = Field(default=None, max_length=64, description="nothing: the row was deleted")


class RowBatch(Table, Audited, table=True):
    """Rows of one append-only table that came in together; `digest` is `bulk.BatchDigest` over them. Append-only.

    The trail vouches for this row, and this row for its batch: the rows themselves have no digest of their own.
    """

    __tablename__ = "audit_batch"
    __table_args__ = (CheckConstraint("size > 0", name="size_not_none"),)

    table_name: str = Field(max_length=60)
    size: int
    digest: str = Field(max_length=64)


class AuditText(SQLModel, table=True):
    """Words behind a commitment in an event: erasable without breaking the chain, which holds only their salted digest."""

    __tablename__ = "audit_text"

    commitment: str = Field(primary_key=True, max_length=64)
    salt: str = Field(max_length=32)
    value: str = Field(sa_type=Text)
    kept_at: datetime = Field(default_factory=utc_now)
