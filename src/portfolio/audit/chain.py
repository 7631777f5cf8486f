"""Events find their place: heads locked in one fixed order, canonical bytes hashed, the digests of changed rows beside them."""

import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.canon import FORMAT, GENESIS, canonical, chain_hash, digest
from portfolio.audit.models import AuditEvent, AuditHead, AuditRow, AuditText
from portfolio.audit.terms import CHAIN_OF, Chain, Tag
from portfolio.db.base import new_id, utc_now

ROWS_HEAD = "rows"
"""The head that numbers `audit_row` over all chains."""
CASE = "business_case"
"""The table whose rows are cases: what is done to a case is also about it."""

RowDigest = tuple[str, str, str | None]
"""(table, row id, digest; nothing when the row was deleted)"""


@dataclass(frozen=True, slots=True)
class Pending:
    """An event waiting for its place in the chain."""

    tag: Tag
    actor_id: uuid.UUID | None
    object_type: str
    object_id: uuid.UUID | None
    content: dict[str, Any]
    request: dict[str, str] = field(default_factory=dict)
    texts: tuple[AuditText, ...] = field(default=())

    @property
    def about_id(self) -> uuid.UUID | None:
        """The case that the event belongs to: its object, or what the action named as `case`."""
        if self.object_type == CASE:
            return self.object_id
        named = self.content.get("case")
        return uuid.UUID(str(named)) if named else None


def append(session: Session, pending: list[Pending], rows: list[RowDigest]) -> None:
    """Take the heads and write the events, in the transaction of the act; the rows' digests go with the last event.

    Every transaction takes its heads in the order of their names, after all its other locks, and then commits: two of
    them can wait for each other but never in a circle.
    """
    chains = sorted({CHAIN_OF[p.tag].value for p in pending} | ({ROWS_HEAD} if rows else set()))
    heads = {name: _locked_head(session, name) for name in chains}
    at = utc_now()  # after the locks, so that instants do not run backwards within a chain
    texts = [text for p in pending for text in p.texts]
    if texts:
        session.execute(insert(AuditText), [text.model_dump() for text in texts])
    events = []
    for position, waiting in enumerate(pending):
        is_last = position == len(pending) - 1
        chain = CHAIN_OF[waiting.tag]
        seq, prev = heads[chain.value]
        id_ = new_id()
        canon = _canon(chain, seq + 1, id_, at, waiting, rows if is_last else [])
        hash_ = chain_hash(prev, canon)
        events.append(_values(chain, seq + 1, id_, at, waiting, canon, prev, hash_))
        heads[chain.value] = (seq + 1, hash_)
    session.execute(insert(AuditEvent), events)
    if rows:
        last = events[-1]
        heads[ROWS_HEAD] = _write_rows(session, heads[ROWS_HEAD], last["chain"], last["seq"], rows)
    for name in chains:
        seq, hash_ = heads[name]
        session.execute(update(AuditHead).where(col(AuditHead.chain) == name).values(seq=seq, hash=hash_))


def rows_commitment(rows: list[RowDigest]) -> str:
    """What an event's canonical bytes say about the rows it changed: the digest of the list, sorted by table and id.

    The texts are ids and hexadecimal digits, of which the standard library's JSON is RFC 8785 already, and much faster.
    """
    return digest(json.dumps(rows, separators=(",", ":"), ensure_ascii=False))


def _canon(chain: Chain, seq: int, id_: uuid.UUID, at: datetime, pending: Pending, rows: list[RowDigest]) -> str:
    return canonical(
        {
            "v": FORMAT,
            "chain": chain,
            "seq": seq,
            "id": id_,
            "at": at,
            "actor": pending.actor_id,
            "request": pending.request,
            "action": pending.tag,
            "object": {"type": pending.object_type, "id": pending.object_id},
            "detail": pending.content,
            "rows": {"count": len(rows), "digest": rows_commitment(rows)} if rows else None,
        }
    )


def _values(
    chain: Chain, seq: int, id_: uuid.UUID, at: datetime, pending: Pending, canon: str, prev: str, hash_: str
) -> dict[str, Any]:
    return {
        "chain": chain,
        "seq": seq,
        "id": id_,
        "at": at,
        "action": pending.tag.value,
        "actor_id": pending.actor_id,
        "object_type": pending.object_type,
        "object_id": pending.object_id,
        "about_id": pending.about_id,
        "canon": canon,
        "prev": prev,
        "hash": hash_,
    }


def _write_rows(
    session: Session, head: tuple[int, str], chain: Chain, seq: int, rows: list[RowDigest]
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
    query = select(col(AuditHead.seq), col(AuditHead.hash)).where(col(AuditHead.chain) == name).with_for_update()
    found = session.execute(query).one_or_none()
    if found is None:
        session.execute(insert(AuditHead), [{"chain": name, "seq": 0, "hash": GENESIS}])
        return 0, GENESIS
    return found.seq, found.hash
