"""CSV, PDF and pictures, looked at from inside. Runs in the child process."""

import csv
import re
import struct
import warnings
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

from PIL import Image

from portfolio.files.inspection_terms import FileKind, RejectReason, Unacceptable

MAX_CSV_ROWS: Final = 500_000
MAX_CSV_CELLS: Final = 5_000_000
MAX_FIELD: Final = 1_000_000
MAX_PIXELS: Final = 40_000_000
MAX_SIDE: Final = 30_000
ENCODINGS: Final = ("utf-8-sig", "windows-1252")
"""Tried in this order; nearly anything is windows-1252, so control characters are refused apart."""

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
_NAME_ESCAPE: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_PDF_STREAM: Final = re.compile(rb"/ObjStm\b[^\x00]{0,400}?stream\r?\n", re.DOTALL)
_MAX_INFLATED: Final = 60_000_000
_RUNS: Final = re.compile(rb"/(JavaScript|Launch|RichMedia)\b")


def check_csv(stream: BinaryIO) -> str:
    """The encoding in which it reads. Raises `Unacceptable`."""
    content = stream.read()
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _CONTROL.search(text):
            break
        _count_cells(text)
        return encoding
    raise Unacceptable(RejectReason.NOT_TEXT)


def check_pdf(stream: BinaryIO) -> None:
    """Whole, not encrypted, without scripts or programs that start. Raises `Unacceptable`."""
    content = stream.read()
    end = content.rfind(b"%%EOF")
    if end < 0:
        raise Unacceptable(RejectReason.DAMAGED)
    if content[end + 5 :].strip(b"\x00\t\r\n \x1a"):
        raise Unacceptable(RejectReason.HIDDEN_DATA)
    for piece in (content, *_object_streams(content)):
        names = _NAME_ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), piece)
        if re.search(rb"/Encrypt\b", names):
            raise Unacceptable(RejectReason.ENCRYPTED)
        if _RUNS.search(names):
            raise Unacceptable(RejectReason.ACTIVE_CONTENT)


def check_picture(stream: BinaryIO, kind: FileKind) -> None:
    """Of the kind it says, not too wide, decoded to the last point, nothing behind it. Raises `Unacceptable`."""
    content = stream.read()
    if not (_png_is_whole(content) if kind is FileKind.PNG else _jpeg_is_whole(content)):
        raise Unacceptable(RejectReason.HIDDEN_DATA)
    Image.MAX_IMAGE_PIXELS = None  # our own cap below is stricter and speaks in our own words
    stream.seek(0)
    try:
        with (
            warnings.catch_warnings(),
            Image.open(stream, formats=["PNG" if kind is FileKind.PNG else "JPEG"]) as picture,
        ):
            warnings.simplefilter("ignore")
            if picture.width * picture.height > MAX_PIXELS or max(picture.size) > MAX_SIDE:
                raise Unacceptable(RejectReason.TOO_MANY_PIXELS)
            picture.load()
    except (OSError, SyntaxError, ValueError, struct.error, zlib.error, EOFError) as error:
        raise Unacceptable(RejectReason.DAMAGED) from error


def _count_cells(text: str) -> None:
    csv.field_size_limit(MAX_FIELD)
    first = text.partition("\n")[0]
    delimiter = max(",;\t|", key=first.count)
    rows = cells = 0
    try:
        for row in csv.reader(text.splitlines(keepends=True), delimiter=delimiter):
            rows += 1
            cells += len(row)
            if rows > MAX_CSV_ROWS or cells > MAX_CSV_CELLS:
                raise Unacceptable(RejectReason.TOO_MANY_CELLS)
    except csv.Error as error:
        raise Unacceptable(RejectReason.DAMAGED) from error


def _object_streams(content: bytes) -> Iterator[bytes]:
    """The inflated object streams of a PDF, where names hide from a plain search; together no more than a cap."""
    left = _MAX_INFLATED
    for found in _PDF_STREAM.finditer(content):
        try:
            piece = zlib.decompressobj().decompress(content[found.end() :], left)
        except zlib.error:
            continue  # another filter, or a false start
        left -= len(piece)
        if left <= 0:
            raise Unacceptable(RejectReason.BOMB)
        yield piece


def _png_is_whole(content: bytes) -> bool:
    """Whether the chunks follow one another up to IEND, and nothing comes after."""
    place = 8
    while place + 12 <= len(content):
        (length,) = struct.unpack_from(">L", content, place)
        name = content[place + 4 : place + 8]
        place += 12 + length
        if name == b"IEND":
            return bool(place == len(content))
    raise Unacceptable(RejectReason.DAMAGED)


def _jpeg_is_whole(content: bytes) -> bool:
    if b"\xff\xd9" not in content:
        raise Unacceptable(RejectReason.DAMAGED)
    return content.rstrip(b"\x00\r\n").endswith(b"\xff\xd9")
