"""An import in the browser: upload and look, confirm, run beside the requests, and read what came of it."""

import logging
import threading
import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import PurePath
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.base import utc_now
from portfolio.db.engine import Database
from portfolio.db.text import storable
from portfolio.documents.columns import given_as_at
from portfolio.documents.mapping import Mapped
from portfolio.documents.mapping_schema import Mapping
from portfolio.errors import FieldRefused, NotFound, Refused
from portfolio.exchange.importing import import_file
from portfolio.exchange.mappings import read_and_recognise, shipped_mappings
from portfolio.exchange.models import ImportRun
from portfolio.exchange.reading import read_file
from portfolio.exchange.terms import ImportState
from portfolio.files.inspection import MAX_BYTES, Rejected, inspect
from portfolio.files.store import FileStore, TooLarge
from portfolio.i18n import current_language, gettext, language
from portfolio.people.viewer import Viewer

log = logging.getLogger(__name__)

GIVEN_UP = timedelta(minutes=15)
"""A run that has not ended by then died with its process: nothing of it was written, and it may be confirmed again."""

_progress: dict[uuid.UUID, tuple[int, int]] = {}
"""How far the runs of this very process are: a hint for whoever waits, nothing rests on it."""


@dataclass(frozen=True, slots=True)
class Received:
    """A file that was kept: its digest, its table's rows, and the mapping that fits its columns."""

    name: str
    sha256: str
    rows: int
    mapping: str
    source: str
    as_at: date | None


def receive(store: FileStore, stream: BinaryIO, name: str) -> Received:
    """Inspect an upload, keep it by its digest and recognise its mapping. Writes no row, holds no transaction.

    Raises `FieldRefused` for the field `file` with what is wrong with it.
    """
    shown = (storable(PurePath(name.replace("\\", "/")).name) or "file")[-200:]
    try:
        received = store.receive(stream, MAX_BYTES)
    except TooLarge:
        raise FieldRefused("file", gettext("The file is too large.")) from None
    judged = inspect(received, shown)
    if isinstance(judged, Rejected):
        received.unlink()
        raise FieldRefused("file", judged.message)
    digest = store.keep(received)
    try:
        table, mapping = read_and_recognise(store.path(digest).read_bytes(), shown, shipped_mappings().values())
    except Refused as refused:
        raise FieldRefused("file", " ".join(refused.reasons)) from refused
    return Received(shown, digest, table.read, mapping.name, mapping.source, _said_by_the_file(shown, mapping))


def _said_by_the_file(name: str, mapping: Mapping) -> date | None:
    """Nothing where only a person can say it, or where rows carry their own date."""
    try:
        return given_as_at(name, mapping, None)
    except Refused:
        return None


def needs_day(run: ImportRun) -> bool:
    """Whether only a person can say which day the file describes."""
    mapping = shipped_mappings().get(run.mapping)
    return mapping is not None and mapping.as_at.column is None and _said_by_the_file(run.file_name, mapping) is None


def prepare_import(session: Session, actor: Viewer, received: Received) -> ImportRun:
    """A run that waits for somebody to look at its preview and confirm."""
    run = ImportRun(
        mapping=received.mapping,
        source=received.source,
        file_name=received.name,
        file_sha256=received.sha256,
        as_at=received.as_at,
        read=received.rows,
        by_person_id=actor.person_id,
    )
    session.add(run)
    record(session, actor, Tag.IMPORT_PREPARED, run, file=run.file_sha256, mapping=run.mapping)
    session.flush()
    return run


def get_run(session: Session, run_id: uuid.UUID) -> ImportRun:
    found = session.get(ImportRun, run_id)
    if found is None:
        raise NotFound
    return found


def confirm_import(session: Session, actor: Viewer, run_id: uuid.UUID, as_at: date | None, now: datetime) -> ImportRun:
    """Mark the run as begun; whoever calls commits and then starts `run_in_background`.

    Raises `Refused` when it has begun, has ended or was discarded: a file is imported once by one confirmation.
    """
    run = session.scalar(select(ImportRun).where(col(ImportRun.id) == run_id).with_for_update())
    if run is None:
        raise NotFound
    if not may_begin(run, now):
        raise Refused(gettext("This import has already begun or was discarded."))
    run.state, run.started_at, run.failure, run.as_at = ImportState.RUNNING, now, "", as_at
    record(session, actor, Tag.IMPORT_CONFIRMED, run, file=run.file_sha256, as_at=as_at)
    session.flush()
    return run


def may_begin(run: ImportRun, now: datetime) -> bool:
    """Whether somebody may confirm it: it waits, it failed, or the process that ran it is gone."""
    if run.state is ImportState.RUNNING:
        return run.started_at is None or now - run.started_at > GIVEN_UP
    return run.state in (ImportState.PREVIEWED, ImportState.FAILED)


def discard_import(session: Session, actor: Viewer, run_id: uuid.UUID) -> None:
    run = get_run(session, run_id)
    if run.state not in (ImportState.PREVIEWED, ImportState.FAILED):
        raise Refused(gettext("This import has already begun or was discarded."))
    run.state = ImportState.DISCARDED
    record(session, actor, Tag.IMPORT_DISCARDED, run)


def mapped_file(store: FileStore, run: ImportRun, as_at: date | None) -> Mapped:
    """The kept file through the run's mapping. Raises `Refused` when nobody says which day it describes."""
    return read_file(store.path(run.file_sha256).read_bytes(), run.file_name, run.mapping, as_at)


def run_in_background(database: Database, store: FileStore, run_id: uuid.UUID, actor: Viewer) -> threading.Thread:
    """Start the work beside the requests. A process that dies rolls it back: nothing is ever half imported."""
    thread = threading.Thread(
        target=run_import,
        args=(database, store, run_id, actor, current_language()),
        name=f"import-{run_id}",
        daemon=True,
    )
    thread.start()
    return thread


def run_import(database: Database, store: FileStore, run_id: uuid.UUID, actor: Viewer, spoken: str) -> None:
    """Read, then write in one transaction; a failure is told in the run, in words."""
    with language(spoken):
        try:
            with database.reading() as session:
                run = get_run(session, run_id)
            mapped = mapped_file(store, run, run.as_at)
            with database.writing() as session:
                run = session.scalars(select(ImportRun).where(col(ImportRun.id) == run_id).with_for_update()).one()
                if run.state is not ImportState.RUNNING:
                    return
                import_file(session, actor, mapped, run, lambda done, total: _note(run_id, done, total))
        except Refused as refused:
            _fail(database, actor, run_id, " ".join(refused.reasons))
        except Exception:  # the thread's outermost layer: whatever it was, the person who waits is told
            log.exception("import %s failed", run_id)
            _fail(
                database, actor, run_id, gettext("The import stopped because of a fault of ours. Nothing was imported.")
            )
        finally:
            _progress.pop(run_id, None)


def _note(run_id: uuid.UUID, done: int, total: int) -> None:
    _progress[run_id] = (done, total)


def progress_of(run_id: uuid.UUID) -> tuple[int, int] | None:
    """Rows done and rows in all, if this process runs it."""
    return _progress.get(run_id)


def _fail(database: Database, actor: Viewer, run_id: uuid.UUID, reason: str) -> None:
    with database.writing() as session:
        run = get_run(session, run_id)
        run.state, run.failure, run.finished_at = ImportState.FAILED, reason[:1000], utc_now()
        record(session, actor, Tag.IMPORT_FAILED, run, file=run.file_sha256)
