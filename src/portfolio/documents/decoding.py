"""Bytes to text without guessing silently: UTF-8 where it can be, else a named assumption."""

import codecs
import re

from portfolio.documents.findings import Reason
from portfolio.documents.terms import Why
from portfolio.errors import Refused
from portfolio.i18n import gettext as _

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CANDIDATE = re.compile("[\u00c2\u00c3\u00e2][\u0080-\u00ff\u0152-\u2122]")
"""The look of a UTF-8 lead byte read as Windows-1252, followed by what a second byte looks like."""


def decode(data: bytes, encoding: str | None = None) -> tuple[str, str, list[Reason]]:
    """Text, the encoding used and notes. Raises `Refused` for binary content or an encoding that does not fit."""
    if encoding is not None:
        try:
            return _plain(data.decode(encoding)), encoding, []
        except (UnicodeDecodeError, LookupError) as error:
            raise Refused(_("The file is not text in the encoding %(encoding)s.") % {"encoding": encoding}) from error
    for mark, name in _MARKS:
        if data.startswith(mark):
            return decode(data, name)
    try:
        return _plain(data.decode("utf-8")), "utf-8", []
    except UnicodeDecodeError:
        pass
    # Latin-1 takes any byte, so it comes last and only where Windows-1252 has no character.
    for name in ("cp1252", "latin-1"):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        return _plain(text), name, [Reason.of(Why.ENCODING_ASSUMED, encoding=name)]
    raise AssertionError("latin-1 decodes any byte")


def _plain(text: str) -> str:
    if "\x00" in text:
        raise Refused(_("The file is not a text table: it holds binary content."))
    return text


def is_double_encoded(text: str) -> bool:
    """Whether UTF-8 was read as Windows-1252 and encoded again ("EducaciÃ³n"); reported, never repaired."""
    for piece in _CANDIDATE.findall(text):
        start = text.index(piece)
        whole = text[start : start + (3 if piece[0] == "\u00e2" else 2)]
        if any(_was_utf8(whole, codec) for codec in ("cp1252", "latin-1")):
            return True
    return False


def _was_utf8(piece: str, codec: str) -> bool:
    try:
        piece.encode(codec).decode("utf-8")
    except UnicodeError:
        return False
    return True
