"""That one event is in a signed checkpoint, provable to whoever has the file and the public key, and nothing else.

A proof holds the event's canonical bytes, the hashes beside it in the Merkle tree (RFC 6962, section 2.1.1) and the signed
note of the first checkpoint after it. Whoever checks it learns nothing of any other event.
"""

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import col

from portfolio.audit import notes
from portfolio.audit.canon import chain_hash
from portfolio.audit.checkpoints import FILE, read_checkpoint_notes
from portfolio.audit.installation import chain_id_of
from portfolio.audit.merkle import leaf_hash, node_hash
from portfolio.audit.models import AuditEvent
from portfolio.audit.notes import Checkpoint
from portfolio.audit.signing_keys import PublicKey
from portfolio.audit.terms import Chain

FORMAT = "portfolio proof 1"
MAX_CHARACTERS = 1_000_000
BATCH = 5000


class NoSuchEvent(Exception):
    """No event of the trail has this id."""


class NotYetSigned(Exception):
    """The event is younger than the last checkpoint of its chain: one is signed every 15 minutes."""


class ProofFails(Exception):
    """The file proves nothing; says why."""


@dataclass(frozen=True, slots=True)
class Proven:
    """What a proof proves: these bytes were event `seq` of a chain when its checkpoint was signed, at `signed_at`."""

    chain_id: str
    chain: Chain
    seq: int
    size: int
    signed_at: datetime
    content: Mapping[str, Any]
    hash: str


def inclusion_path(leaves: Iterable[bytes], index: int) -> list[bytes]:
    """The hashes beside leaf `index` (from 0), nearest first, in one pass that keeps a peak for each level alone."""
    path: list[bytes] = []
    peaks: list[tuple[bytes, bool]] = []  # root of a perfect subtree, and whether the leaf is in it

    def join(left: tuple[bytes, bool], right: tuple[bytes, bool]) -> tuple[bytes, bool]:
        if left[1]:
            path.append(right[0])
        elif right[1]:
            path.append(left[0])
        return node_hash(left[0], right[0]), left[1] or right[1]

    for size, leaf in enumerate(leaves):
        node, rest = (leaf_hash(leaf), size == index), size
        while rest & 1:
            node = join(peaks.pop(), node)
            rest >>= 1
        peaks.append(node)
    while len(peaks) > 1:
        right = peaks.pop()
        peaks.append(join(peaks.pop(), right))
    return path


def root_of(leaf: bytes, index: int, size: int, path: Iterable[bytes]) -> bytes | None:
    """The root that a path leads to, or nothing for a path of another length (RFC 9162, section 2.1.3.2)."""
    node, place, last = leaf_hash(leaf), index, size - 1
    for beside in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            node = node_hash(beside, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, beside)
        place, last = place >> 1, last >> 1
    return node if last == 0 else None


def make_proof(connection: Connection, checkpoints_dir: Path, event_id: uuid.UUID) -> dict[str, Any]:
    """The proof as JSON data, read in one snapshot. Raises `NoSuchEvent` or `NotYetSigned`."""
    table = AuditEvent.__table__  # type: ignore[attr-defined]
    event = connection.execute(
        select(table.c.chain, table.c.seq, table.c.canon, table.c.prev).where(table.c.id == event_id)
    ).one_or_none()
    if event is None:
        raise NoSuchEvent
    note = _first_note(checkpoints_dir / chain_id_of(connection) / FILE, event.chain, event.seq)
    size = notes.parse(note).size
    hashes = connection.execution_options(yield_per=BATCH).execute(
        select(col(AuditEvent.hash))
        .where(col(AuditEvent.chain) == event.chain, col(AuditEvent.seq) <= size)
        .order_by(col(AuditEvent.seq))
    )
    with hashes:
        path = inclusion_path((bytes.fromhex(row.hash) for row in hashes), event.seq - 1)
    return {
        "format": FORMAT,
        "event": {"canon": event.canon, "prev": event.prev},
        "path": [beside.hex() for beside in path],
        "checkpoint": note,
    }


def _first_note(path: Path, chain: Chain, seq: int) -> str:
    """The oldest signed note of the chain that covers the event: it says the earliest by when the event was there."""
    if path.exists():
        for note, mark in read_checkpoint_notes(path):
            if mark.chain is chain and mark.size >= seq:
                return note
    raise NotYetSigned


def check_proof(text: str, keys: Mapping[str, PublicKey]) -> Proven:
    """Check a proof with public keys alone. Raises `ProofFails` with the first thing that is wrong."""
    canon, prev, path, mark = _read(text)
    content = json.loads(canon)
    if not isinstance(content, dict) or content.get("chain") != mark.chain.value:
        raise ProofFails("the event is of another chain than the checkpoint")
    seq = content.get("seq")
    if not isinstance(seq, int) or not 1 <= seq <= mark.size:
        raise ProofFails("the checkpoint is older than the event")
    hash_ = chain_hash(prev, canon)
    if root_of(bytes.fromhex(hash_), seq - 1, mark.size, path) != mark.root:
        raise ProofFails("the event is not in the checkpoint: it, or the path, was altered")
    if not notes.is_signed(mark, keys):
        raise ProofFails("none of the keys signed the checkpoint")
    return Proven(mark.chain_id, mark.chain, seq, mark.size, datetime.fromisoformat(mark.at), content, hash_)


def _read(text: str) -> tuple[str, str, list[bytes], Checkpoint]:
    if len(text) > MAX_CHARACTERS:
        raise ProofFails("the file is too long for a proof")
    try:
        data = json.loads(text)
        if data["format"] != FORMAT:
            raise ProofFails(f"the file does not say {FORMAT!r}")
        canon, prev = str(data["event"]["canon"]), str(data["event"]["prev"])
        bytes.fromhex(prev)
        json.loads(canon)
        path = [bytes.fromhex(beside) for beside in data["path"]]
        return canon, prev, path, notes.parse(str(data["checkpoint"]))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ProofFails("the file is not a proof") from error
