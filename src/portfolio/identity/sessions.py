"""Signed-in browsers: an opaque id made by us at sign-in only, looked up by digest, ended by deleting the row (security.md F1, F2)."""

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, delete, exists, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.db.base import utc_now
from portfolio.identity.models import Account, FactorReset, LoginSession
from portfolio.people.terms import ProposalState

IDLE = timedelta(minutes=30)
IDLE_ACTS = timedelta(minutes=15)
"""After a pause as long as this, whoever decides, issues or administers still reads, and signs in again to act."""
ABSOLUTE = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
KEPT_AFTER_EXPIRY = timedelta(days=1)
"""An expired row stays this long, so that what its owner had typed can come back to the same person."""


@dataclass(frozen=True, slots=True)
class Found:
    """A session row as a request needs it."""

    id: uuid.UUID
    person_id: uuid.UUID
    csrf_token: str
    method: str
    seen_at: datetime
    is_alive: bool
    is_busy: bool = True
    """No pause so far was longer than `IDLE_ACTS`."""
    must_enrol: bool = False
    """The second factor was reset, and no new one is enrolled."""


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(session: Session, account: Account, method: str, address: str, agent: str) -> tuple[str, LoginSession]:
    """A new row with a new id, and the token for the cookie, which is nowhere else."""
    token = secrets.token_urlsafe(32)
    now = utc_now()
    row = LoginSession(
        token_hash=digest_of(token),
        person_id=account.person_id,
        csrf_token=secrets.token_urlsafe(32),
        epoch=account.epoch,
        method=method,
        seen_at=now,
        busy_at=now,
        expires_at=now + ABSOLUTE,
        address=address[:60],
        agent=agent[:200],
    )
    session.add(row)
    return token, row


def _must_enrol() -> ColumnElement[bool]:
    """A factor that was reset and not replaced: asked of accounts without one alone."""
    was_reset = exists().where(
        col(FactorReset.person_id) == col(Account.person_id), col(FactorReset.state) == ProposalState.GRANTED
    )
    return and_(col(Account.totp_confirmed_at).is_(None), was_reset)


_BY_DIGEST: Any = (
    select(
        col(LoginSession.id),
        col(LoginSession.person_id),
        col(LoginSession.csrf_token),
        col(LoginSession.method),
        col(LoginSession.seen_at),
        col(LoginSession.busy_at),
        col(LoginSession.expires_at),
        col(LoginSession.epoch),
        col(Account.epoch).label("account_epoch"),
        col(Account.disabled_at),
        _must_enrol().label("must_enrol"),
    )
    .join(Account, col(Account.person_id) == col(LoginSession.person_id))
    .where(col(LoginSession.token_hash) == bindparam("digest"))
)
"""Every request asks it: made once."""


def find(session: Session, token: str) -> Found | None:
    """The row of a cookie, alive or not; an id that we never made finds nothing and is never adopted."""
    row: Any = session.execute(_BY_DIGEST, {"digest": digest_of(token)}).one_or_none()
    if row is None:
        return None
    now = utc_now()
    alive = (
        row.epoch == row.account_epoch and row.disabled_at is None and now < row.expires_at and now - row.seen_at < IDLE
    )
    busy = now - row.busy_at < IDLE_ACTS
    return Found(row.id, row.person_id, row.csrf_token, row.method, row.seen_at, alive, busy, bool(row.must_enrol))


def touch(session: Session, found: Found) -> None:
    """Note the visit, at most once a minute, by a guarded statement: two tabs never undo each other."""
    now = utc_now()
    session.execute(
        update(LoginSession)
        .where(col(LoginSession.id) == found.id, col(LoginSession.seen_at) < now - SEEN_EVERY)
        .values(
            seen_at=now,
            busy_at=case((col(LoginSession.busy_at) > now - IDLE_ACTS, now), else_=col(LoginSession.busy_at)),
        )
    )


def end(session: Session, session_id: uuid.UUID) -> None:
    session.execute(delete(LoginSession).where(col(LoginSession.id) == session_id))


def end_all(session: Session, account: Account) -> None:
    """Every session of a person, on every worker, at its next request: the epoch moves on."""
    account.epoch += 1
    session.execute(delete(LoginSession).where(col(LoginSession.person_id) == account.person_id))


def purge(session: Session) -> int:
    """Delete rows that nobody can use any more."""
    result = session.execute(delete(LoginSession).where(col(LoginSession.expires_at) < utc_now() - KEPT_AFTER_EXPIRY))
    return int(result.rowcount)  # type: ignore[attr-defined]
