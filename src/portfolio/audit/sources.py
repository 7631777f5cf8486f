"""Where a trail is read from: the database, or a file that was exported from one. Both as a stream of links, chain by chain."""

import itertools
import json
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, select
from sqlmodel import col

from portfolio.audit.canon import plain
from portfolio.audit.chain import RowDigest
from portfolio.audit.installation import chain_id_of
from portfolio.audit.models import AuditEvent, AuditHead, AuditRow
from portfolio.audit.terms import Chain
from portfolio.db.base import utc_now

FORMAT = "portfolio trail 1"
BATCH = 2000
FIELDS = ("seq", "id", "at", "action", "actor_id", "object_type", "object_id", "about_id", "canon", "prev", "hash")


@dataclass(frozen=True, slots=True)
class Link:
    """One event as it is stored, with the digests of the rows it changed. Everything but `seq` is text or nothing."""

    chain: Chain
    seq: int
    columns: Mapping[str, Any]
    rows: tuple[RowDigest, ...]

    @property
    def canon(self) -> str:
        return str(self.columns["canon"])


class BadInput(Exception):
    """The file is not an exported trail; names the line."""


class Source(Protocol):
    """A trail: its id, its links chain by chain in order, and the heads that it claims."""

    def chain_id(self) -> str: ...

    def links(self) -> Generator[Link, None, None]: ...

    def heads(self) -> dict[Chain, tuple[int, str]]: ...


@dataclass(frozen=True, slots=True)
class DatabaseSource:
    """Reads through one connection, in one snapshot; memory is that of a batch."""

    connection: Connection

    def chain_id(self) -> str:
        return chain_id_of(self.connection)

    def heads(self) -> dict[Chain, tuple[int, str]]:
        query = select(col(AuditHead.chain), col(AuditHead.seq), col(AuditHead.hash))
        stored = {row.chain: (row.seq, row.hash) for row in self.connection.execute(query)}
        return {chain: stored[chain.value] for chain in Chain if chain.value in stored}

    def links(self) -> Generator[Link, None, None]:
        for chain in Chain:
            yield from self._links(chain)

    def _links(self, chain: Chain) -> Generator[Link, None, None]:
        streaming = self.connection.execution_options(yield_per=BATCH)
        table = AuditEvent.__table__  # type: ignore[attr-defined]
        all_events = select(*(table.c[name] for name in FIELDS)).where(table.c.chain == chain).order_by(table.c.seq)
        all_rows = (
            select(col(AuditRow.seq), col(AuditRow.table_name), col(AuditRow.row_id), col(AuditRow.digest))
            .where(col(AuditRow.chain) == chain)
            .order_by(col(AuditRow.seq), col(AuditRow.ordinal))
        )
        with streaming.execute(all_events) as events, streaming.execute(all_rows) as found:
            rows = _Grouped(found)
            for event in events:
                columns = {
                    name: value if type(value) is str else plain(value)
                    for name, value in zip(FIELDS, event, strict=True)
                }
                yield Link(chain, event.seq, columns, rows.of(event.seq))
            rows.end()


class RowsOfNoEvent(Exception):
    """Digests of rows that belong to no event: planted, or left behind by a deleted event."""

    def __init__(self, seq: int) -> None:
        super().__init__(f"digests of rows belong to event {seq}, which is not there")
        self.seq = seq


class _Grouped:
    """Rows in order of their event, handed out event by event."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self._groups = itertools.groupby(rows, key=lambda row: row[0])
        self._next = next(self._groups, None)

    def of(self, seq: int) -> tuple[RowDigest, ...]:
        if self._next is None or self._next[0] > seq:
            return ()
        if self._next[0] < seq:
            raise RowsOfNoEvent(self._next[0])
        found = tuple((row[1], row[2], row[3]) for row in self._next[1])
        self._next = next(self._groups, None)
        return found

    def end(self) -> None:
        if self._next is not None:
            raise RowsOfNoEvent(self._next[0])


def export(source: Source, path: Path) -> int:
    """Write a trail as JSON lines: a head line, one line for each event, and the heads. Returns the number of events."""
    count = 0
    with path.open("w", encoding="utf-8") as stream:
        _line(stream, {"format": FORMAT, "chain_id": source.chain_id(), "at": plain(utc_now())})
        for link in source.links():
            rows = [list(row) for row in link.rows]
            _line(stream, {"chain": link.chain.value, **link.columns, "rows": rows})
            count += 1
        _line(stream, {"heads": {chain.value: list(head) for chain, head in source.heads().items()}})
    return count


def _line(stream: Any, value: Mapping[str, Any]) -> None:
    stream.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")


class FileSource:
    """An exported trail. `heads` are known once the links are read. Raises `BadInput`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._heads: dict[Chain, tuple[int, str]] = {}
        with path.open(encoding="utf-8") as stream:
            first = self._parse(1, stream.readline())
        if first.get("format") != FORMAT or not isinstance(first.get("chain_id"), str):
            raise BadInput(f"{path}: line 1 does not say {FORMAT!r}")
        self._chain_id = str(first["chain_id"])

    def chain_id(self) -> str:
        return self._chain_id

    def heads(self) -> dict[Chain, tuple[int, str]]:
        return self._heads

    def links(self) -> Generator[Link, None, None]:
        with self._path.open(encoding="utf-8") as stream:
            for number, line in enumerate(stream, start=1):
                value = self._parse(number, line)
                if number == 1:
                    continue
                if "heads" in value:
                    self._heads = self._read(number, lambda found=value: _heads_of(found))
                    return
                yield self._read(number, lambda found=value: _link_of(found))
        raise BadInput(f"{self._path}: the last line does not hold the heads; the file was cut")

    def _parse(self, number: int, line: str) -> dict[str, Any]:
        value = self._read(number, lambda: json.loads(line))
        if not isinstance(value, dict):
            raise BadInput(f"{self._path}: line {number} is not an object")
        return value

    def _read(self, number: int, work: Any) -> Any:
        try:
            return work()
        except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
            raise BadInput(f"{self._path}: line {number} cannot be read") from error


def _link_of(value: Mapping[str, Any]) -> Link:
    rows = tuple((str(row[0]), str(row[1]), None if row[2] is None else str(row[2])) for row in value["rows"])
    return Link(Chain(value["chain"]), int(value["seq"]), {name: value[name] for name in FIELDS}, rows)


def _heads_of(value: Mapping[str, Any]) -> dict[Chain, tuple[int, str]]:
    return {Chain(name): (int(head[0]), str(head[1])) for name, head in value["heads"].items()}
