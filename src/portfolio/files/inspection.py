"""What an uploaded file really is, and whether it may come in (`security.md` section 9).

Cheap looks first: size, name, first bytes, the zip directory. Then a child process with hard limits reads it through.
The file is opened once, so that what was inspected is what was digested. Nothing here is written, and no name of the
uploader is used for anything but its extension.
"""

import hashlib
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO, Final

import portfolio
from portfolio.files.inspection_labels import REJECT_REASON_LABELS
from portfolio.files.inspection_terms import FileKind, RejectReason, Unacceptable
from portfolio.files.zip_directory import check_directory, has_zip_tail
from portfolio.i18n import gettext

MAX_BYTES: Final = 25 * 1024 * 1024
WALL_SECONDS: Final = 20
_TAIL_BYTES: Final = 70_000

MEDIA_TYPES: Final = {
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.CSV: "text/csv",
    FileKind.PDF: "application/pdf",
    FileKind.PNG: "image/png",
    FileKind.JPG: "image/jpeg",
}
_EXTENSIONS: Final = {**{f".{kind.value}": kind for kind in FileKind}, ".jpeg": FileKind.JPG}
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC: Final = {
    FileKind.DOCX: b"PK\x03\x04",
    FileKind.XLSX: b"PK\x03\x04",
    FileKind.PDF: b"%PDF-",
    FileKind.PNG: b"\x89PNG\r\n\x1a\n",
    FileKind.JPG: b"\xff\xd8\xff",
}
_OFFICE: Final = (FileKind.DOCX, FileKind.XLSX)


@dataclass(frozen=True, slots=True)
class Accepted:
    """A file that may come in. `size` in bytes; `encoding` of a CSV only."""

    kind: FileKind
    media_type: str
    sha256: str
    size: int
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file that may not."""

    reason: RejectReason

    @property
    def message(self) -> str:
        """What is wrong and what to do, in the reader's language."""
        return gettext(REJECT_REASON_LABELS[self.reason])


def inspect(path: Path, declared_name: str) -> Accepted | Rejected:
    """Judge one uploaded file. `declared_name` is what the uploader calls it: only its extension counts.

    Takes a third of a second for an ordinary file; at most `WALL_SECONDS`. Call it in a thread, never on the event
    loop.
    """
    try:
        with path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            kind = _declared_kind(declared_name, size)
            _look_at(stream, kind, size)
            encoding = _read_in_child(stream, kind)
            stream.seek(0)
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except Unacceptable as refusal:
        return Rejected(refusal.reason)
    return Accepted(kind, MEDIA_TYPES[kind], digest, size, encoding)


def _declared_kind(name: str, size: int) -> FileKind:
    kind = _EXTENSIONS.get(PurePath(name.strip().replace("\\", "/")).suffix.lower())
    if kind is None:
        raise Unacceptable(RejectReason.EXTENSION)
    if size == 0:
        raise Unacceptable(RejectReason.EMPTY)
    if size > MAX_BYTES:
        raise Unacceptable(RejectReason.TOO_LARGE)
    return kind


def _look_at(stream: BinaryIO, kind: FileKind, size: int) -> None:
    """First bytes, last bytes, directory: all that needs no parser."""
    head = stream.read(16)
    if kind in _OFFICE and head.startswith(_OLE):
        raise Unacceptable(RejectReason.ENCRYPTED)  # Office wraps a protected docx or xlsx in the old format
    if kind is FileKind.CSV:
        if head.startswith((_OLE, *_MAGIC.values())):
            raise Unacceptable(RejectReason.WRONG_TYPE)
    elif not head.startswith(_MAGIC[kind]):
        raise Unacceptable(RejectReason.WRONG_TYPE)
    if kind in _OFFICE:
        check_directory(stream, size)
    else:
        stream.seek(max(0, size - _TAIL_BYTES))
        if has_zip_tail(stream.read()):
            raise Unacceptable(RejectReason.HIDDEN_DATA)


def _read_in_child(stream: BinaryIO, kind: FileKind) -> str:
    """The encoding of a text. Raises `Unacceptable`; `RuntimeError` when the child itself is broken, which is our
    fault.
    """
    stream.seek(0)
    os.lseek(stream.fileno(), 0, os.SEEK_SET)
    command = [sys.executable, "-P", "-m", "portfolio.files.child", kind.value]
    environment = {"PYTHONPATH": str(Path(portfolio.__file__).resolve().parents[1]), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(  # noqa: S603 - our own module and an enum member; nothing of the uploader's is in it
            command, stdin=stream, capture_output=True, timeout=WALL_SECONDS, env=environment, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Unacceptable(RejectReason.TOO_HEAVY) from error
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGSEGV) or b"MemoryError" in done.stderr:
        raise Unacceptable(RejectReason.TOO_HEAVY)
    if done.returncode != 0:
        raise RuntimeError(f"the inspection of a {kind.value} failed: {done.stderr[-2000:].decode('utf-8', 'replace')}")
    answer = json.loads(done.stdout)
    if answer["reason"] is not None:
        raise Unacceptable(RejectReason(answer["reason"]))
    return str(answer["encoding"])
