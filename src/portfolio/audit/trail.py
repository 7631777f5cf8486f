"""`record(…)` queues an event; at commit it is chained, last, with the digest of every audited row that changed.

A transaction that changes an audited row and records no event does not commit: the trail cannot be forgotten.
"""

import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import event, insert, inspect, select, update
from sqlalchemy.orm import Session, UOWTransaction

from portfolio.audit.canon import FORMAT, GENESIS, canonical, chain_hash, digest, row_digest
from portfolio.audit.models import AuditEvent, AuditHead, AuditRow, AuditText
from portfolio.audit.terms import CHAIN_OF, Chain, Tag
from portfolio.db.base import Audited, new_id, utc_now
from portfolio.people.viewer import SYSTEM, Viewer

_EVENTS, _CHANGED = "audit_events", "audit_changed"
ROWS_HEAD = "rows"
"""The head that numbers `audit_row` over all chains."""


class UnrecordedChange(Exception):
    """Our own mistake: an audited row changed in a transaction that recorded nothing."""


@dataclass(frozen=True, slots=True)
class Pending:
    """An event waiting for its place in the chain."""

    tag: Tag
    actor_id: uuid.UUID | None
    object_type: str
    object_id: uuid.UUID | None
    content: dict[str, Any]
    texts: tuple[AuditText, ...] = field(default=())


def record(
    session: Session, actor: Viewer | None, tag: Tag, subject: Any = None, *, words: str = "", **detail: Any
) -> None:
    """Queue one event for this transaction.

    `subject` is a row with an `id`; `detail` holds ids, codes, amounts and digests only. `words` (a reason, a name, an
    address) stay outside the chain, which keeps their salted commitment.
    """
    content: dict[str, Any] = dict(detail)
    texts: tuple[AuditText, ...] = ()
    if words:
        salt = secrets.token_hex(16)
        commitment = digest(salt + words)
        texts = (AuditText(commitment=commitment, salt=salt, value=words),)
        content["words"] = commitment
    if actor is not None and actor is not SYSTEM:
        content["roles"] = sorted(role.value for role in actor.roles)
        content["acting_for"] = sorted(str(g.acting_for_id) for g in actor.grants if g.acting_for_id)
    session.info.setdefault(_EVENTS, []).append(
        Pending(
            tag=tag,
            actor_id=None if actor is None else actor.person_id,
            object_type="" if subject is None else str(subject.__tablename__),
            object_id=None if subject is None else subject.id,
            content=content,
            texts=texts,
        )
    )


def row_state(row: Any) -> dict[str, Any]:
    """The columns that the trail vouches for, by column name; `version` counts saves and says nothing by itself."""
    mapper = inspect(type(row))
    skipped = type(row).__unaudited__ | {"version"}
    return {
        column.name: getattr(row, mapper.get_property_by_column(column).key)
        for column in mapper.local_table.columns
        if column.name not in skipped
    }


@event.listens_for(Session, "after_flush")
def _collect(session: Session, _context: UOWTransaction) -> None:
    changed: dict[tuple[str, str], Any] = session.info.setdefault(_CHANGED, {})
    for row in session.new | session.dirty:
        if isinstance(row, Audited) and (row in session.new or session.is_modified(row)):
            changed[(row.__tablename__, str(row.id))] = row  # type: ignore[attr-defined]
    for row in session.deleted:
        if isinstance(row, Audited):
            changed[(row.__tablename__, str(row.id))] = None  # type: ignore[attr-defined]


@event.listens_for(Session, "before_commit")
def _chain(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    pending: list[Pending] = session.info.pop(_EVENTS, [])
    changed: dict[tuple[str, str], Any] = session.info.pop(_CHANGED, {})
    if not pending:
        if changed:
            tables = ", ".join(sorted({table for table, _ in changed}))
            raise UnrecordedChange(f"rows of {tables} changed and no event was recorded")
        return
    rows = sorted(
        (table, row_id, None if row is None else row_digest(table, row_state(row)))
        for (table, row_id), row in changed.items()
    )
    append(session, pending, rows)


@event.listens_for(Session, "after_rollback")
@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, *_previous: object) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_EVENTS, None)
        session.info.pop(_CHANGED, None)


def append(session: Session, pending: list[Pending], rows: list[tuple[str, str, str | None]]) -> None:
    """Take the heads, in a fixed order, and write the events; the rows' digests go with the last one.

    `rows` is a list of (table, id, digest or nothing when deleted).
    """
    chains = sorted({CHAIN_OF[p.tag].value for p in pending} | ({ROWS_HEAD} if rows else set()))
    heads = {name: _locked_head(session, name) for name in chains}
    at = utc_now()  # after the locks, so that instants never run backwards within a chain
    texts = [text for p in pending for text in p.texts]
    if texts:
        session.execute(insert(AuditText), [text.model_dump() for text in texts])
    for position, event_ in enumerate(pending):
        is_last = position == len(pending) - 1
        chain = CHAIN_OF[event_.tag]
        seq, prev = heads[chain.value]
        canon = _canon(chain, seq + 1, at, event_, rows if is_last else [])
        hash_ = chain_hash(prev, canon)
        session.execute(insert(AuditEvent), [_values(chain, seq + 1, at, event_, canon, prev, hash_)])
        heads[chain.value] = (seq + 1, hash_)
        if is_last and rows:
            heads[ROWS_HEAD] = _write_rows(session, heads[ROWS_HEAD], chain, seq + 1, rows)
    for name, (seq, hash_) in heads.items():
        session.execute(update(AuditHead).where(AuditHead.chain == name).values(seq=seq, hash=hash_))  # type: ignore[arg-type]


def rows_commitment(rows: list[tuple[str, str, str | None]]) -> str:
    """What an event's canonical bytes say about the rows it changed: the digest of the sorted list."""
    return digest([list(row) for row in rows])


def _canon(chain: Chain, seq: int, at: datetime, pending: Pending, rows: list[tuple[str, str, str | None]]) -> str:
    return canonical(
        {
            "v": FORMAT,
            "chain": chain,
            "seq": seq,
            "at": at,
            "actor": pending.actor_id,
            "action": pending.tag,
            "object": {"type": pending.object_type, "id": pending.object_id},
            "detail": pending.content,
            "rows": {"count": len(rows), "digest": rows_commitment(rows)} if rows else None,
        }
    )


def _values(
    chain: Chain, seq: int, at: datetime, pending: Pending, canon: str, prev: str, hash_: str
) -> dict[str, Any]:
    return {
        "chain": chain,
        "seq": seq,
        "id": new_id(),
        "at": at,
        "action": pending.tag.value,
        "actor_id": pending.actor_id,
        "object_type": pending.object_type,
        "object_id": pending.object_id,
        "canon": canon,
        "prev": prev,
        "hash": hash_,
    }


def _write_rows(
    session: Session, head: tuple[int, str], chain: Chain, seq: int, rows: list[tuple[str, str, str | None]]
) -> tuple[int, str]:
    ordinal, hash_ = head
    session.execute(
        insert(AuditRow),
        [
            {"ordinal": ordinal + i, "chain": chain, "seq": seq, "table_name": t, "row_id": r, "digest": d}
            for i, (t, r, d) in enumerate(rows, start=1)
        ],
    )
    return ordinal + len(rows), hash_


def _locked_head(session: Session, name: str) -> tuple[int, str]:
    query = select(AuditHead.seq, AuditHead.hash).where(AuditHead.chain == name).with_for_update()  # type: ignore[arg-type,call-overload]
    found = session.execute(query).one_or_none()
    if found is None:
        session.execute(insert(AuditHead), [{"chain": name, "seq": 0, "hash": GENESIS}])
        return 0, GENESIS
    return found.seq, found.hash
