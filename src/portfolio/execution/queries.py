"""Reading execution: of each key the newest amount counts. Frames come in one statement, for one project or all of them.

`KnownOn` turns the clock back: of each key the newest amount of those that were known on a day counts. An amount of a file is known
from the day that its file describes, whenever the file was loaded here; a typed one from the day on which it was typed.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

import polars as pl
from sqlalchemy import ColumnElement, String, and_, cast, exists, or_, select, type_coerce
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from portfolio.execution.models import (
    Contract,
    ContractAmendment,
    ExecutionDifference,
    ExecutionEntry,
    ExecutionRun,
    Invoice,
)
from portfolio.projects.models import Initiative, Project

FLOWS = pl.Schema(
    {
        "project": pl.String(),
        "month": pl.Date(),
        "line": pl.String(),
        "flow": pl.String(),
        "amount": pl.Int64(),
        "currency": pl.String(),
        "origin": pl.String(),
    }
)
"""One row a project, month, line, flow and reference: the amount that counts, in minor units. `project` as the database writes ids."""


@dataclass(frozen=True, slots=True)
class KnownOn:
    """A day of the country whose knowledge is asked for, its end included."""

    day: date
    zone: tzinfo

    def holds(self, entry: Any) -> ColumnElement[bool]:
        """A condition on `ExecutionEntry` or an alias of it."""
        after = datetime.combine(self.day + timedelta(days=1), time(), self.zone).astimezone(UTC)
        files = select(col(ExecutionRun.id)).where(col(ExecutionRun.as_at) <= self.day)
        return or_(
            col(entry.run_id).in_(files),
            and_(col(entry.run_id).is_(None), col(entry.made_at) < after),
        )


def counts(known: KnownOn | None = None) -> ColumnElement[bool]:
    """A condition on `ExecutionEntry`: no later row of its key is there (of those known on a day), and it says an amount."""
    later = aliased(ExecutionEntry)
    is_later = [
        col(later.project_id) == col(ExecutionEntry.project_id),
        col(later.month) == col(ExecutionEntry.month),
        col(later.line) == col(ExecutionEntry.line),
        col(later.flow) == col(ExecutionEntry.flow),
        col(later.reference) == col(ExecutionEntry.reference),
        col(later.ordinal) > col(ExecutionEntry.ordinal),
    ]
    if known is None:
        return col(ExecutionEntry.amount_minor).is_not(None) & ~exists().where(*is_later)
    return and_(
        col(ExecutionEntry.amount_minor).is_not(None),
        known.holds(ExecutionEntry),
        ~exists().where(*is_later, known.holds(later)),
    )


def flows_frame(
    session: Session, among: ColumnElement[bool] | None = None, known: KnownOn | None = None
) -> pl.DataFrame:
    """`FLOWS` of all projects, or of those for which the condition on `ExecutionEntry.project_id` holds, by project and month.

    `known`: as the record had them on a day; otherwise as it has them now.
    """
    query = select(
        cast(col(ExecutionEntry.project_id), String),
        col(ExecutionEntry.month),
        col(ExecutionEntry.line),
        type_coerce(col(ExecutionEntry.flow), String),
        col(ExecutionEntry.amount_minor),
        col(ExecutionEntry.currency),
        type_coerce(col(ExecutionEntry.origin), String),
    ).where(counts(known))
    if among is not None:
        query = query.where(among)
    query = query.order_by(col(ExecutionEntry.project_id), col(ExecutionEntry.month), col(ExecutionEntry.id))
    rows: list[tuple[Any, ...]] = [tuple(row) for row in session.execute(query)]
    return pl.DataFrame(rows, schema=FLOWS, orient="row")


def entries_of(session: Session, project_id: uuid.UUID) -> Sequence[ExecutionEntry]:
    """Amounts of a project that count, oldest month first."""
    return session.scalars(
        select(ExecutionEntry)
        .where(col(ExecutionEntry.project_id) == project_id, counts())
        .order_by(col(ExecutionEntry.month), col(ExecutionEntry.line), col(ExecutionEntry.flow), col(ExecutionEntry.id))
    ).all()


def entries_of_run(
    session: Session, run_id: uuid.UUID, after: uuid.UUID | None, most: int
) -> list[tuple[ExecutionEntry, str]]:
    """Amounts that a file recorded, in the order in which it did, each with the number of its project; at most `most`."""
    query = (
        select(ExecutionEntry, col(Initiative.reference))
        .join(Project, col(Project.id) == col(ExecutionEntry.project_id))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .where(col(ExecutionEntry.run_id) == run_id)
        .order_by(col(ExecutionEntry.id))
        .limit(most)
    )
    if after is not None:
        query = query.where(col(ExecutionEntry.id) > after)
    return [(row, number) for row, number in session.execute(query)]


def differences_of_run(session: Session, run_id: uuid.UUID, most: int) -> Sequence[ExecutionDifference]:
    """Rows of a file that matched nothing, settled or not, by their number; at most `most`."""
    return session.scalars(
        select(ExecutionDifference)
        .where(col(ExecutionDifference.run_id) == run_id)
        .order_by(col(ExecutionDifference.row_number), col(ExecutionDifference.id))
        .limit(most)
    ).all()


def contracts_of(session: Session, project_id: uuid.UUID) -> Sequence[Contract]:
    """By the day of their signature."""
    return session.scalars(
        select(Contract)
        .where(col(Contract.project_id) == project_id)
        .order_by(col(Contract.signed_on), col(Contract.id))
    ).all()


def amendments_of(session: Session, contracts: Sequence[uuid.UUID]) -> Sequence[ContractAmendment]:
    return session.scalars(
        select(ContractAmendment)
        .where(col(ContractAmendment.contract_id).in_(contracts))
        .order_by(col(ContractAmendment.contract_id), col(ContractAmendment.number))
    ).all()


def invoices_of(session: Session, contracts: Sequence[uuid.UUID]) -> Sequence[Invoice]:
    return session.scalars(
        select(Invoice)
        .where(col(Invoice.contract_id).in_(contracts))
        .order_by(col(Invoice.contract_id), col(Invoice.issued_on), col(Invoice.id))
    ).all()
