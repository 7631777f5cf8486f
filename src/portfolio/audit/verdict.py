"""What a verification says: the heads of the chains, or the first thing that is wrong."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from portfolio.audit.terms import Chain


class Kind(Enum):
    """What can be wrong with a trail."""

    GAP = "gap"
    DUPLICATE = "duplicate"
    PREVIOUS = "previous"
    HASH = "hash"
    ORDER = "order"
    COLUMNS = "columns"
    ROWS = "rows"
    HEAD = "head"
    ROLLBACK = "rollback"
    CHECKPOINT = "checkpoint"
    SIGNATURE = "signature"
    STATE = "state"
    UNRECORDED = "unrecorded"
    VANISHED = "vanished"
    INPUT = "input"


@dataclass(frozen=True, slots=True)
class Finding:
    """The first bad event, or the first row that is not what the trail says."""

    kind: Kind
    words: str
    chain: Chain | None = None
    seq: int | None = None
    table: str = ""
    row_id: str = ""

    def __str__(self) -> str:
        place = ""
        if self.chain is not None:
            place = f"chain {self.chain.value}, event {self.seq}: "
        elif self.table:
            place = f"{self.table} {self.row_id}: "
        return f"{self.kind.value}: {place}{self.words}"


class Broken(Exception):
    """Ends a verification at the first finding."""

    def __init__(self, kind: Kind, words: str, chain: Chain | None = None, seq: int | None = None) -> None:
        super().__init__(words)
        self.finding = Finding(kind, words, chain, seq)


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain stands: number of events, hash of the last, Merkle root over all; hexadecimal."""

    size: int
    hash: str
    root: str


@dataclass(slots=True)
class Verdict:
    """`finding` is nothing when the trail holds; then `heads` has every chain."""

    heads: dict[Chain, Head] = field(default_factory=dict)
    finding: Finding | None = None
    warnings: list[str] = field(default_factory=list)
    events: int = 0
    rows: int = 0
    business_rows: int = 0
    checkpoints: int = 0

    @property
    def holds(self) -> bool:
        return self.finding is None

    def as_json(self) -> dict[str, Any]:
        found = self.finding
        return {
            "holds": self.holds,
            "heads": {c.value: {"size": h.size, "hash": h.hash, "root": h.root} for c, h in self.heads.items()},
            "events": self.events,
            "rows": self.rows,
            "business_rows": self.business_rows,
            "checkpoints": self.checkpoints,
            "warnings": self.warnings,
            "finding": None
            if found is None
            else {
                "kind": found.kind.value,
                "words": found.words,
                "chain": found.chain.value if found.chain else None,
                "seq": found.seq,
                "table": found.table or None,
                "row_id": found.row_id or None,
            },
        }
