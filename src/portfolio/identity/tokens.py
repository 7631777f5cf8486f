"""One-time tokens of invitations and of forgotten passwords: 256 random bits in a link, their digest in the table."""

import secrets
import uuid
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.db.base import utc_now
from portfolio.identity.models import OneTimeToken
from portfolio.identity.sessions import digest_of
from portfolio.identity.terms import TokenPurpose

LIFETIME = {TokenPurpose.INVITATION: timedelta(days=7), TokenPurpose.PASSWORD_RESET: timedelta(hours=1)}


def issue(session: Session, person_id: uuid.UUID, purpose: TokenPurpose) -> tuple[str, datetime]:
    """A new token and until when it works; earlier ones of the person stop working."""
    now = utc_now()
    session.execute(
        update(OneTimeToken)
        .where(col(OneTimeToken.person_id) == person_id, col(OneTimeToken.used_at).is_(None))
        .values(used_at=now)
    )
    token = secrets.token_urlsafe(32)
    until = now + LIFETIME[purpose]
    session.add(OneTimeToken(token_hash=digest_of(token), person_id=person_id, purpose=purpose, expires_at=until))
    return token, until


def find(session: Session, token: str) -> OneTimeToken | None:
    """The row, while it is unused and in time; looking does not use it."""
    return session.scalar(
        select(OneTimeToken).where(
            col(OneTimeToken.token_hash) == digest_of(token),
            col(OneTimeToken.used_at).is_(None),
            col(OneTimeToken.expires_at) > utc_now(),
        )
    )


def redeem(session: Session, row: OneTimeToken) -> bool:
    """Use it up, by one guarded statement: of two equal requests one wins."""
    result = session.execute(
        update(OneTimeToken)
        .where(col(OneTimeToken.id) == row.id, col(OneTimeToken.used_at).is_(None))
        .values(used_at=utc_now())
        .execution_options(synchronize_session=False)
    )
    return int(result.rowcount) == 1  # type: ignore[attr-defined]


def purge(session: Session) -> int:
    """Delete tokens whose time is over."""
    result = session.execute(delete(OneTimeToken).where(col(OneTimeToken.expires_at) < utc_now()))
    return int(result.rowcount)  # type: ignore[attr-defined]
