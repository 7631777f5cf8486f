"""Business rows as they are now, against the last digest that the trail holds of each: an edit behind its back shows here."""

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import col

from portfolio.audit.bulk import BatchDigest
from portfolio.audit.canon import row_digest
from portfolio.audit.models import AuditRow, RowBatch
from portfolio.audit.trail import audited_tables, state_of
from portfolio.audit.verdict import Finding, Kind
from portfolio.db.base import Audited

BATCH = 1000


def first_difference(connection: Connection) -> tuple[Finding | None, int]:
    """The first row that differs from its last digest, was never recorded, or is gone; and the number of rows looked at."""
    count = 0
    for table, model in audited_tables().items():
        batches = _Batches(table, model)
        for rows in _pages(connection, model):
            finding = _first_changed(connection, table, model, batches.without(rows))
            if finding is not None:
                return finding, count
            count += len(rows)
        finding = batches.first_changed(connection) or _first_vanished(connection, table, model)
        if finding is not None:
            return finding, count
    return None, count


class _Batches:
    """Rows that came in as batches, hashed as they are met: memory is that of the batches, not of their rows."""

    def __init__(self, table: str, model: type[Any]) -> None:
        self._table, self._model, self._met = table, model, dict[uuid.UUID, BatchDigest]()

    def without(self, rows: Sequence[Any]) -> Sequence[Any]:
        """Those of no batch, which have digests of their own; the others are taken in. Rows come in the order of their ids."""
        column = self._model.__batch__
        if not column:
            return rows
        own = []
        for row in rows:
            batch_id = row[column]
            if batch_id is None:
                own.append(row)
                continue
            if batch_id not in self._met:
                self._met[batch_id] = BatchDigest(self._model)
            self._met[batch_id].add(row)
        return own

    def first_changed(self, connection: Connection) -> Finding | None:
        """A batch that does not have its digest any more: a row of it was edited, planted or taken away."""
        query = select(col(RowBatch.id), col(RowBatch.size), col(RowBatch.digest))
        told = {row.id: row for row in connection.execute(query.where(col(RowBatch.table_name) == self._table))}
        for batch_id, met in self._met.items():
            if batch_id not in told:
                words = "its rows name a batch that the trail knows nothing of"
                return Finding(Kind.UNRECORDED, words, table=self._table, row_id=str(batch_id))
            if (met.count, met.hexdigest()) != (told[batch_id].size, told[batch_id].digest):
                words = (
                    f"the batch of {told[batch_id].size} rows is not what the trail said of it ({met.count} are there)"
                )
                return Finding(Kind.STATE, words, table=self._table, row_id=str(batch_id))
        for batch_id in told.keys() - self._met.keys():
            words = "the rows of a batch are gone, and the trail did not say so"
            return Finding(Kind.VANISHED, words, table=self._table, row_id=str(batch_id))
        return None


def _pages(connection: Connection, model: type[Any]) -> Iterator[list[Any]]:
    """Every row of a table, in batches, by key: no cursor stays open and no offset grows."""
    table = model.__table__
    last: uuid.UUID | None = None
    while True:
        query = select(table).order_by(table.c.id).limit(BATCH)
        rows = list(connection.execute(query if last is None else query.where(table.c.id > last)).mappings())
        if rows:
            yield rows
        if len(rows) < BATCH:
            return
        last = rows[-1]["id"]


def _latest(connection: Connection, table: str, row_ids: Sequence[str]) -> dict[str, str | None]:
    query = (
        select(col(AuditRow.row_id), col(AuditRow.digest))
        .where(col(AuditRow.table_name) == table, col(AuditRow.row_id).in_(row_ids))
        .order_by(col(AuditRow.ordinal))
    )
    return {row.row_id: row.digest for row in connection.execute(query)}


def _first_changed(connection: Connection, table: str, model: type[Audited], rows: Sequence[Any]) -> Finding | None:
    if not rows:
        return None
    latest = _latest(connection, table, [str(row["id"]) for row in rows])
    for row in rows:
        row_id = str(row["id"])
        if row_id not in latest:
            return Finding(Kind.UNRECORDED, "the trail knows nothing of this row", table=table, row_id=row_id)
        told = latest[row_id]
        if told is None:
            return Finding(Kind.UNRECORDED, "the trail says that this row was deleted", table=table, row_id=row_id)
        if told != row_digest(table, state_of(model, row)):
            return Finding(Kind.STATE, "the row is not what the trail last said of it", table=table, row_id=row_id)
    return None


def _first_vanished(connection: Connection, table: str, model: type[Any]) -> Finding | None:
    """Rows that the trail says are there: by key over the digests, each batch looked up in the table."""
    last = ""
    while True:
        ids = list(
            connection.scalars(
                select(col(AuditRow.row_id))
                .where(col(AuditRow.table_name) == table, col(AuditRow.row_id) > last)
                .group_by(col(AuditRow.row_id))
                .order_by(col(AuditRow.row_id))
                .limit(BATCH)
            )
        )
        if not ids:
            return None
        living = [row_id for row_id, told in _latest(connection, table, ids).items() if told is not None]
        key = model.__table__.c.id
        query = select(key).where(key.in_([uuid.UUID(row_id) for row_id in living]))
        there = {str(found) for found in connection.scalars(query)}
        for row_id in living:
            if row_id not in there:
                return Finding(
                    Kind.VANISHED, "the row is gone, and the trail did not say so", table=table, row_id=row_id
                )
        last = ids[-1]
