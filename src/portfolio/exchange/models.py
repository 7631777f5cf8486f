"""Runs of imports and exports: who, what file, with which digest, and what came of it."""

import uuid
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON
from sqlmodel import Field

from portfolio.db.base import Audited, Table, enum_type
from portfolio.exchange.terms import ImportState


class ImportRun(Table, Audited, table=True):
    """One file through one mapping; rows carry the run that read them.

    `state`, `started_at` and `read` tell a waiting browser how far the work is, from transactions of their own.
    """

    __tablename__ = "import_run"
    __unaudited__: ClassVar[frozenset[str]] = frozenset({"state", "started_at", "failure"})

    mapping: str = Field(max_length=60)
    source: str = Field(max_length=60)
    file_name: str = Field(max_length=200)
    file_sha256: str = Field(max_length=64, index=True)
    state: ImportState = Field(default=ImportState.PREVIEWED, sa_type=enum_type(ImportState, 20))
    started_at: datetime | None = None
    failure: str = Field(default="", max_length=1000)
    as_at: date | None = None
    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    notes: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    rejects: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    by_person_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    finished_at: datetime | None = None


class ExportRun(Table, Audited, table=True):
    """One export: its filter, its scope and the digest of the file, for whoever finds the file later."""

    __tablename__ = "export_run"

    format: str = Field(max_length=10)
    query: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    rows: int = 0
    file_sha256: str = Field(default="", max_length=64)
    data_sha256: str = Field(default="", max_length=64, description="of the same rows as CSV, whatever the format")
    view: str = Field(default="", max_length=40, description="the named view: which columns, by the person's mandate")
    call_id: uuid.UUID | None = Field(default=None, foreign_key="call.id")
    figures: dict[str, Any] = Field(
        default_factory=dict, sa_type=JSON, description="of a cycle book: what the next one compares with"
    )
    as_at: datetime
    by_person_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
