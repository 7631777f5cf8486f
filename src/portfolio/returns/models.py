"""Progress returns, every version of each that was put up, and what was done with it."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, CheckConstraint, Text, UniqueConstraint, text
from sqlmodel import Field

from portfolio.db.base import Audited, Table, Versioned, enum_type
from portfolio.monitoring.health_terms import Confidence
from portfolio.returns.terms import TEXT, ProcurementState, ReturnState


class ProgressReturn(Versioned, Audited, table=True):
    """One return of one project for one period (named by its first day, as ratings are); `edition` 2 corrects a published 1.

    The twelve fields are open until it is signed. `physical_bp`: basis points of the work done; `paid_minor` and
    `forecast_cost_minor`: minor units of `currency`. `seen`: what the record held when it was signed (`changes.state_of`),
    against which the next return says what changed. `submitted_on`: the first day on which it was handed in. `confirmed`: by
    field, the value that its writer confirmed though it is unusual (`of`), the reason (`note`) and what was unusual (`why`).
    """

    __tablename__ = "progress_return"
    __later__: ClassVar[Mapping[str, Any]] = {"confirmed": {}}
    __table_args__ = (
        UniqueConstraint("project_id", "period_on", "edition"),
        CheckConstraint("physical_bp IS NULL OR physical_bp BETWEEN 0 AND 10000", name="physical_is_a_share"),
    )

    project_id: uuid.UUID = Field(foreign_key="project.id")
    period_on: date
    due_on: date = Field(index=True)
    edition: int = 1
    corrects_id: uuid.UUID | None = Field(default=None, foreign_key="progress_return.id")
    why: str = Field(default="", max_length=TEXT, description="why a published return is corrected")
    state: ReturnState = Field(default=ReturnState.DUE, sa_type=enum_type(ReturnState, 20), index=True)
    currency: str = Field(max_length=3)
    physical_bp: int | None = None
    paid_minor: int | None = Field(default=None, sa_type=BigInteger)
    forecast_finish: date | None = None
    forecast_cost_minor: int | None = Field(default=None, sa_type=BigInteger)
    procurement: ProcurementState | None = Field(default=None, sa_type=enum_type(ProcurementState, 20))
    done: str = Field(default="", max_length=TEXT)
    blocked: str = Field(default="", max_length=TEXT)
    next_steps: str = Field(default="", max_length=TEXT)
    scale: str = Field(default="", max_length=20)
    level: Confidence | None = Field(default=None, sa_type=enum_type(Confidence, 20))
    evidence_cost: str = Field(default="", max_length=TEXT)
    evidence_schedule: str = Field(default="", max_length=TEXT)
    evidence_results: str = Field(default="", max_length=TEXT)
    confirmed: dict[str, Any] = Field(
        default_factory=dict, sa_type=JSON, sa_column_kwargs={"server_default": text("'{}'")}
    )
    seen: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    digest: str = Field(default="", max_length=64)
    filled_by_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    filled_at: datetime | None = None
    submitted_on: date | None = None
    published_at: datetime | None = None


class ReturnVersion(Table, Audited, table=True):
    """The fields of a return as they were put up for the signature: canonical JSON and its SHA-256. Never changed.

    `number` counts the texts of one return from 1; a text that comes back word for word is the version that it was.
    """

    __tablename__ = "return_version"
    __table_args__ = (UniqueConstraint("return_id", "number"), UniqueConstraint("return_id", "digest"))

    return_id: uuid.UUID = Field(foreign_key="progress_return.id")
    number: int
    content: str = Field(sa_type=Text)
    digest: str = Field(max_length=64)
    written_by_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    kept_at: datetime


class ReturnMove(Table, Audited, table=True):
    """One step of a return: who made it, when and why; `digest` of the version that it was made on."""

    __tablename__ = "return_move"

    return_id: uuid.UUID = Field(foreign_key="progress_return.id", index=True)
    move: str = Field(max_length=40)
    before: ReturnState = Field(sa_type=enum_type(ReturnState, 20))
    after: ReturnState = Field(sa_type=enum_type(ReturnState, 20))
    made_by_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    made_at: datetime
    reason: str = Field(default="", max_length=TEXT)
    digest: str = Field(default="", max_length=64)
