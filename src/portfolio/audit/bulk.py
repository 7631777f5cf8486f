"""Many audited rows at once: one INSERT, and the trail still vouches for each of them, one by one or as a batch."""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from portfolio.audit.canon import canonical, row_digest
from portfolio.audit.models import RowBatch
from portfolio.audit.trail import state_of, vouch_for, vouched_columns
from portfolio.db.base import new_id, utc_now

TOGETHER = 500
"""Rows that are written as JSON at once: one by one takes twice as long."""


def insert_rows(session: Session, model: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert complete rows of an audited table (every column named, ids included); the caller records the event.

    Without the session's own listeners: columns that those keep must be in the mappings.
    """
    if not rows:
        return
    table = model.__table__
    session.flush()
    session.connection().execute(insert(table), [dict(row) for row in rows])
    for row in rows:
        vouch_for(session, table.name, row["id"], row_digest(table.name, state_of(model, row)))


def insert_batch(session: Session, model: type[Any], rows: Sequence[dict[str, Any]]) -> uuid.UUID:
    """Insert complete rows of an append-only table as one batch and return its id; the caller records the event.

    The trail holds one digest for all of them (`RowBatch`) instead of one for each: six million values of a year's feed cost
    a few hundred rows of it. `rows` are in the order of their ids, and are given the batch's id here. Raises `ValueError` for
    a table whose rows may change or to which columns were added, or rows out of order: nothing could tell later what became
    of them.
    """
    if not model.__batch__ or model.__later__:
        raise ValueError(f"{model.__tablename__} does not take batches")
    table, batch_id, told = model.__table__, new_id(), BatchDigest(model)
    for row in rows:
        row[model.__batch__] = batch_id
        told.add(row)
    session.flush()
    session.connection().execute(insert(table), list(rows))
    batch = {
        "id": batch_id,
        "created_at": utc_now(),
        "table_name": table.name,
        "size": told.count,
        "digest": told.hexdigest(),
    }
    insert_rows(session, RowBatch, [batch])
    return batch_id


class BatchDigest:
    """SHA-256 over the canonical JSON of a list: the names of the columns in their order, then each row's values, by id."""

    def __init__(self, model: type[Any]) -> None:
        self._columns = sorted(name for name, _key in vouched_columns(model))
        self._hash = hashlib.sha256(canonical([self._columns])[:-1].encode())
        self._held: list[list[Any]] = []
        self._last = uuid.UUID(int=0)
        self.count = 0

    def add(self, row: Mapping[str, Any]) -> None:
        """Raises `ValueError` for a row that comes before one that was added."""
        if row["id"] <= self._last:
            raise ValueError("the rows of a batch come in the order of their ids")
        self._last = row["id"]
        self.count += 1
        self._held.append([row[name] for name in self._columns])
        if len(self._held) == TOGETHER:
            self._take_in()

    def hexdigest(self) -> str:
        """Of the rows so far; more may follow."""
        self._take_in()
        ended = self._hash.copy()
        ended.update(b"]")
        return ended.hexdigest()

    def _take_in(self) -> None:
        if self._held:
            self._hash.update(b"," + canonical(self._held)[1:-1].encode())
            self._held = []
