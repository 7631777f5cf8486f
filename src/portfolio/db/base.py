"""The base of every table: a time-ordered key, the instant of creation, optimistic versions, and what the trail vouches for."""

import enum
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

import sqlalchemy as sa
import uuid_utils.compat
from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING


def new_id() -> uuid.UUID:
    """A UUIDv7: unique outside, ordered by time inside."""
    return uuid_utils.compat.uuid7()


def utc_now() -> datetime:
    return datetime.now(UTC)


def enum_type(members: type[enum.Enum], length: int = 40) -> Any:
    """A VARCHAR that holds the member's value: a new member needs no DDL, and both databases store the same text."""
    return sa.Enum(
        members,
        native_enum=False,
        length=length,
        create_constraint=False,
        values_callable=lambda e: [m.value for m in e],
    )


class Table(SQLModel):
    """A row of ours. `table=True` classes do not validate: build one only from a validated form or from our own code."""

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    created_at: datetime = Field(default_factory=utc_now)


class Versioned(Table):
    """A row that two people may edit: the second writer is told, never silently obeyed."""

    version: int = Field(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        table = getattr(cls, "__table__", None)
        return {} if table is None else {"version_id_col": table.c.version}


class Audited:
    """Marks a table whose rows the trail vouches for: every change carries the digest of the new state in its event.

    `__unaudited__` names columns outside the digest (counters, caches), which the trail does not vouch for. `__batch__`, of an
    append-only table, names the column that says with which batch a row came in (`audit.bulk.insert_batch`); it is outside
    the digest too, because the batch's own digest says which rows are in it. `__later__` names columns that joined when there
    were rows already, each with the value that those rows got: while a row holds it, its digest is what it was before.
    """

    __unaudited__: ClassVar[frozenset[str]] = frozenset()
    __batch__: ClassVar[str] = ""
    __later__: ClassVar[Mapping[str, Any]] = {}
