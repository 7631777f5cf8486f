"""Ed25519 keys that sign for the house: made at first run, kept in one folder, each for one purpose.

`<purpose>.key` is the private key that signs now (PEM, mode 0600); `<purpose>-<kid>.pub` files are public keys, old
ones included: old keys verify, never sign. To rotate, remove the `.key` file and start again. What a key signs is
prefixed with its purpose, so that a signature made for one purpose never passes for another.
"""

import base64
import hashlib
import json
import os
import stat
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from portfolio.errors import ConfigurationError

MAX_LIST_CHARACTERS = 200_000


class KeyPurpose(Enum):
    """What a key may sign."""

    CODE = "code"
    CHECKPOINT = "checkpoint"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that verifies. `raw` is the 32 bytes of the public key; `kid` the first 16 hex digits of their SHA-256."""

    purpose: KeyPurpose
    raw: bytes

    @property
    def kid(self) -> str:
        return hashlib.sha256(self.raw).hexdigest()[:16]

    def verifies(self, message: bytes, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, _separated(self.purpose, message))
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key that signs for one purpose. Never printed: its representation has no secret."""

    purpose: KeyPurpose
    private: Ed25519PrivateKey = field(repr=False)

    @property
    def public(self) -> PublicKey:
        return PublicKey(self.purpose, self.private.public_key().public_bytes_raw())

    @property
    def kid(self) -> str:
        return self.public.kid

    def sign(self, message: bytes) -> bytes:
        """64 bytes over the purpose and the message."""
        return self.private.sign(_separated(self.purpose, message))


def load_or_make_key(folder: Path, purpose: KeyPurpose) -> SigningKey:
    """The key that signs now; made, with its public file, when there is none. Two processes starting at once get the
    same.

    Raises `ConfigurationError` for a private key that others may read, or that is not an Ed25519 key.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{purpose.value}.key"
    if not path.exists():
        pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        _place(path, pem, 0o600)
    key = _read_key(path, purpose)
    public = folder / f"{purpose.value}-{key.kid}.pub"
    if not public.exists():
        _place(public, json.dumps(_entry(key.public), sort_keys=True).encode() + b"\n", 0o644)
    return key


def public_keys(folder: Path) -> dict[str, PublicKey]:
    """Every public key of the folder by `kid`, retired ones included. Raises `ConfigurationError` for a broken file."""
    found: dict[str, PublicKey] = {}
    for path in sorted(folder.glob("*.pub")):
        try:
            key = _from_entry(json.loads(path.read_text("utf-8")))
        except ValueError as error:
            raise ConfigurationError(f"{path}: {error}") from error
        found[key.kid] = key
    return found


def key_list(keys: Iterable[PublicKey]) -> dict[str, Any]:
    """The public list as JSON data: `{"keys": [{kid, purpose, kty, crv, x}]}`, ordered by kid (x as in RFC 8037)."""
    return {"keys": [_entry(key) for key in sorted(keys, key=lambda key: key.kid)]}


def parse_key_list(text: str) -> dict[str, PublicKey]:
    """Keys by `kid` from a published list, or from one `.pub` file. Raises `ValueError`, never trusts a `kid` it did
    not compute.
    """
    if len(text) > MAX_LIST_CHARACTERS:
        raise ValueError("the list of keys is too long")
    try:
        data = json.loads(text)
    except RecursionError as error:
        raise ValueError("not a list of keys") from error
    entries = data.get("keys", [data]) if isinstance(data, dict) else None
    if not isinstance(entries, list) or not entries:
        raise ValueError("not a list of keys")
    keys = [_from_entry(entry) for entry in entries]
    return {key.kid: key for key in keys}


def _separated(purpose: KeyPurpose, message: bytes) -> bytes:
    return b"portfolio/" + purpose.value.encode("ascii") + b"/1\x00" + message


def _entry(key: PublicKey) -> dict[str, str]:
    x = base64.urlsafe_b64encode(key.raw).rstrip(b"=").decode("ascii")
    return {"kid": key.kid, "purpose": key.purpose.value, "kty": "OKP", "crv": "Ed25519", "x": x}


def _from_entry(entry: object) -> PublicKey:
    if not isinstance(entry, Mapping):
        raise ValueError("a key is a JSON object")
    if (entry.get("kty"), entry.get("crv")) != ("OKP", "Ed25519"):
        raise ValueError("not an Ed25519 key")
    x = entry.get("x")
    if not isinstance(x, str) or not x.isascii():
        raise ValueError("a key has its 32 bytes in x")
    raw = base64.urlsafe_b64decode(x + "=" * (-len(x) % 4))
    key = PublicKey(KeyPurpose(entry.get("purpose")), raw)
    if len(raw) != 32 or key.kid != entry.get("kid"):
        raise ValueError("kid does not belong to the key")
    return key


def _place(path: Path, content: bytes, mode: int) -> None:
    """Write beside, then link: the file appears whole or not at all, and the first of two writers wins."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()


def _read_key(path: Path, purpose: KeyPurpose) -> SigningKey:
    with path.open("rb") as stream:
        mode = stat.S_IMODE(os.fstat(stream.fileno()).st_mode)
        if mode & 0o077:
            raise ConfigurationError(f"{path}: others may read this private key (mode {mode:04o}); run chmod 600 on it")
        content = stream.read(10_000)
    try:
        private = load_pem_private_key(content, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ConfigurationError(f"{path}: not a private key in PEM form") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise ConfigurationError(f"{path}: not an Ed25519 key")
    return SigningKey(purpose, private)
