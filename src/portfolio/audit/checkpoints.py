"""Where the chains stand, signed into a file outside the database: whoever cuts or replaces the trail leaves this behind.

One file per installation, `<checkpoints>/<chain id>/checkpoints.jsonl`, only ever appended to; one line holds one note.
`tree.json` beside it spares reading every hash again and is made anew whenever it does not fit the file.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit import notes
from portfolio.audit.canon import GENESIS
from portfolio.audit.installation import chain_id_of
from portfolio.audit.merkle import Tree
from portfolio.audit.models import AuditEvent, AuditHead
from portfolio.audit.notes import Checkpoint
from portfolio.audit.signing_keys import KeyPurpose, load_or_make_key, public_keys
from portfolio.audit.terms import Chain
from portfolio.db.base import utc_now
from portfolio.db.engine import Database

FILE = "checkpoints.jsonl"
EVERY = timedelta(minutes=15)
EVENTS = 1000
BATCH = 2000
TAIL = 64 * 1024
"""Longer than any line of the file."""


class CheckpointConflict(Exception):
    """The database does not continue what the file says was there: it was rolled back, or the trail was rewritten."""


@dataclass(slots=True)
class _Stand:
    """A chain as the file last saw it."""

    tree: Tree
    head: str
    at: str


def read_checkpoints(path: Path) -> Iterator[Checkpoint]:
    """The checkpoints of a file, oldest first. Raises `ValueError` as `read_checkpoint_notes`."""
    for _, checkpoint in read_checkpoint_notes(path):
        yield checkpoint


def read_checkpoint_notes(path: Path) -> Iterator[tuple[str, Checkpoint]]:
    """Each signed note with what it says. Raises `ValueError` naming the line of what is none; a torn last line is passed by."""
    with path.open(encoding="utf-8") as stream:
        for number, line in enumerate(stream, start=1):
            if not line.endswith("\n"):
                return
            try:
                note = str(json.loads(line)["note"])
                yield note, notes.parse(note)
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"{path}: line {number} is not a checkpoint") from error


def write_checkpoints(
    database: Database, checkpoints_dir: Path, keys_dir: Path, *, only_when_due: bool = False
) -> list[Checkpoint]:
    """Sign where every chain that moved stands now; returns the new checkpoints.

    `only_when_due`: not before 15 minutes or 1,000 events have gone by. Raises `CheckpointConflict` when the database
    does not continue the file.
    """
    with database.reading() as session:
        chain_id = chain_id_of(session)
        folder = checkpoints_dir / chain_id
        with _locked(folder):
            stands = _stands(session, folder, chain_id, keys_dir)
            heads = _heads(session)
            _check_continued(session, stands, heads)
            moved = {chain: head for chain, head in heads.items() if head[0] > stands[chain].tree.size}
            if not moved or (only_when_due and not _is_due(stands, moved, utc_now())):
                return []
            key = load_or_make_key(keys_dir, KeyPurpose.CHECKPOINT)
            at = utc_now()
            lines = []
            for chain, (_, hash_) in moved.items():
                stand = stands[chain]
                _grow(session, chain, stand.tree, heads[chain])
                origin = f"portfolio/{chain_id}/{chain.value}"
                lines.append(notes.signed(notes.body(origin, stand.tree.size, stand.tree.root, hash_, at), key))
            _append(folder / FILE, lines)
            made = [notes.parse(line) for line in lines]
            for checkpoint in made:
                stands[checkpoint.chain] = _Stand(stands[checkpoint.chain].tree, checkpoint.head, checkpoint.at)
            _keep(folder, stands)
            return made


def _is_due(stands: Mapping[Chain, _Stand], moved: Mapping[Chain, tuple[int, str]], now: datetime) -> bool:
    return any(
        size - stands[chain].tree.size >= EVENTS
        or not stands[chain].at
        or now - datetime.fromisoformat(stands[chain].at) >= EVERY
        for chain, (size, _) in moved.items()
    )


def _heads(session: Session) -> dict[Chain, tuple[int, str]]:
    rows = session.execute(select(col(AuditHead.chain), col(AuditHead.seq), col(AuditHead.hash)))
    found = {row.chain: (row.seq, row.hash) for row in rows}
    return {chain: found.get(chain.value, (0, GENESIS)) for chain in Chain}


def _check_continued(session: Session, stands: Mapping[Chain, _Stand], heads: Mapping[Chain, tuple[int, str]]) -> None:
    for chain, stand in stands.items():
        size = stand.tree.size
        if size == 0:
            continue
        if heads[chain][0] < size:
            raise CheckpointConflict(
                f"chain {chain.value} has {heads[chain][0]} events; {size} were there at {stand.at}"
            )
        found = session.scalar(
            select(col(AuditEvent.hash)).where(col(AuditEvent.chain) == chain, col(AuditEvent.seq) == size)
        )
        if found != stand.head:
            raise CheckpointConflict(f"event {size} of chain {chain.value} is not the one signed at {stand.at}")


def _grow(session: Session, chain: Chain, tree: Tree, head: tuple[int, str]) -> None:
    size, hash_ = head
    query = (
        select(col(AuditEvent.seq), col(AuditEvent.hash))
        .where(col(AuditEvent.chain) == chain, col(AuditEvent.seq) > tree.size, col(AuditEvent.seq) <= size)
        .order_by(col(AuditEvent.seq))
    )
    last = ""
    with session.execute(query.execution_options(yield_per=BATCH)) as found:
        for seq, last in found:
            if seq != tree.size + 1:
                raise CheckpointConflict(f"event {tree.size + 1} of chain {chain.value} is missing")
            tree.add(bytes.fromhex(last))
    if tree.size != size or last != hash_:
        raise CheckpointConflict(f"the head of chain {chain.value} is not its last event")


def _stands(session: Session, folder: Path, chain_id: str, keys_dir: Path) -> dict[Chain, _Stand]:
    """From `tree.json` where it fits the file, else from the file and the hashes in the database."""
    path = folder / FILE
    if not path.exists():
        return {chain: _Stand(Tree(), GENESIS, "") for chain in Chain}
    kept = _kept(folder)
    if kept is not None:
        return kept
    last = {chain: _Stand(Tree(), GENESIS, "") for chain in Chain}
    newest = {c.chain: c for c in read_checkpoints(path) if c.chain_id == chain_id}
    keys = public_keys(keys_dir)
    for chain, checkpoint in newest.items():
        if not notes.is_signed(checkpoint, keys):
            raise CheckpointConflict(f"{path}: the last checkpoint of chain {chain.value} has no valid signature")
        heads = _heads(session)
        if heads[chain][0] < checkpoint.size:
            raise CheckpointConflict(
                f"chain {chain.value} has {heads[chain][0]} events; {checkpoint.size} were there at {checkpoint.at}"
            )
        tree = Tree()
        _grow(session, chain, tree, (checkpoint.size, checkpoint.head))
        if tree.root != checkpoint.root:
            raise CheckpointConflict(f"chain {chain.value} is not the one signed at {checkpoint.at}")
        last[chain] = _Stand(tree, checkpoint.head, checkpoint.at)
    return last


def _kept(folder: Path) -> dict[Chain, _Stand] | None:
    try:
        data = json.loads((folder / "tree.json").read_text())
        if data["length"] != (folder / FILE).stat().st_size:
            return None
        return {
            Chain(name): _Stand(Tree(part["size"], [bytes.fromhex(p) for p in part["peaks"]]), part["head"], part["at"])
            for name, part in data["chains"].items()
        }
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep(folder: Path, stands: Mapping[Chain, _Stand]) -> None:
    chains: dict[str, Any] = {
        chain.value: {"size": s.tree.size, "peaks": [p.hex() for p in s.tree.peaks], "head": s.head, "at": s.at}
        for chain, s in stands.items()
    }
    draft = folder / "tree.json.new"
    draft.write_text(json.dumps({"length": (folder / FILE).stat().st_size, "chains": chains}))
    draft.replace(folder / "tree.json")


def _append(path: Path, lines: list[str]) -> None:
    """To the disk before anybody relies on it; the torn line of a crash is cut off first."""
    with path.open("a+b") as stream:
        length = stream.seek(0, os.SEEK_END)
        start = stream.seek(max(0, length - TAIL))
        stream.truncate(start + stream.read().rfind(b"\n") + 1)
        for line in lines:
            stream.write(json.dumps({"note": line}, ensure_ascii=False).encode() + b"\n")
        stream.flush()
        os.fsync(stream.fileno())


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
