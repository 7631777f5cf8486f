"""The mapping engine: a table and a mapping become records with an identity, or rejects with a reason. No database.

Identity is (source, key, ordinal); an observation is an identity at an as-at date. Always
read = mapped + rejected + blank.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from portfolio.documents.columns import Columns, find_columns, given_as_at
from portfolio.documents.dates import read_date
from portfolio.documents.findings import Reason, Reject
from portfolio.documents.headers import normal
from portfolio.documents.mapping_schema import FIELDS, CurrencyFrom, FieldMapping, Mapping
from portfolio.documents.reading import Row, Table, is_a_total
from portfolio.documents.terms import CellState, RowFlag, Why
from portfolio.documents.values import Value, clean, currency_of, read_value


@dataclass(frozen=True, slots=True)
class Identity:
    """Which initiative of which source: the normalised key columns, and an ordinal (from 0) among rows sharing them."""

    source: str
    key: tuple[str, ...]
    ordinal: int = 0

    @property
    def key_text(self) -> str:
        """The key as one text to store and compare: a JSON list, so that no separator can be mistaken."""
        return json.dumps(self.key, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class MappedRecord:
    """One row, mapped. `values` has every field of the mapping, whatever its state; `extras` the kept columns that no
    field uses, by header, without the blank ones; `digest` is the SHA-256 of the content (not of row or ordinal)."""

    row: int
    identity: Identity
    as_at: date
    currency: str
    values: ReadOnly[str, Value]
    extras: ReadOnly[str, str]
    flags: frozenset[RowFlag]
    digest: str

    @property
    def title(self) -> str | None:
        """May be missing in the source."""
        return self.values["title"].text if "title" in self.values else None

    def minor(self, field: str) -> int | None:
        """Whole minor units of `currency`, or nothing where the amount is not known."""
        return self.values[field].minor if field in self.values else None


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows: read = mapped + rejected + blank; `flagged` are mapped rows with a flag."""

    read: int
    mapped: int
    rejected: int
    blank: int
    flagged: int


@dataclass(frozen=True)
class Mapped:
    """A file, mapped. `rejects` are whole rows; `warnings` are cells of mapped rows that have no value for a reason."""

    mapping: Mapping
    records: tuple[MappedRecord, ...]
    rejects: tuple[Reject, ...]
    warnings: tuple[Reject, ...]
    counts: Counts
    notes: tuple[Reason, ...]

    @cached_property
    def totals(self) -> dict[str, dict[str, int]]:
        """Field of money → currency → sum of the known amounts in minor units; never across currencies."""
        sums: dict[str, Counter[str]] = {}
        for record in self.records:
            for field, value in record.values.items():
                if value.minor is not None:
                    sums.setdefault(field, Counter())[record.currency] += value.minor
        return {field: dict(by_currency) for field, by_currency in sums.items()}

    @cached_property
    def states(self) -> dict[str, Counter[CellState]]:
        """Field → how many rows have it known, missing, exempt, …"""
        found = {field: Counter[CellState]() for field in self.mapping.fields}
        for record in self.records:
            for field, value in record.values.items():
                found[field][value.state] += 1
        return found


def map_table(table: Table, mapping: Mapping, as_at: date | None = None) -> Mapped:
    """Map every row. `as_at` is given by whoever imports; it goes before a mapping's fixed date or file name.

    Raises `Refused`, in words, when the file cannot be mapped at all: a column is missing or stands twice, or nobody
    says which date it describes. A cell that cannot be read costs its row nothing but that value.
    """
    columns = find_columns(table.header, mapping)
    job = _Job(table, mapping, columns, given_as_at(table.name, mapping, as_at))
    drafts: list[MappedRecord] = []
    for row in table.rows:
        record = job.map_row(row)
        if record is not None:
            drafts.append(record)
    records = _with_ordinals(drafts)
    rejects = sorted((*table.malformed, *job.rejects), key=lambda reject: reject.row)
    counts = Counts(
        read=table.read,
        mapped=len(records),
        rejected=len(rejects),
        blank=len(table.blank),
        flagged=sum(1 for record in records if record.flags),
    )
    return Mapped(mapping, tuple(records), tuple(rejects), tuple(job.warnings), counts, table.notes)


class _Job:
    """The state of one pass over a table: what was found about rows and cells."""

    def __init__(self, table: Table, mapping: Mapping, columns: Columns, as_at: date | None) -> None:
        self.header = table.header
        self.mapping = mapping
        self.columns = columns
        self.as_at = as_at
        self.rejects: list[Reject] = []
        self.warnings: list[Reject] = []

    def map_row(self, row: Row) -> MappedRecord | None:
        key = tuple(
            _key_part(row.cells[at], part.cut_check_digit == "yes")
            for at, part in zip(self.columns.key, self.mapping.key, strict=True)
        )
        if RowFlag.TOTAL in row.flags and (not all(key) or any(map(is_a_total, key))):
            self._reject(row, self.columns.key[0], Why.TOTAL_ROW)
            return None
        if not all(key):
            self._reject(row, self.columns.key[key.index("")], Why.KEY_MISSING)
            return None
        as_at = self._as_at(row)
        if as_at is None:
            self._reject(row, self.columns.as_at or 0, Why.AS_AT_UNREADABLE)
            return None

        currency = self._currency(row)
        values = {field: self._value(row, field, rule, currency) for field, rule in self.mapping.fields.items()}
        extras = {name: clean(row.cells[at]) for name, at in self.columns.rest.items() if row.cells[at].strip()}
        return MappedRecord(
            row=row.number,
            identity=Identity(self.mapping.source, key),
            as_at=as_at,
            currency=currency,
            values=values,
            extras=extras,
            flags=row.flags,
            digest=_digest(as_at, currency, values, extras),
        )

    def _reject(self, row: Row, at: int, why: Why) -> None:
        self.rejects.append(Reject(row.number, self.header[at], row.cells[at], Reason.of(why)))

    def _as_at(self, row: Row) -> date | None:
        """The row's own date; a blank one takes the given date, an unreadable one takes nothing."""
        if self.columns.as_at is None:
            return self.as_at
        cell = row.cells[self.columns.as_at]
        if not cell.strip():
            return self.as_at
        found = read_date(cell, self.mapping.as_at.formats)
        return found if isinstance(found, date) else None

    def _currency(self, row: Row) -> str:
        if isinstance(self.mapping.currency, CurrencyFrom):
            return currency_of(row.cells[self.columns.currency or 0])
        return self.mapping.currency

    def _value(self, row: Row, field: str, rule: FieldMapping, currency: str) -> Value:
        filled = [at for at in self.columns.fields[field] if row.cells[at].strip()]
        at = filled[0] if filled else self.columns.fields[field][0]
        raw, column = row.cells[at], self.header[at]
        if len(filled) > 1 and len({normal(row.cells[one]) for one in filled}) > 1:
            names = ", ".join(normal(self.header[one])[:60] for one in filled)
            both = " | ".join(row.cells[one] for one in filled)
            value = Value(CellState.UNREADABLE, None, both, column, Reason.of(Why.BOTH_FILLED, columns=names))
        else:
            value = read_value(raw, column, FIELDS[field], rule, self.mapping, currency, at in row.typed)
        explained_by = self.columns.explanations.get(field)
        if explained_by is not None and value.state is CellState.MISSING:
            value = replace(value, explanation=clean(row.cells[explained_by]))
        if value.reason is not None:
            self.warnings.append(Reject(row.number, column, value.raw, value.reason))
        return value


def _key_part(cell: str, cut_check_digit: bool) -> str:
    text = normal(clean(cell))
    if cut_check_digit and len(text) > 2 and text[-2] == "-":
        return text[:-2]
    return text


def _digest(as_at: date, currency: str, values: ReadOnly[str, Value], extras: ReadOnly[str, str]) -> str:
    """SHA-256 over canonical JSON: state and value of each field, or its words where it has no value."""
    content = {
        "as_at": as_at.isoformat(),
        "currency": currency,
        "extras": extras,
        "values": {field: _content(value) for field, value in values.items()},
    }
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _content(value: Value) -> list[str | int]:
    known = value.value
    if known is None:
        return [value.state.value, clean(value.raw), value.explanation]
    return [value.state.value, known.isoformat() if isinstance(known, date) else known]


def _with_ordinals(drafts: list[MappedRecord]) -> list[MappedRecord]:
    """Rows that share key and as-at keep their own identity, numbered in the order of the file, and all are flagged."""
    groups: defaultdict[tuple[tuple[str, ...], date], list[int]] = defaultdict(list)
    for at, record in enumerate(drafts):
        groups[record.identity.key, record.as_at].append(at)
    records = list(drafts)
    for places in groups.values():
        if len(places) == 1:
            continue
        digests = Counter(drafts[at].digest for at in places)
        for ordinal, at in enumerate(places):
            record = drafts[at]
            flags = set(record.flags)
            if digests[record.digest] > 1:
                flags.add(RowFlag.IDENTICAL_REPEAT)
            if len(digests) > 1:
                flags.add(RowFlag.KEY_REPEATS)
            identity = replace(record.identity, ordinal=ordinal)
            records[at] = replace(record, identity=identity, flags=frozenset(flags))
    return records
