"""Reading accounts and sessions."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.db.base import utc_now
from portfolio.db.text import folded
from portfolio.identity import sessions
from portfolio.identity.models import Account, LoginSession
from portfolio.people.models import Person


def account_by_email(session: Session, email: str) -> Account | None:
    return session.scalar(
        select(Account)
        .join(Person, col(Person.id) == col(Account.person_id))
        .where(col(Person.email_key) == folded(email))
    )


def account_of(session: Session, person_id: uuid.UUID) -> Account:
    """The account of somebody who is signed in."""
    return session.scalars(select(Account).where(col(Account.person_id) == person_id)).one()


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A signed-in browser as its owner sees it."""

    id: uuid.UUID
    browser: str
    address: str
    opened_at: datetime
    seen_at: datetime
    is_this: bool


BROWSERS = ("Edg", "OPR", "Firefox", "Chrome", "Safari")
BROWSER_NAMES = {"Edg": "Edge", "OPR": "Opera"}
SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")


def browser_of(agent: str) -> str:
    """A browser and a system as people call them, out of what the browser says of itself; first match in order."""
    browser = next((name for name in BROWSERS if name in agent), "")
    system = next((name for name in SYSTEMS if name in agent), "")
    return " – ".join(part for part in (BROWSER_NAMES.get(browser, browser), system) if part) or agent[:40]


def own_sessions(session: Session, person_id: uuid.UUID, this: uuid.UUID | None) -> Sequence[OwnSession]:
    """Sessions that still work, the latest seen first."""
    now = utc_now()
    rows = session.scalars(
        select(LoginSession)
        .join(Account, col(Account.person_id) == col(LoginSession.person_id))
        .where(
            col(LoginSession.person_id) == person_id,
            col(LoginSession.epoch) == col(Account.epoch),
            col(LoginSession.expires_at) > now,
            col(LoginSession.seen_at) > now - sessions.IDLE,
        )
        .order_by(col(LoginSession.seen_at).desc(), col(LoginSession.id))
    )
    return [
        OwnSession(row.id, browser_of(row.agent), row.address, row.created_at, row.seen_at, row.id == this)
        for row in rows
    ]
