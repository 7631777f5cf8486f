"""Passwords: argon2id, bounded in number, bytes as typed; what is refused and why (security.md section 1)."""

import threading
from collections.abc import Iterable
from functools import cache
from importlib import resources

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from portfolio.db.text import folded
from portfolio.i18n import gettext, ngettext

MIN_LENGTH, MAX_LENGTH = 15, 128
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
            return _hasher.verify(password_hash or _dummy(), password[:MAX_LENGTH]) and bool(password_hash)
        except (VerifyMismatchError, InvalidHashError):
            return False


def needs_rehash(password_hash: str) -> bool:
    return _hasher.check_needs_rehash(password_hash)


@cache
def _common() -> frozenset[str]:
    text = (resources.files("portfolio.identity") / "common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(line.strip() for line in text.splitlines() if line.strip())


def why_not(password: str, about: Iterable[str] = ()) -> str | None:
    """The reason a new password is refused, or nothing. `about` are names a guesser would try first."""
    if len(password) < MIN_LENGTH:
        return ngettext("Use %(n)s character or more", "Use %(n)s characters or more", MIN_LENGTH) % {"n": MIN_LENGTH}
    if len(password) > MAX_LENGTH:
        return ngettext("Use %(n)s character or fewer", "Use %(n)s characters or fewer", MAX_LENGTH) % {"n": MAX_LENGTH}
    plain = folded(password).replace(" ", "")
    if len(set(plain)) < 5 or plain in _common() or any(word * 2 in plain for word in _common() if len(word) > 5):
        return gettext("This password is among the first that are guessed; choose a phrase of several words")
    for name in about:
        for part in folded(name).replace("@", " ").replace(".", " ").split():
            if len(part) >= 5 and part in plain and len(plain) - len(part) < MIN_LENGTH - 5:
                return gettext("The password is little more than your name, address or institution")
    return None
