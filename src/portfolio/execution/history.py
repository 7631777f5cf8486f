"""Every amount that was ever recorded of a project, and what each replaced: entries are never overwritten, so this is a reading."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.execution.models import ExecutionDifference, ExecutionEntry, ExecutionRun
from portfolio.execution.terms import DifferenceState, Flow

PAGE = 60
"""Amounts of one page."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What of it. `before`: only what had come in before this instant."""

    month: date | None = None
    flow: Flow | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """An amount with the file that it came in, the amount of its key that it replaced, and whether it is the one that holds."""

    entry: ExecutionEntry
    run: ExecutionRun | None
    before: ExecutionEntry | None
    holds: bool


def said_of(session: Session, project_id: uuid.UUID, asked: Asked) -> list[Said]:
    """Newest month first; of one month, line, flow and reference the last word first."""
    query = (
        select(ExecutionEntry, ExecutionRun)
        .outerjoin(ExecutionRun, col(ExecutionRun.id) == col(ExecutionEntry.run_id))
        .where(col(ExecutionEntry.project_id) == project_id)
    )
    if asked.month is not None:
        query = query.where(col(ExecutionEntry.month) == asked.month)
    if asked.flow is not None:
        query = query.where(col(ExecutionEntry.flow) == asked.flow)
    if asked.before is not None:
        query = query.where(col(ExecutionEntry.made_at) < asked.before)
    rows = session.execute(query.order_by(col(ExecutionEntry.ordinal), col(ExecutionEntry.id))).all()
    last: dict[tuple[date, str, Flow, str], ExecutionEntry] = {}
    found = []
    for entry, run in rows:
        key = (entry.month, entry.line, entry.flow, entry.reference)
        found.append((entry, run, last.get(key)))
        last[key] = entry
    holding = {entry.id for entry in last.values()}
    told = [Said(entry, run, before, entry.id in holding) for entry, run, before in found]
    flows = list(Flow)
    told.sort(key=lambda one: (one.entry.line, flows.index(one.entry.flow), one.entry.reference, -one.entry.ordinal))
    told.sort(key=lambda one: one.entry.month, reverse=True)
    return told


def replaced_rows(session: Session, project_id: uuid.UUID) -> Sequence[tuple[ExecutionDifference, ExecutionRun]]:
    """Rows that were assigned to the project when a later file already held: they changed nothing."""
    rows = session.execute(
        select(ExecutionDifference, ExecutionRun)
        .join(ExecutionRun, col(ExecutionRun.id) == col(ExecutionDifference.run_id))
        .where(
            and_(
                col(ExecutionDifference.project_id) == project_id,
                col(ExecutionDifference.state) == DifferenceState.REPLACED,
            )
        )
        .order_by(col(ExecutionDifference.settled_at), col(ExecutionDifference.id))
    )
    return [(row, run) for row, run in rows]
