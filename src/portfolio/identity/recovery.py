"""Recovery codes for whoever lost the authenticator: ten, shown once, kept as digests, each works once."""

import hashlib
import secrets
import uuid

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.db.base import utc_now
from portfolio.identity.models import RecoveryCode

HOW_MANY = 10
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
GROUPS, GROUP_LENGTH = 3, 5
"""Fifteen letters of 31: 74 bits, so that a plain digest is enough."""


def make(session: Session, person_id: uuid.UUID) -> list[str]:
    """New codes; the earlier ones are gone."""
    session.execute(delete(RecoveryCode).where(col(RecoveryCode.person_id) == person_id))
    codes = ["-".join(_group() for _ in range(GROUPS)) for _ in range(HOW_MANY)]
    session.add_all(RecoveryCode(person_id=person_id, code_hash=_digest(code)) for code in codes)
    return codes


def _group() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH))


def _digest(code: str) -> str:
    plain = "".join(letter for letter in code.casefold() if letter.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()


def use(session: Session, person_id: uuid.UUID, code: str) -> bool:
    """Whether the code was one of the unused; by one guarded statement, so that two workers cannot both take it."""
    result = session.execute(
        update(RecoveryCode)
        .where(
            col(RecoveryCode.person_id) == person_id,
            col(RecoveryCode.code_hash) == _digest(code),
            col(RecoveryCode.used_at).is_(None),
        )
        .values(used_at=utc_now())
    )
    return int(result.rowcount) == 1  # type: ignore[attr-defined]


def left(session: Session, person_id: uuid.UUID) -> int:
    """How many still work."""
    query = (
        select(func.count())
        .select_from(RecoveryCode)
        .where(col(RecoveryCode.person_id) == person_id, col(RecoveryCode.used_at).is_(None))
    )
    return session.scalar(query) or 0
