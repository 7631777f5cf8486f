"""Canonical bytes and digests: RFC 8785 JSON, SHA-256, and the format that every hash in the trail uses."""

import enum
import hashlib
import json
import math
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import rfc8785

from portfolio.db.money import Money

GENESIS = "0" * 64
FORMAT = 2
"""Version of the event format; old events verify with the version they name. 2 added the request, the node and the program."""

_SAFE_INTEGER = 2**53


def plain(value: Any) -> Any:
    """A value as JSON holds it without loss: instants in UTC with microseconds, wide integers as text.

    Raises `TypeError` for what has no such form, so that nothing enters the trail by its `repr`.
    """
    if (form := _EXACT.get(type(value))) is not None:
        return form(value)
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return _whole(value)
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, enum.Enum):
        return plain(value.value)
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    for kind, form in _FORMS.items():
        if isinstance(value, kind):
            return form(value)
    raise TypeError(f"no canonical form for {type(value).__name__}")


def _same(value: Any) -> Any:
    return value


def _whole(value: int) -> int | str:
    return value if abs(value) < _SAFE_INTEGER else str(value)


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


_EXACT: dict[type[Any], Callable[[Any], Any]] = {
    type(None): _same,
    bool: _same,
    str: _same,
    int: _whole,
    uuid.UUID: str,
    date: str,
    datetime: _instant,
}
"""What most columns are, found by one look; the rest, and kinds derived from these, are asked about one by one."""

_FORMS: dict[type[Any], Callable[[Any], Any]] = {
    datetime: _instant,
    date: str,
    uuid.UUID: str,
    bytes: bytes.hex,
    Money: lambda value: {"currency": value.currency, "minor": plain(value.minor)},
}
"""Kinds that JSON has no word for; `datetime` before `date`, which it is too."""


_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


def canonical(value: Any) -> str:
    """RFC 8785 JSON text of the plain form.

    By the standard library where it writes the same bytes, which is almost always, and takes half the time.
    """
    form = plain(value)
    return _encode(form) if _is_alike(form) else rfc8785.dumps(form).decode()


def _is_alike(form: Any) -> bool:
    """Whether both write the same: RFC 8785 has its own form of fractions, and its own order of keys beyond ASCII."""
    if type(form) is dict:
        return all(map(str.isascii, form)) and _are_alike(form.values())
    return _are_alike(form if type(form) is list else (form,))


def _are_alike(held: Iterable[Any]) -> bool:
    for form in held:
        kind = type(form)
        if kind is float or (kind in (list, dict) and not _is_alike(form)):
            return False
    return True


def digest(value: Any) -> str:
    """SHA-256, in hex, of a text's UTF-8 or of any other value's canonical JSON."""
    text = value if isinstance(value, str) else canonical(value)
    return hashlib.sha256(text.encode()).hexdigest()


def chain_hash(prev: str, canon: str) -> str:
    """hash = SHA-256(0x01 ‖ prev ‖ length(canon) as 8 bytes ‖ canon); security.md section 5."""
    data = canon.encode()
    return hashlib.sha256(b"\x01" + bytes.fromhex(prev) + len(data).to_bytes(8, "big") + data).hexdigest()


def row_digest(table_name: str, state: Mapping[str, Any]) -> str:
    """Digest of one business row's columns."""
    return digest({"table": table_name, "row": dict(state)})
