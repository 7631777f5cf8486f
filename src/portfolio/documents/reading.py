"""The tabular reader: a CSV or XLSX file as people send it becomes a header, rows and faults, and nothing is lost.

Every record below the header is in exactly one of `rows`, `malformed` and `blank`.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from portfolio.documents.decoding import decode, is_double_encoded
from portfolio.documents.delimited import Record, choose_delimiter, records, split_lines
from portfolio.documents.findings import Reason, Reject
from portfolio.documents.headers import bears, normal
from portfolio.documents.terms import RowFlag, Why
from portfolio.documents.workbook_in import workbook_records
from portfolio.errors import Refused
from portfolio.i18n import gettext as _

HEADER_WITHIN = 60
"""Records among which the header is looked for."""
_TOTAL = re.compile(r"(sub|gran |grand )?[ -]*(total(s|es)?|totais|suma|soma)\b")
_ONLY_TOTAL = re.compile(_TOTAL.pattern + r"( general| geral)?( \(.*\))? ?:?")
_NO_FLAGS: frozenset[RowFlag] = frozenset()


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the sender declared (else it is found out and noted), and the limits. `signatures` are the columns of the
    headers that are known: the first row that bears one of them is the header."""

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    signatures: tuple[tuple[str, ...], ...] = ()
    max_bytes: int = 60_000_000
    max_rows: int = 200_000
    max_columns: int = 500


@dataclass(frozen=True, slots=True)
class Row:
    """One data row, as wide as the header; `number` counts from 1 as a spreadsheet shows it."""

    number: int
    cells: tuple[str, ...]
    typed: frozenset[int] = frozenset()
    flags: frozenset[RowFlag] = _NO_FLAGS


@dataclass(frozen=True, slots=True)
class Table:
    """A file as read. `header` keeps the cells as written; a column without a name is `#n`. `encoding` and `delimiter`
    are empty for a workbook, `sheet` for a text file."""

    name: str
    header: tuple[str, ...]
    header_row: int
    rows: tuple[Row, ...]
    malformed: tuple[Reject, ...]
    blank: tuple[int, ...]
    preamble: tuple[tuple[str, ...], ...]
    notes: tuple[Reason, ...]
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""

    @property
    def read(self) -> int:
        """Records below the header."""
        return len(self.rows) + len(self.malformed) + len(self.blank)


def read_table(path: Path, options: ReadOptions | None = None) -> Table:
    """Read a file. Raises `Refused`, in words, for one that is too large, damaged, empty or not a table."""
    options = options or ReadOptions()
    if path.stat().st_size > options.max_bytes:
        raise Refused(_("The file is larger than %(limit)s MB.") % {"limit": options.max_bytes // 1_000_000})
    return read_bytes(path.read_bytes(), path.name, options)


def read_bytes(data: bytes, name: str, options: ReadOptions | None = None) -> Table:
    """The same for content already in memory; the name serves only for messages and as-at dates in file names."""
    options = options or ReadOptions()
    if data.startswith(b"PK\x03\x04"):
        found, sheet, notes = workbook_records(data, options.sheet, options.max_rows, options.max_columns)
        return _assemble(name, found, options, notes, sheet=sheet)
    text, encoding, notes = decode(data, options.encoding)
    lines = split_lines(text)
    delimiter = options.delimiter
    if delimiter is None:
        delimiter, is_certain = choose_delimiter(lines, options.signatures)
        if not is_certain and len(lines) > 1:
            notes.append(Reason.of(Why.DELIMITER_ASSUMED, delimiter=delimiter))
    found = []
    for record in records(lines, delimiter):
        if len(found) >= options.max_rows:
            raise Refused(_("The table has more than %(limit)s rows.") % {"limit": options.max_rows})
        found.append(record)
    return _assemble(name, found, options, notes, encoding=encoding, delimiter=delimiter)


def _assemble(
    name: str,
    found: Sequence[Record],
    options: ReadOptions,
    notes: list[Reason],
    encoding: str = "",
    delimiter: str = "",
    sheet: str = "",
) -> Table:
    at, is_known = _header_at(found, options)
    body = found[at + 1 :]
    header = _header(found[at].cells, body)
    if len(header) > options.max_columns:
        raise Refused(_("The table has more than %(limit)s columns.") % {"limit": options.max_columns})
    if not is_known and at > 0:
        notes.append(Reason.of(Why.HEADER_ASSUMED, row=found[at].number))
    if at > 0:
        notes.append(Reason.of(Why.PREAMBLE, count=at))
    twice = Counter(normal(cell) for cell in header)
    notes += [Reason.of(Why.DUPLICATE_HEADER, column=cell) for cell, times in twice.items() if times > 1]

    rows, malformed, blank = _sort_out(body, header)
    doubled = sum(RowFlag.DOUBLE_ENCODED in row.flags for row in rows)
    if doubled:
        notes.append(Reason.of(Why.DOUBLE_ENCODED, count=doubled))
    return Table(
        name=name,
        header=header,
        header_row=found[at].number,
        rows=tuple(rows),
        malformed=tuple(malformed),
        blank=tuple(blank),
        preamble=tuple(tuple(record.cells) for record in found[:at]),
        notes=tuple(notes),
        encoding=encoding,
        delimiter=delimiter,
        sheet=sheet,
    )


def _header_at(found: Sequence[Record], options: ReadOptions) -> tuple[int, bool]:
    """Index of the header's record, and whether it is known rather than assumed."""
    if options.header_row is not None:
        for at, record in enumerate(found):
            if record.number == options.header_row and any(record.cells):
                return at, True
        raise Refused(_("There is no header in row %(row)s.") % {"row": options.header_row})
    for at, record in enumerate(found[:HEADER_WITHIN]):
        if any(bears(record.cells, signature) for signature in options.signatures):
            return at, True
    filled = [sum(1 for cell in record.cells if cell.strip()) for record in found]
    usual = Counter(count for count in filled if count).most_common(1)
    if not usual:
        raise Refused(_("The file is empty."))
    # A title or a note above the table fills one or two cells; a header names most of the columns, and is mostly words.
    for at, record in enumerate(found[:HEADER_WITHIN]):
        is_mostly_typed = len(record.typed) * 2 > filled[at]
        if record.fault is None and not is_mostly_typed and filled[at] >= max(1, usual[0][0] * 0.6):
            return at, False
    raise Refused(_("No header was found in the first %(count)s rows.") % {"count": HEADER_WITHIN})


def _header(cells: Sequence[str], body: Sequence[Record]) -> tuple[str, ...]:
    """Names of the columns. Unnamed ones at the end count only where at least half of the rows fill them: otherwise
    what stands there has been shifted out of the table."""
    width = len(cells)
    while width and not cells[width - 1].strip():
        fills = sum(1 for record in body if len(record.cells) >= width and record.cells[width - 1].strip())
        if fills and fills * 2 >= len(body):
            break
        width -= 1
    return tuple(cell if cell.strip() else f"#{at}" for at, cell in enumerate(cells[:width], start=1))


def _sort_out(body: Sequence[Record], header: tuple[str, ...]) -> tuple[list[Row], list[Reject], list[int]]:
    rows: list[Row] = []
    malformed: list[Reject] = []
    blank: list[int] = []
    as_header = [normal(cell) for cell in header]
    for record in body:
        if not any(cell.strip() for cell in record.cells):
            blank.append(record.number)
            continue
        reason = _fault(record, header, as_header)
        if reason is not None:
            malformed.append(Reject(record.number, "", " | ".join(record.cells)[:500], reason))
            continue
        cells = tuple(record.cells[: len(header)])
        rows.append(Row(record.number, cells, record.typed, _flags(cells)))
    return rows, malformed, blank


def _fault(record: Record, header: tuple[str, ...], as_header: list[str]) -> Reason | None:
    if record.fault is not None:
        return record.fault
    found, expected = len(record.cells), len(header)
    if found > expected and any(cell.strip() for cell in record.cells[expected:]):
        return Reason.of(Why.TOO_MANY_CELLS, found=found, expected=expected)
    if found < expected:
        return Reason.of(Why.TOO_FEW_CELLS, found=found, expected=expected)
    if [normal(cell) for cell in record.cells[:expected]] == as_header:
        return Reason.of(Why.HEADER_REPEATED)
    return None


def looks_like_a_total(text: str) -> bool:
    """Whether a cell begins as the label of a totals row does, in English, Spanish or Portuguese."""
    return _TOTAL.match(normal(text)) is not None


def is_a_total(text: str) -> bool:
    """Whether a cell says nothing but "Total", so that it cannot be the key of an initiative ("Total Place" can)."""
    return _ONLY_TOTAL.fullmatch(normal(text)) is not None


def _flags(cells: tuple[str, ...]) -> frozenset[RowFlag]:
    first = next(cell for cell in cells if cell.strip())
    flags = {RowFlag.TOTAL} if looks_like_a_total(first) else set()
    if any(not cell.isascii() and is_double_encoded(cell) for cell in cells):
        flags.add(RowFlag.DOUBLE_ENCODED)
    return frozenset(flags) or _NO_FLAGS
