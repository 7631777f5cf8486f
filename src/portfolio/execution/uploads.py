"""A file of the financial system: kept by its digest, looked at, its columns named, recorded once."""

import uuid
from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.bulk import insert_rows
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.base import new_id
from portfolio.db.clock import now
from portfolio.documents.reading import Table, read_bytes
from portfolio.errors import NotFound, Refused
from portfolio.execution.columns import HEADERS, WORDS, recognised
from portfolio.execution.files import OPTIONS, Preview, preview
from portfolio.execution.models import ExecutionDifference, ExecutionRun
from portfolio.execution.recording import keep, lock
from portfolio.execution.rows import is_everywhere
from portfolio.execution.terms import DifferenceState, Origin, RunState
from portfolio.files.store import FileStore
from portfolio.i18n import gettext as _
from portfolio.packs.schema import CountryPack
from portfolio.people.permissions import Permission
from portfolio.people.viewer import SYSTEM, Viewer


def table_of(store: FileStore, run: ExecutionRun) -> Table:
    """Raises `Refused` for a file that is no table."""
    return read_bytes(store.path(run.file_sha256).read_bytes(), run.file_name, OPTIONS)


def prepare(session: Session, actor: Viewer, table: Table, name: str, digest: str, as_at: date) -> ExecutionRun:
    """Columns whose words are known are found; the person may name others before it counts."""
    row = ExecutionRun(
        file_name=name,
        file_sha256=digest,
        as_at=as_at,
        mapping=recognised(table.header),
        read=table.read,
        by_id=actor.person_id if actor.grants else None,
    )
    session.add(row)
    session.flush()
    record(session, actor, Tag.EXECUTION_PREPARED, row, file=digest, as_at=as_at)
    return row


def may_read(viewer: Viewer, run: ExecutionRun) -> bool:
    """Whether the page of a file opens for this person, whom no route has narrowed yet."""
    reader = viewer.narrowed(Permission.EXECUTION_READ)
    return bool(reader.grants) and (is_everywhere(reader) or run.by_id == reader.person_id)


def get_run(session: Session, viewer: Viewer, run_id: uuid.UUID) -> ExecutionRun:
    """Raises `NotFound` for a file that somebody else sent, save to the budget office and the auditor."""
    found = session.get(ExecutionRun, run_id)
    if found is None or not (is_everywhere(viewer) or found.by_id == viewer.person_id):
        raise NotFound
    return found


def name_columns(session: Session, actor: Viewer, run: ExecutionRun, table: Table, named: Mapping[str, str]) -> None:
    """Which column is which: field → header; a blank, or a header that the file lacks, leaves the field without one."""
    _refuse_settled(session, run)
    run.mapping = {field: named[field] for field in HEADERS if named.get(field) in table.header}
    record(session, actor, Tag.EXECUTION_PREPARED, run, file=run.file_sha256, columns=sorted(run.mapping))


def _refuse_settled(session: Session, run: ExecutionRun) -> None:
    session.refresh(run, with_for_update=True)
    if run.state is not RunState.PREVIEWED:
        raise Refused(
            _("This file was discarded.") if run.state is RunState.DISCARDED else _("This file was recorded already.")
        )


def discard(session: Session, actor: Viewer, run: ExecutionRun) -> None:
    """Nothing of it is recorded, ever; that it was sent stays. Raises `Refused` for one recorded or discarded already."""
    _refuse_settled(session, run)
    run.state = RunState.DISCARDED
    record(session, actor, Tag.EXECUTION_DISCARDED, run, file=run.file_sha256, as_at=run.as_at)
    session.flush()


def record_run(session: Session, actor: Viewer, pack: CountryPack, table: Table, run: ExecutionRun) -> Preview:
    """Keep what the file says that is new, put what matches nothing on the list, and return what was done.

    Raises `Refused` for a file that was recorded already, lacks a column, or holds nothing new.
    """
    _refuse_settled(session, run)
    at = now(session)
    today = at.astimezone(pack.zone).date()
    lock(session, preview(session, actor, pack, table, run.mapping, run.as_at, today).numbers)
    seen = preview(session, actor, pack, table, run.mapping, run.as_at, today)
    if not seen.has_news:
        raise Refused(_("Nothing of this file is new."))
    run.state, run.recorded_at = RunState.RECORDED, at
    run.recorded = keep(session, actor, at, [*seen.amounts, *seen.yielding], seen.there, Origin.SYSTEM, run)
    run.unchanged, run.differing, run.rejected = seen.unchanged, len(seen.differing), len(seen.wrong)
    _list_differences(session, run, seen)
    record(
        session, actor, Tag.EXECUTION_RECORDED, run, file=run.file_sha256, as_at=run.as_at, amounts=run.recorded,
        corrected=seen.corrections, gave_way=len(seen.yielding), differences=run.differing, rejected=run.rejected,
    )  # fmt: skip
    session.flush()
    return seen


def take_file(
    session: Session, pack: CountryPack, table: Table, name: str, digest: str, as_at: date
) -> tuple[Preview, int]:
    """For the command: the whole way of a file as the system; what was found, and how many amounts were recorded.

    Nothing is kept of a file that says nothing new. Raises `Refused` for one that lacks a column.
    """
    today = now(session).astimezone(pack.zone).date()
    seen = preview(session, SYSTEM, pack, table, recognised(table.header), as_at, today)
    if seen.missing:
        names = ", ".join(_(WORDS[field]) for field in seen.missing)
        raise Refused(_("The file lacks a column for: %(names)s. Say which column it is.") % {"names": names})
    if not seen.has_news:
        return seen, 0
    run = prepare(session, SYSTEM, table, name, digest, as_at)
    seen = record_run(session, SYSTEM, pack, table, run)
    return seen, run.recorded


def _list_differences(session: Session, run: ExecutionRun, seen: Preview) -> None:
    insert_rows(
        session,
        ExecutionDifference,
        [
            {
                "id": new_id(),
                "created_at": run.recorded_at,
                "version": 1,
                "run_id": run.id,
                "row_number": row.number,
                "mismatch": why,
                "cells": row.cells,
                "state": DifferenceState.OPEN,
                "project_id": None,
                "reason": "",
                "settled_by_id": None,
                "settled_at": None,
            }
            for row, why in seen.differing
        ],
    )


def runs_of(session: Session, viewer: Viewer, most: int = 20) -> list[ExecutionRun]:
    """The newest files that this person may look at."""
    query = select(ExecutionRun).order_by(col(ExecutionRun.created_at).desc(), col(ExecutionRun.id).desc()).limit(most)
    if not is_everywhere(viewer):
        query = query.where(col(ExecutionRun.by_id) == viewer.person_id)
    return list(session.scalars(query))
