"""Monthly amounts that are never overwritten, the files they came in, rows that a person settles; contracts and invoices."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, Index, UniqueConstraint
from sqlmodel import Field

from portfolio.db.base import Audited, Table, Versioned, enum_type
from portfolio.execution.terms import ContractState, DifferenceState, Flow, InvoiceState, Mismatch, Origin, RunState


class ExecutionRun(Versioned, Audited, table=True):
    """One file of the financial system. `mapping`: field → header of its column. Counts are of the recorded file."""

    __tablename__ = "execution_run"

    file_name: str = Field(max_length=200)
    file_sha256: str = Field(max_length=64, index=True)
    as_at: date
    mapping: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    state: RunState = Field(default=RunState.PREVIEWED, sa_type=enum_type(RunState, 20))
    read: int = 0
    recorded: int = 0
    unchanged: int = 0
    differing: int = 0
    rejected: int = 0
    by_id: uuid.UUID | None = Field(
        default=None, foreign_key="person.id", description="nobody: the command, as the system"
    )
    recorded_at: datetime | None = None


class ExecutionEntry(Table, Audited, table=True):
    """The amount of one month, line and flow, in minor units; of one key the newest `ordinal` counts.

    `month` is the first day of the month; `line` a code of the country's budget classification, blank where it is not known.
    `reference`: what the financial system calls it. A later file or correction is another row; one without an amount takes the
    key back: nothing is reported of it any more, which is not zero.
    """

    __tablename__ = "execution_entry"
    __table_args__ = (
        UniqueConstraint("project_id", "month", "line", "flow", "reference", "ordinal"),
        Index("ix_execution_entry_by_project", "project_id", "month"),
    )

    project_id: uuid.UUID = Field(foreign_key="project.id")
    month: date
    line: str = Field(default="", max_length=60)
    flow: Flow = Field(sa_type=enum_type(Flow, 20))
    reference: str = Field(default="", max_length=80)
    ordinal: int = 0
    amount_minor: int | None = Field(default=None, sa_type=BigInteger)
    currency: str = Field(max_length=3)
    origin: Origin = Field(sa_type=enum_type(Origin, 20))
    run_id: uuid.UUID | None = Field(default=None, foreign_key="execution_run.id", index=True)
    code_id: uuid.UUID | None = Field(default=None, foreign_key="approval_code.id")
    reason: str = Field(default="", max_length=1000, description="of a typed amount, or of a correction")
    made_by_id: uuid.UUID | None = Field(default=None, foreign_key="person.id", description="nobody: as in its run")
    made_at: datetime


class ExecutionDifference(Versioned, Audited, table=True):
    """A row of a file that matched nothing: kept as it came, until a person assigns it or sets it aside with a reason."""

    __tablename__ = "execution_difference"
    __table_args__ = (UniqueConstraint("run_id", "row_number"),)

    run_id: uuid.UUID = Field(foreign_key="execution_run.id")
    row_number: int
    mismatch: Mismatch = Field(sa_type=enum_type(Mismatch))
    cells: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    state: DifferenceState = Field(default=DifferenceState.OPEN, sa_type=enum_type(DifferenceState, 20), index=True)
    project_id: uuid.UUID | None = Field(default=None, foreign_key="project.id")
    reason: str = Field(default="", max_length=1000)
    settled_by_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    settled_at: datetime | None = None


class Contract(Versioned, Audited, table=True):
    """A contract of a project. `ocid`: its open contracting id; the supplier's identifier is kept with its scheme."""

    __tablename__ = "contract"
    __later__: ClassVar[Mapping[str, Any]] = {"ended_on": None, "note": "", "by_id": None}
    __table_args__ = (UniqueConstraint("project_id", "reference"),)

    project_id: uuid.UUID = Field(foreign_key="project.id")
    code_id: uuid.UUID | None = Field(default=None, foreign_key="approval_code.id")
    order_reference: str = Field(default="", max_length=80, description="the order of the draws on the code")
    reference: str = Field(max_length=80)
    ocid: str = Field(default="", max_length=120)
    title: str = Field(max_length=200)
    supplier: str = Field(max_length=160)
    supplier_scheme: str = Field(default="", max_length=40)
    supplier_id: str = Field(default="", max_length=60)
    signed_on: date
    ends_on: date | None = None
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str = Field(max_length=3)
    ended_on: date | None = Field(default=None, description="the day on which it was over in fact")
    state: ContractState = Field(default=ContractState.IN_FORCE, sa_type=enum_type(ContractState, 20))
    note: str = Field(
        default="",
        max_length=1000,
        sa_column_kwargs={"server_default": ""},
        description="why what was unusual of it is right",
    )
    by_id: uuid.UUID | None = Field(
        default=None, foreign_key="person.id", description="who put it on record; nobody knows of the oldest"
    )


class ContractAmendment(Table, Audited, table=True):
    """A change of a contract: `change_minor` is added to what stands (negative: less)."""

    __tablename__ = "contract_amendment"
    __table_args__ = (UniqueConstraint("contract_id", "number"),)

    contract_id: uuid.UUID = Field(foreign_key="contract.id")
    number: int
    signed_on: date
    change_minor: int = Field(default=0, sa_type=BigInteger)
    ends_on: date | None = None
    reason: str = Field(max_length=1000)
    made_by_id: uuid.UUID = Field(foreign_key="person.id")
    made_at: datetime


class Invoice(Versioned, Audited, table=True):
    """An invoice of a contract."""

    __tablename__ = "invoice"
    __later__: ClassVar[Mapping[str, Any]] = {"note": "", "by_id": None}
    __table_args__ = (UniqueConstraint("contract_id", "number"),)

    contract_id: uuid.UUID = Field(foreign_key="contract.id")
    number: str = Field(max_length=60)
    issued_on: date
    amount_minor: int = Field(sa_type=BigInteger)
    state: InvoiceState = Field(default=InvoiceState.RECEIVED, sa_type=enum_type(InvoiceState, 20))
    paid_on: date | None = None
    reason: str = Field(default="", max_length=1000, description="why it was rejected")
    note: str = Field(
        default="",
        max_length=1000,
        sa_column_kwargs={"server_default": ""},
        description="why what was unusual of it is right",
    )
    by_id: uuid.UUID | None = Field(
        default=None, foreign_key="person.id", description="who put it on record; nobody knows of the oldest"
    )


class DrawSettlement(Table, Audited, table=True):
    """A person's word on a difference between the draws of a code's order and the contracts on it, as it was that day."""

    __tablename__ = "draw_settlement"

    code_id: uuid.UUID = Field(foreign_key="approval_code.id", index=True)
    order_reference: str = Field(max_length=80)
    drawn_minor: int = Field(sa_type=BigInteger)
    contracted_minor: int = Field(sa_type=BigInteger)
    reason: str = Field(max_length=1000)
    made_by_id: uuid.UUID = Field(foreign_key="person.id")
    made_at: datetime
