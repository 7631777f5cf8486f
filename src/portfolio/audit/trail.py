"""`record(…)` queues an event; at commit it is chained, last, with the digest of every audited row that changed.

A transaction that changes an audited row and records no event does not commit: the trail cannot be forgotten. What a
SAVEPOINT takes back is taken back here too, and nothing is left over for the session's next transaction.
"""

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import Mapper, ORMExecuteState, Session, SessionTransaction, UOWTransaction
from sqlmodel import SQLModel

from portfolio.audit.canon import digest, row_digest
from portfolio.audit.chain import Pending, RowDigest, append
from portfolio.audit.models import AuditText
from portfolio.audit.terms import Tag
from portfolio.db import clock
from portfolio.db.base import Audited
from portfolio.people.viewer import SYSTEM, Viewer
from portfolio.web import trace

_DRAFT = "audit_draft"


class UnrecordedChange(Exception):
    """Our own mistake: an audited row changed in a transaction that recorded nothing, or behind the session's back."""


@dataclass(slots=True)
class _Draft:
    """What one transaction has to tell so far. Both lists only grow, so a savepoint is two lengths."""

    events: list[Pending] = field(default_factory=list)
    changes: list[tuple[str, str, Any]] = field(default_factory=list)  # table, row id; row, digest, or nothing if gone
    marks: dict[SessionTransaction, tuple[int, int]] = field(default_factory=dict)
    is_chained: bool = False


MOVED_CLOCK = "demonstration_time"
"""The detail that a moved clock leaves: the event's own instant is always the real one."""


def _draft(session: Session) -> _Draft:
    found: _Draft = session.info.setdefault(_DRAFT, _Draft())
    return found


def record(
    session: Session, actor: Viewer | None, tag: Tag, subject: Any = None, *, words: str = "", **detail: Any
) -> None:
    """Queue one event for this transaction.

    `subject` is a row with an `id`; `detail` holds ids, codes, amounts and digests only; for a subject that belongs to a
    case and is not the case itself, `case=case.id` puts the event on the case's history. `words` (a reason, a name, an
    address) stay outside the chain, which keeps their salted commitment. Raises `TypeError` for a detail without a
    canonical form.
    """
    draft = _draft(session)
    if draft.is_chained:
        raise UnrecordedChange(f"{tag.value} was recorded after the transaction's events were chained")
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
        if actor.session_id is not None:
            content["session"] = digest(str(actor.session_id))[:16]
    if moved := clock.moved_instant(session):
        content[MOVED_CLOCK] = moved
    draft.events.append(
        Pending(
            tag=tag,
            actor_id=None if actor is None else actor.person_id,
            object_type="" if subject is None else str(subject.__tablename__),
            object_id=None if subject is None else subject.id,
            content=content,
            request=trace.origin(),
            texts=texts,
        )
    )


def vouch_for(session: Session, table: str, row_id: uuid.UUID, row_digest_: str) -> None:
    """Note the digest of a row that was written without the session (`audit.bulk`)."""
    _draft(session).changes.append((table, str(row_id), row_digest_))


def vouched_columns(model: type[Audited]) -> tuple[tuple[str, str], ...]:
    """(column, attribute) of what the trail vouches for; `version` counts saves and says nothing by itself."""
    if model not in _columns:
        _columns[model] = _vouched(model)
    return _columns[model]


_columns: dict[type[Audited], tuple[tuple[str, str], ...]] = {}


def _vouched(model: type[Audited]) -> tuple[tuple[str, str], ...]:
    mapper: Mapper[Any] = inspect(model)
    skipped = model.__unaudited__ | {"version", model.__batch__}
    return tuple(
        (column.name, mapper.get_property_by_column(column).key)
        for column in mapper.local_table.columns
        if column.name not in skipped
    )


def row_state(row: Audited) -> dict[str, Any]:
    """The values that the trail vouches for, by column name."""
    return _known(type(row), {column: getattr(row, key) for column, key in vouched_columns(type(row))})


def state_of(model: type[Audited], columns: Mapping[str, Any]) -> dict[str, Any]:
    """The same from a mapping of column names, as a query of the table gives."""
    return _known(model, {column: columns[column] for column, _ in vouched_columns(model)})


def _known(model: type[Audited], state: dict[str, Any]) -> dict[str, Any]:
    """Without the columns that joined later and say nothing of this row: an upgrade changes no digest."""
    for column, empty in model.__later__.items():
        if state[column] == empty:
            del state[column]
    return state


def _is_changed(row: Audited) -> bool:
    attributes = inspect(row).attrs
    return any(attributes[key].history.has_changes() for _, key in vouched_columns(type(row)))


@event.listens_for(Session, "after_flush")
def _collect(session: Session, _context: UOWTransaction) -> None:
    changed = [row for row in session.new if isinstance(row, Audited)]
    changed += [row for row in session.dirty if isinstance(row, Audited) and _is_changed(row)]
    deleted = [row for row in session.deleted if isinstance(row, Audited)]
    if not changed and not deleted:
        return
    draft = _draft(session)
    if draft.is_chained:
        raise UnrecordedChange("an audited row changed after the transaction's events were chained")
    draft.changes += [(row.__tablename__, str(row.id), row) for row in changed]  # type: ignore[attr-defined]
    draft.changes += [(row.__tablename__, str(row.id), None) for row in deleted]  # type: ignore[attr-defined]


@event.listens_for(Session, "do_orm_execute")
def _refuse_bulk(state: ORMExecuteState) -> None:
    """An UPDATE, DELETE or INSERT statement on an audited table changes rows that the session never sees."""
    if not (state.is_update or state.is_delete or state.is_insert):
        return
    table = getattr(state.statement, "table", None)
    if table is not None and table.name in audited_tables():
        raise UnrecordedChange(f"{table.name} is audited: change its rows one by one, or with audit.bulk")


def audited_tables() -> dict[str, type[Any]]:
    """Tables whose rows the trail vouches for, by name; complete once `portfolio.tables` is loaded."""
    return _audited_among(len(SQLModel.metadata.tables))


@cache
def _audited_among(_number_of_tables: int) -> dict[str, type[Any]]:
    found: dict[str, type[Any]] = {}
    waiting = list(Audited.__subclasses__())
    while waiting:
        model = waiting.pop()
        waiting += model.__subclasses__()
        if hasattr(model, "__table__"):
            found[model.__table__.name] = model
    return dict(sorted(found.items()))


@event.listens_for(Session, "before_commit")
def _chain(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    draft = _draft(session)
    if not draft.events:
        if draft.changes:
            tables = ", ".join(sorted({table for table, _, _ in draft.changes}))
            raise UnrecordedChange(f"rows of {tables} changed and no event was recorded")
        return
    last = {(table, row_id): row for table, row_id, row in draft.changes}
    rows: list[RowDigest] = sorted((table, row_id, _digest_of(table, row)) for (table, row_id), row in last.items())
    append(session, draft.events, rows)
    draft.is_chained = True


def _digest_of(table: str, row: Any) -> str | None:
    if row is None or isinstance(row, str):
        return row
    return row_digest(table, row_state(row))


@event.listens_for(Session, "after_transaction_create")
def _mark(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        draft = _draft(session)
        draft.marks[transaction] = (len(draft.events), len(draft.changes))


@event.listens_for(Session, "after_rollback")
def _take_back(session: Session) -> None:
    nested = session.get_nested_transaction()
    if nested is None:
        session.info.pop(_DRAFT, None)
        return
    draft = _draft(session)
    events, changes = draft.marks.get(nested, (0, 0))
    del draft.events[events:]
    del draft.changes[changes:]


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        _draft(session).marks.pop(transaction, None)
    elif transaction.parent is None:
        session.info.pop(_DRAFT, None)
