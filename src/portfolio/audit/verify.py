"""Does the trail hold? Every chain link by link, against the checkpoints, and against the business rows as they are now."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from portfolio.audit import notes
from portfolio.audit.canon import GENESIS, chain_hash
from portfolio.audit.chain import CASE, rows_commitment
from portfolio.audit.checkpoints import FILE, read_checkpoints
from portfolio.audit.installation import NoChainId
from portfolio.audit.merkle import Tree
from portfolio.audit.notes import Checkpoint
from portfolio.audit.signing_keys import PublicKey
from portfolio.audit.snapshot import reading_snapshot
from portfolio.audit.sources import BadInput, DatabaseSource, Link, RowsOfNoEvent, Source
from portfolio.audit.state import first_difference
from portfolio.audit.terms import Chain
from portfolio.audit.verdict import Broken, Finding, Head, Kind, Verdict
from portfolio.db.engine import Database

Marks = Mapping[Chain, list[Checkpoint]]


def verify(
    database: Database, checkpoints_dir: Path, keys: Mapping[str, PublicKey], *, with_state: bool = True
) -> Verdict:
    """Verify the trail in a database, all of it in one snapshot; memory does not grow with its length."""
    with reading_snapshot(database) as connection:
        verdict = verify_source(DatabaseSource(connection), checkpoints_dir, keys)
        if verdict.finding is None and with_state:
            _check_state(connection, verdict)
        return verdict


def verify_source(source: Source, checkpoints_dir: Path, keys: Mapping[str, PublicKey]) -> Verdict:
    """Verify any trail, without the business rows: what an auditor does with an exported file."""
    verdict = Verdict()
    try:
        marks = _marks(source.chain_id(), checkpoints_dir, keys, verdict)
        checkers = {chain: _Checker(chain, list(marks.get(chain, ())), keys) for chain in Chain}
        with closing(source.links()) as links:
            _feed(links, checkers, verdict)
        heads = source.heads()
        for chain, checker in checkers.items():
            verdict.heads[chain] = checker.finish(heads.get(chain))
    except Broken as broken:
        verdict.finding = broken.finding
    except (BadInput, NoChainId) as error:
        verdict.finding = Finding(Kind.INPUT, str(error))
    return verdict


def _feed(links: Iterator[Link], checkers: Mapping[Chain, "_Checker"], verdict: Verdict) -> None:
    chain: Chain | None = None
    try:
        for link in links:
            chain = link.chain
            checkers[chain].feed(link)
            verdict.events += 1
            verdict.rows += len(link.rows)
    except RowsOfNoEvent as error:
        raise Broken(Kind.ROWS, str(error), chain, error.seq) from error


def _check_state(connection: Connection, verdict: Verdict) -> None:
    verdict.finding, verdict.business_rows = first_difference(connection)


def _marks(chain_id: str, folder: Path, keys: Mapping[str, PublicKey], verdict: Verdict) -> Marks:
    path = folder / chain_id / FILE
    others = sorted(found.parent.name for found in folder.glob(f"*/{FILE}") if found.parent.name != chain_id)
    if others:
        verdict.warnings.append(f"checkpoints of other trails are left aside: {', '.join(others)}")
    if not path.exists():
        verdict.warnings.append(f"no checkpoints at {path}: a cut tail cannot be told")
        return {}
    marks: dict[Chain, list[Checkpoint]] = {}
    try:
        for mark in read_checkpoints(path):
            if mark.chain_id == chain_id:
                marks.setdefault(mark.chain, []).append(mark)
    except ValueError as error:
        raise Broken(Kind.INPUT, str(error)) from error
    verdict.checkpoints = sum(map(len, marks.values()))
    if not keys:
        verdict.warnings.append("no public keys: the signatures of the checkpoints were not checked")
    for chain, found in marks.items():
        if keys and not notes.is_signed(found[-1], keys):
            raise Broken(
                Kind.SIGNATURE, f"the checkpoint of {found[-1].at} has no valid signature", chain, found[-1].size
            )
        found.sort(key=lambda mark: mark.size)
    return marks


@dataclass(slots=True)
class _Checker:
    """One chain as far as it was read."""

    chain: Chain
    marks: list[Checkpoint]
    keys: Mapping[str, PublicKey]
    prev: str = GENESIS
    tree: Tree = field(default_factory=Tree)

    def feed(self, link: Link) -> None:
        expected = self.tree.size + 1
        if link.seq != expected:
            kind = Kind.GAP if link.seq > expected else Kind.DUPLICATE
            raise self._broken(kind, f"event {expected} should follow, {link.seq} does", min(link.seq, expected))
        columns = link.columns
        if columns["prev"] != self.prev:
            raise self._broken(Kind.PREVIOUS, "it does not continue the event before it", link.seq)
        if chain_hash(self.prev, link.canon) != columns["hash"]:
            raise self._broken(Kind.HASH, "its bytes do not have its hash", link.seq)
        content = _content(link.canon)
        if content.get("chain") != link.chain.value or content.get("seq") != link.seq:
            raise self._broken(Kind.ORDER, "it says that it stands in another place", link.seq)
        wrong = [name for name, value in _told(content).items() if columns[name] != value]
        if wrong:
            raise self._broken(Kind.COLUMNS, f"{', '.join(wrong)} differ from its bytes", link.seq)
        self._check_rows(link, content)
        self.prev = str(columns["hash"])
        self.tree.add(bytes.fromhex(self.prev))
        self._check_marks()

    def finish(self, head: tuple[int, str] | None) -> Head:
        size = self.tree.size
        if self.marks:
            mark = self.marks[0]
            raise self._broken(Kind.ROLLBACK, f"{mark.size} events were there at {mark.at}, {size} are left", size + 1)
        if (head or (0, GENESIS)) != (size, self.prev):
            raise self._broken(Kind.HEAD, f"the head says {(head or (0, ''))[0]} events, {size} are there", size)
        return Head(size, self.prev, self.tree.root.hex())

    def _check_rows(self, link: Link, content: Mapping[str, Any]) -> None:
        told = content.get("rows")
        rows = list(link.rows)
        found = {"count": len(rows), "digest": rows_commitment(rows)} if rows else None
        if told != found:
            raise self._broken(
                Kind.ROWS, "the digests of the rows it changed are not the ones it vouched for", link.seq
            )

    def _check_marks(self) -> None:
        while self.marks and self.marks[0].size == self.tree.size:
            mark = self.marks.pop(0)
            if mark.head == self.prev and mark.root == self.tree.root:
                continue
            if self.keys and not notes.is_signed(mark, self.keys):
                raise self._broken(Kind.SIGNATURE, f"the checkpoint of {mark.at} is not ours", mark.size)
            raise self._broken(Kind.CHECKPOINT, f"it is not the event that was signed at {mark.at}", mark.size)

    def _broken(self, kind: Kind, words: str, seq: int) -> Broken:
        return Broken(kind, words, self.chain, seq)


def _content(canon: str) -> Mapping[str, Any]:
    """Nothing for bytes that are no event: its place then differs, which is said."""
    try:
        value = json.loads(canon)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _told(content: Mapping[str, Any]) -> dict[str, Any]:
    """The stored columns as the canonical bytes tell them."""
    subject, detail = (found if isinstance(found := content.get(name), dict) else {} for name in ("object", "detail"))
    about = subject.get("id") if subject.get("type") == CASE else detail.get("case")
    return {
        "id": content.get("id"),
        "at": content.get("at"),
        "action": content.get("action"),
        "actor_id": content.get("actor"),
        "object_type": subject.get("type"),
        "object_id": subject.get("id"),
        "about_id": about or None,
    }
