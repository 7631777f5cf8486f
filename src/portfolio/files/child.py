"""`python -m portfolio.files.child KIND < FILE`: reads a file that nobody trusts, in a process that can afford to die.

Limits on itself first: processor seconds, memory, no file written, and no network where the system permits. Prints one
line of JSON: `{"reason": null | "…", "encoding": "…"}`.
"""

import ctypes
import json
import os
import resource
import sys
import zipfile
from typing import BinaryIO, Final

from portfolio.files.inspection_terms import FileKind, RejectReason, Unacceptable

CPU_SECONDS: Final = 5
MEMORY_BYTES: Final = 512 * 1024 * 1024
_NEW_USER_AND_NETWORK: Final = 0x10000000 | 0x40000000  # CLONE_NEWUSER, CLONE_NEWNET


def main(kind: FileKind) -> None:
    limit_self()
    with os.fdopen(0, "rb") as stream:
        print_verdict(*verdict(stream, kind))


def limit_self(cpu_seconds: int = CPU_SECONDS) -> None:
    """From here on this process can use little, and harm nothing but itself."""
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # No network: works on Linux where unprivileged namespaces are allowed; elsewhere the call fails and that is all.
    getattr(ctypes.CDLL(None), "unshare", lambda _flags: -1)(_NEW_USER_AND_NETWORK)


def verdict(stream: BinaryIO, kind: FileKind) -> tuple[RejectReason | None, str]:
    """Why not, or nothing; and the encoding of a text."""
    try:
        return None, _check(stream, kind)
    except Unacceptable as refusal:
        return refusal.reason, ""
    except MemoryError:
        return RejectReason.TOO_HEAVY, ""
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError, RuntimeError):
        return RejectReason.DAMAGED, ""


def _check(stream: BinaryIO, kind: FileKind) -> str:
    """Each reader is imported only when it is needed: that halves the time of most files."""
    if kind in (FileKind.DOCX, FileKind.XLSX):
        from portfolio.files.office_parts import check_office

        check_office(stream, kind)
        return ""
    from portfolio.files import plain_parts

    if kind is FileKind.CSV:
        return plain_parts.check_csv(stream)
    if kind is FileKind.PDF:
        plain_parts.check_pdf(stream)
    else:
        plain_parts.check_picture(stream, kind)
    return ""


def print_verdict(reason: RejectReason | None, encoding: str) -> None:
    answer = {"reason": reason.value if reason else None, "encoding": encoding}
    os.write(1, json.dumps(answer).encode("ascii") + b"\n")


if __name__ == "__main__":
    main(FileKind(sys.argv[1]))
