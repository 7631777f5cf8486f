"""Delimited text to records: every physical line ends up in exactly one record, broken ones included."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from portfolio.documents.findings import Reason
from portfolio.documents.headers import bears
from portfolio.documents.terms import Why
from portfolio.errors import Refused
from portfolio.i18n import gettext as _

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_LINES = 400
MAX_BROKEN = 1_000
"""Each broken quotation restarts the parser; a file with more of them is not a table, and must not cost minutes."""


@dataclass(slots=True)
class Record:
    """One record as it stands in the file. `number` counts from 1 as a spreadsheet does; `typed` are the indices of
    cells whose text is canonical (ISO date, plain decimal) because the workbook stored a type."""

    number: int
    cells: list[str]
    typed: frozenset[int] = frozenset()
    fault: Reason | None = None


def split_lines(text: str) -> list[str]:
    """Lines with their ends; only CR, LF and CRLF end a line (`str.splitlines` would break at others too)."""
    return io.StringIO(text, newline="").readlines()


def records(lines: Sequence[str], delimiter: str) -> Iterator[Record]:
    """Strict RFC 4180. Where quotation marks do not match, that line is a faulty record and the next ones are read."""
    start = number = broken = 0
    while start < len(lines):
        reader = csv.reader((lines[at] for at in range(start, len(lines))), delimiter=delimiter, strict=True)
        consumed = 0
        try:
            for cells in reader:
                number += 1
                consumed = reader.line_num
                yield Record(number, cells)
            return
        except csv.Error:
            start += consumed
            number, broken = number + 1, broken + 1
            if broken > MAX_BROKEN:
                raise Refused(_("The file has too many unmatched quotation marks to be read as a table.")) from None
            yield Record(number, [lines[start].rstrip("\r\n")], fault=Reason.of(Why.BROKEN_QUOTES))
            start += 1


def choose_delimiter(lines: Sequence[str], signatures: Sequence[Sequence[str]]) -> tuple[str, bool]:
    """The delimiter, and whether it is certain: a known header decides; else the most cells in the most records."""
    sample = lines[:SAMPLE_LINES]
    scores: list[tuple[int, str]] = []
    for delimiter in DELIMITERS:
        rows = [record.cells for record in records(sample, delimiter) if record.fault is None]
        if any(bears(row, signature) for row in rows[:60] for signature in signatures):
            return delimiter, True
        width, times = Counter(len(row) for row in rows if row).most_common(1)[0] if any(rows) else (1, 0)
        scores.append((times * (width - 1), delimiter))
    scores.sort(key=lambda pair: -pair[0])
    (best, delimiter), (second, _other) = scores[0], scores[1]
    return delimiter, best > 0 and second < best * 0.8
