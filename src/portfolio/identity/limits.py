"""Limits that all workers share: failures only, counted in the database within a window (security.md section 1, F13)."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.db.base import utc_now
from portfolio.identity.models import Attempt


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `failures` within `window` for one key of a scope."""

    scope: str
    failures: int
    window: timedelta


PER_ACCOUNT = Limit("sign_in.account", 10, timedelta(minutes=5))
PER_ACCOUNT_HOUR = Limit("sign_in.account", 30, timedelta(hours=1))
PER_ACCOUNT_DAY = Limit("sign_in.account", 100, timedelta(days=1))
"""Three windows over the same failures: the longer somebody guesses, the longer they wait."""
PER_ADDRESS = Limit("sign_in.address", 300, timedelta(minutes=5))
PER_FACTOR = Limit("factor", 5, timedelta(minutes=5))
PER_FACTOR_HOUR = Limit("factor", 20, timedelta(hours=1))
PER_FACTOR_DAY = Limit("factor", 50, timedelta(days=1))
PER_RESET = Limit("reset", 5, timedelta(days=1))
PER_RESET_ADDRESS = Limit("reset.address", 50, timedelta(days=1))
PER_STEP_UP = Limit("step_up", 5, timedelta(minutes=5))
PER_VERIFY = Limit("verify", 60, timedelta(minutes=1))
PER_API_NETWORK = Limit("api.key", 60, timedelta(minutes=1))
"""Keys that do not work, from one network: guessing is slowed down."""
PER_API_KEY = Limit("api.refused", 300, timedelta(minutes=5))
"""Calls of one key that were refused: a system in a loop is told to stop."""
KEPT = timedelta(days=2)


def network_of(address: str) -> str:
    """An address as it counts: IPv6 by its /64."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return parsed.exploded[:19] if isinstance(parsed, IPv6Address) else address


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def is_over(session: Session, limit: Limit, key: str) -> bool:
    count = session.scalar(
        select(func.count())
        .select_from(Attempt)
        .where(
            col(Attempt.scope) == limit.scope,
            col(Attempt.key_hash) == _hash(key),
            col(Attempt.created_at) > utc_now() - limit.window,
        )
    )
    return (count or 0) >= limit.failures


def count(session: Session, limit: Limit, key: str) -> None:
    session.add(Attempt(scope=limit.scope, key_hash=_hash(key)))


def forgive(session: Session, limit: Limit, key: str) -> None:
    """A success clears the failures of an account, never those of an address."""
    session.execute(delete(Attempt).where(col(Attempt.scope) == limit.scope, col(Attempt.key_hash) == _hash(key)))


def purge(session: Session) -> int:
    result = session.execute(delete(Attempt).where(col(Attempt.created_at) < utc_now() - KEPT))
    return int(result.rowcount)  # type: ignore[attr-defined]
