"""Checkpoints as signed notes: where a chain stands, in text that anyone can check with the public key.

The text is that of a C2SP checkpoint (origin, size, root in base64, then lines of our own), and so is the signature
line; the signature itself carries our purpose prefix (`signing_keys`), so its type is 0xff with our own name.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from portfolio.audit.canon import plain
from portfolio.audit.signing_keys import KeyPurpose, PublicKey, SigningKey
from portfolio.audit.terms import Chain

_ORIGIN = re.compile(r"portfolio/(?P<chain_id>[0-9a-f-]{36})/(?P<chain>[a-z]+)\Z")
_SIGNATURE = re.compile(r"— (?P<name>\S+) (?P<value>[A-Za-z0-9+/=]+)\n\Z")
_TYPE = b"\xffportfolio/checkpoint/1"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A chain of `size` events whose last has the hash `head` (hexadecimal); `root` is the Merkle root over all hashes."""

    chain_id: str
    chain: Chain
    size: int
    root: bytes
    head: str
    at: str
    text: str = ""
    signature: bytes = b""

    @property
    def origin(self) -> str:
        return f"portfolio/{self.chain_id}/{self.chain.value}"


def body(origin: str, size: int, root: bytes, head: str, at: datetime) -> str:
    """The text that is signed."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\nhead {head}\nat {plain(at)}\n"


def signed(text: str, key: SigningKey) -> str:
    """The note: text, empty line, signature line."""
    origin = text.split("\n", 1)[0]
    value = base64.b64encode(_key_id(origin, key.public) + key.sign(text.encode())).decode()
    return f"{text}\n— {origin} {value}\n"


def parse(note: str) -> Checkpoint:
    """Raises `ValueError` for what is no checkpoint of ours; says nothing about the signature."""
    text, separator, last = note.partition("\n\n")
    signature = _SIGNATURE.fullmatch(last)
    lines = text.split("\n")
    origin = _ORIGIN.fullmatch(lines[0])
    if not separator or signature is None or origin is None or len(lines) != 5 or signature["name"] != lines[0]:
        raise ValueError("not a checkpoint")
    head, at = lines[3].removeprefix("head "), lines[4].removeprefix("at ")
    if not re.fullmatch("[0-9a-f]{64}", head) or not lines[1].isdecimal():
        raise ValueError("not a checkpoint")
    return Checkpoint(
        chain_id=origin["chain_id"],
        chain=Chain(origin["chain"]),
        size=int(lines[1]),
        root=base64.b64decode(lines[2], validate=True),
        head=head,
        at=at,
        text=text + "\n",
        signature=base64.b64decode(signature["value"], validate=True),
    )


def is_signed(checkpoint: Checkpoint, keys: Mapping[str, PublicKey]) -> bool:
    """Whether one of the keys for checkpoints signed it."""
    key_id, signature = checkpoint.signature[:4], checkpoint.signature[4:]
    return any(
        key.purpose is KeyPurpose.CHECKPOINT
        and _key_id(checkpoint.origin, key) == key_id
        and key.verifies(checkpoint.text.encode(), signature)
        for key in keys.values()
    )


def _key_id(origin: str, key: PublicKey) -> bytes:
    return hashlib.sha256(origin.encode() + b"\n" + _TYPE + key.raw).digest()[:4]
