"""Where accepted files lie: by the digest of their content, never by a name of the uploader's (security.md section 9)."""

import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import BinaryIO

_DIGEST = re.compile(r"[0-9a-f]{64}")
_CHUNK = 1024 * 1024


class TooLarge(Exception):
    """More bytes came than the limit allows."""


class FileStore:
    """A folder of files under their SHA-256. What is there is never changed; the same content is kept once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def receive(self, stream: BinaryIO, limit: int) -> Path:
        """Copy an upload aside, to be looked at; the caller keeps or discards it. Raises `TooLarge` beyond `limit` bytes."""
        incoming = self.folder / "incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=incoming)
        path = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as target:
                size = 0
                while chunk := stream.read(_CHUNK):
                    size += len(chunk)
                    if size > limit:
                        raise TooLarge
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return path

    def keep(self, received: Path) -> str:
        """Move a received file to its place and return its SHA-256. On disk before this returns: no row names a lost file."""
        with received.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        place = self.path(digest)
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.exists():
            received.unlink()
            return digest
        os.chmod(received, 0o440)
        os.replace(received, place)
        for folder in (place.parent, place.parent.parent, self.folder):
            _sync(folder)
        return digest

    def put(self, content: bytes) -> str:
        """Keep bytes that we made ourselves (a letter) and return their SHA-256."""
        incoming = self.folder / "incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=incoming)
        with os.fdopen(descriptor, "wb") as target:
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
        return self.keep(Path(name))

    def path(self, sha256: str) -> Path:
        """Where a file lies or would lie. Raises `ValueError` for what is no digest."""
        if not _DIGEST.fullmatch(sha256):
            raise ValueError("not a SHA-256 digest")
        return self.folder / sha256[:2] / sha256[2:4] / sha256

    def open(self, sha256: str) -> BinaryIO:
        """Raises `FileNotFoundError`."""
        return self.path(sha256).open("rb")


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
