"""Canonical bytes and digests: RFC 8785 JSON, SHA-256, and the format that every hash in the trail uses."""

import enum
import hashlib
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import rfc8785

GENESIS = "0" * 64
FORMAT = 1
"""Version of the event format; old events verify with the version they name."""

_SAFE_INTEGER = 2**53


def plain(value: Any) -> Any:
    """A value as JSON holds it without loss: instants in UTC with microseconds, wide integers as text."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return value if abs(value) < _SAFE_INTEGER else str(value)
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, (date, uuid.UUID)):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    raise TypeError(f"no canonical form for {type(value).__name__}")


def canonical(value: Any) -> str:
    """RFC 8785 JSON text of the plain form."""
    return rfc8785.dumps(plain(value)).decode()


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
