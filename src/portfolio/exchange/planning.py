"""What an import would do, row by row, against what the portfolio holds: asked by the preview, the dry run and the import."""

import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import date
from enum import Enum

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.documents.mapping import Mapped, MappedRecord
from portfolio.exchange.observed import source_key
from portfolio.projects.models import Initiative, SourceObservation

Key = tuple[str, int]
"""Source key as stored, and ordinal."""


class Fate(Enum):
    """What becomes of a row."""

    CREATED = "created"  # an initiative seen for the first time
    ADDED = "added"  # a known initiative, as at another date
    CHANGED = "changed"  # a known observation that now says something else
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Step:
    """One row and its fate; `observation_id` only for one that changed."""

    record: MappedRecord
    key: Key
    fate: Fate
    initiative_id: uuid.UUID | None = None
    observation_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in the order of their as-at dates, so that the newest has the last word; within a date as the file has them."""

    steps: tuple[Step, ...]
    read: int
    rejected: int

    def count(self, *fates: Fate) -> int:
        found = Counter(step.fate for step in self.steps)
        return sum(found[fate] for fate in fates)

    @property
    def created(self) -> int:
        return self.count(Fate.CREATED)

    @property
    def updated(self) -> int:
        """Initiatives that were known, and of which the file says something new."""
        return self.count(Fate.ADDED, Fate.CHANGED)

    @property
    def unchanged(self) -> int:
        return self.count(Fate.UNCHANGED)


def plan_import(session: Session, mapped: Mapped) -> Plan:
    """Compare each row with what is stored, by identity, date and digest. Reads only."""
    source = mapped.mapping.source
    initiatives = _initiatives(session, source)
    observations = _observations(session, source)
    seen: set[Key] = set(initiatives)
    steps = []
    for record in sorted(mapped.records, key=lambda record: record.as_at):
        key = (source_key(record.identity), record.identity.ordinal)
        initiative_id = initiatives.get(key)
        found = observations.get((initiative_id, record.as_at)) if initiative_id else None
        steps.append(_step(record, key, initiative_id, found, is_new=key not in seen))
        seen.add(key)
    return Plan(tuple(steps), mapped.counts.read, mapped.counts.rejected)


def _step(
    record: MappedRecord,
    key: Key,
    initiative_id: uuid.UUID | None,
    found: tuple[uuid.UUID, str] | None,
    *,
    is_new: bool,
) -> Step:
    if is_new:
        return Step(record, key, Fate.CREATED)
    if found is None:
        return Step(record, key, Fate.ADDED, initiative_id)
    fate = Fate.UNCHANGED if found[1] == record.digest else Fate.CHANGED
    return Step(record, key, fate, initiative_id, found[0])


def _initiatives(session: Session, source: str) -> dict[Key, uuid.UUID]:
    rows = session.execute(
        select(col(Initiative.source_key), col(Initiative.source_ordinal), col(Initiative.id)).where(
            col(Initiative.source) == source
        )
    )
    return {(key, ordinal): id_ for key, ordinal, id_ in rows}


def _observations(session: Session, source: str) -> dict[tuple[uuid.UUID, date], tuple[uuid.UUID, str]]:
    rows = session.execute(
        select(
            col(SourceObservation.initiative_id),
            col(SourceObservation.as_at),
            col(SourceObservation.id),
            col(SourceObservation.digest),
        )
        .join(Initiative, col(Initiative.id) == col(SourceObservation.initiative_id))
        .where(col(Initiative.source) == source)
    )
    return {(initiative_id, as_at): (id_, digest) for initiative_id, as_at, id_, digest in rows}
