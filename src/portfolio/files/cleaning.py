"""Copies of accepted files without what tells of their authors (security.md section 9 and T18), made in a child process."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import portfolio
from portfolio.files.inspection_terms import FileKind

WALL_SECONDS: Final = 30
REDRAWN: Final = frozenset({FileKind.PNG, FileKind.JPG})
"""Kinds of which nothing but the redrawn copy is kept."""


class NotCleaned(Exception):
    """No copy could be made: the file must not be shown to whom its author's name is hidden from."""


def cleaned_copy(path: Path, kind: FileKind) -> bytes:
    """The copy's bytes. Takes a second or less for an ordinary file: call it in a thread. Raises `NotCleaned`."""
    command = [sys.executable, "-P", "-m", "portfolio.files.cleaned_parts", kind.value]
    environment = {"PYTHONPATH": str(Path(portfolio.__file__).resolve().parents[1]), "PYTHONDONTWRITEBYTECODE": "1"}
    with path.open("rb") as stream:
        os.lseek(stream.fileno(), 0, os.SEEK_SET)
        try:
            done = subprocess.run(  # noqa: S603 - our own module and an enum member; nothing of the uploader's is in it
                command, stdin=stream, capture_output=True, timeout=WALL_SECONDS, env=environment, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise NotCleaned from error
    if done.returncode != 0 or not done.stdout:
        raise NotCleaned
    return done.stdout
