"""Many audited rows at once: one INSERT, and the trail still vouches for each of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from portfolio.audit.canon import row_digest
from portfolio.audit.trail import state_of, vouch_for


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
