"""Stored passwords: argon2id, bounded in number, bytes as typed (security.md section 1)."""

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from portfolio.identity.password_rules import MAX_LENGTH

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_slots = threading.BoundedSemaphore(2)


@cache
def _dummy() -> str:
    return _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    with _slots:
        return _hasher.hash(password)


def matches(password_hash: str, password: str) -> bool:
    """Takes the same time for an account without a password, or for no account at all."""
    with _slots:
        try:
            return _hasher.verify(password_hash or _dummy(), password[: MAX_LENGTH + 1]) and bool(password_hash)
        except (VerifyMismatchError, InvalidHashError):
            return False


def needs_rehash(password_hash: str) -> bool:
    return _hasher.check_needs_rehash(password_hash)
