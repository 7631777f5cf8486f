"""Amounts of months become rows: of one key (project, month, line, flow, reference) the next ordinal counts from then on."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.bulk import insert_rows
from portfolio.db.base import new_id
from portfolio.execution.models import ExecutionEntry, ExecutionRun
from portfolio.execution.terms import Flow, Origin
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Project

CHUNK = 500
"""Ids of one statement: databases bound the parameters of one."""

Key = tuple[uuid.UUID, date, str, Flow, str]


@dataclass(frozen=True, slots=True)
class Amount:
    """What is to be kept of one month, in minor units; nothing takes back what is there."""

    project_id: uuid.UUID
    month: date
    line: str
    flow: Flow
    reference: str
    minor: int | None
    currency: str
    code_id: uuid.UUID | None = None
    reason: str = ""

    @property
    def key(self) -> Key:
        return self.project_id, self.month, self.line, self.flow, self.reference


@dataclass(frozen=True, slots=True)
class Newest:
    """The row of a key that counts; `as_at`: the day that its file describes, nothing for a typed one, as `run_id`."""

    ordinal: int
    minor: int | None
    currency: str
    origin: Origin
    as_at: date | None
    run_id: uuid.UUID | None = None

    def says(self, amount: Amount) -> bool:
        """A typed amount that the financial system repeats becomes the system's."""
        return self.origin is Origin.SYSTEM and (self.minor, self.currency) == (amount.minor, amount.currency)


def lock(session: Session, projects: Iterable[uuid.UUID]) -> None:
    """Nobody else keeps amounts of these projects before this transaction ends."""
    wanted = sorted(projects)
    for start in range(0, len(wanted), CHUNK):
        session.execute(
            select(col(Project.id))
            .where(col(Project.id).in_(wanted[start : start + CHUNK]))
            .order_by(col(Project.id))
            .with_for_update()
        )


def newest(session: Session, projects: Collection[uuid.UUID]) -> dict[Key, Newest]:
    """What counts of these projects, by key; one statement for each `CHUNK` of them."""
    wanted, found = sorted(projects), {}
    for start in range(0, len(wanted), CHUNK):
        rows = session.execute(
            select(
                col(ExecutionEntry.project_id), col(ExecutionEntry.month), col(ExecutionEntry.line),
                col(ExecutionEntry.flow), col(ExecutionEntry.reference), col(ExecutionEntry.ordinal),
                col(ExecutionEntry.amount_minor), col(ExecutionEntry.currency), col(ExecutionEntry.origin),
                col(ExecutionRun.as_at), col(ExecutionEntry.run_id),
            )
            .outerjoin(ExecutionRun, col(ExecutionRun.id) == col(ExecutionEntry.run_id))
            .where(col(ExecutionEntry.project_id).in_(wanted[start : start + CHUNK]))
            .order_by(col(ExecutionEntry.ordinal))
        )  # fmt: skip
        for row in rows:
            found[row[0], row[1], row[2], row[3], row[4]] = Newest(*row[5:])
    return found


def keep(
    session: Session,
    actor: Viewer,
    at: datetime,
    amounts: Sequence[Amount],
    there: Mapping[Key, Newest],
    origin: Origin,
    run: ExecutionRun | None = None,
) -> int:
    """Insert them and return how many; the caller holds `lock`, read `there` under it, and records the event."""
    rows = [
        {
            "id": new_id(),
            "created_at": at,
            "project_id": one.project_id,
            "month": one.month,
            "line": one.line,
            "flow": one.flow,
            "reference": one.reference,
            "ordinal": there[one.key].ordinal + 1 if one.key in there else 0,
            "amount_minor": one.minor,
            "currency": one.currency,
            "origin": origin,
            "run_id": None if run is None else run.id,
            "code_id": one.code_id,
            "reason": one.reason,
            "made_by_id": actor.person_id if actor.grants else None,
            "made_at": at,
        }
        for one in amounts
    ]
    insert_rows(session, ExecutionEntry, rows)
    return len(rows)
