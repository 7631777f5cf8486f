"""Comparing what people typed: header cells, words and keys, whatever their case, spaces and line breaks."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache

_SPACES = re.compile(r"\s+")


def normal(text: str) -> str:
    """NFKC (a non-breaking space becomes a space), case folded, runs of white space as one space."""
    if text.isascii():
        return " ".join(text.lower().split())
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())).strip()


@cache
def _pattern(wanted: str) -> re.Pattern[str]:
    parts = re.split(r"\*+", normal(wanted))
    return re.compile(".*".join(re.escape(part) for part in parts), re.DOTALL)


def spaced(text: str) -> str:
    """A header cell on one line, otherwise as it was written."""
    return _SPACES.sub(" ", text).strip()


def fits(wanted: str, normal_text: str) -> bool:
    """Whether an already normalised text is the wanted one; `*` in the wanted text stands for anything."""
    return _pattern(wanted).fullmatch(normal_text) is not None


def fits_any(wanted: Iterable[str], normal_text: str) -> bool:
    return any(fits(one, normal_text) for one in wanted)


def bears(header: Sequence[str], signature: Iterable[str]) -> bool:
    """Whether a row of cells holds every column of a signature."""
    cells = [normal(cell) for cell in header]
    return all(any(fits(wanted, cell) for cell in cells) for wanted in signature)
