"""Receiving a file of measurements, keeping it by its digest, and recording it once."""

import uuid
from pathlib import PurePath
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.text import storable
from portfolio.documents.reading import Table, read_bytes
from portfolio.errors import FieldRefused, NotFound, Refused
from portfolio.files.inspection import MAX_BYTES, Rejected, inspect
from portfolio.files.store import FileStore, TooLarge
from portfolio.i18n import gettext as _
from portfolio.kpis.files import OPTIONS, preview
from portfolio.kpis.measuring import record_measurements
from portfolio.kpis.models import Upload
from portfolio.kpis.terms import MeasuredBy, UploadState
from portfolio.kpis.views import Opened
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Project


def receive(store: FileStore, stream: BinaryIO, name: str) -> tuple[str, str]:
    """The name as shown and the digest of a file that was inspected and kept. Raises `FieldRefused` with what is wrong with it."""
    shown = (storable(PurePath(name.replace("\\", "/")).name) or "file")[-200:]
    try:
        received = store.receive(stream, MAX_BYTES)
    except TooLarge:
        raise FieldRefused("file", _("The file is too large.")) from None
    judged = inspect(received, shown)
    if isinstance(judged, Rejected):
        received.unlink()
        raise FieldRefused("file", judged.message)
    return shown, store.keep(received)


def table_of(store: FileStore, upload: Upload) -> Table:
    """Raises `Refused` for a file that is no table."""
    return read_bytes(store.path(upload.file_sha256).read_bytes(), upload.file_name, OPTIONS)


def prepare(session: Session, actor: Viewer, project: Project, name: str, digest: str) -> Upload:
    row = Upload(project_id=project.id, file_name=name, file_sha256=digest, by_id=actor.person_id)
    session.add(row)
    session.flush()
    record(session, actor, Tag.MEASUREMENTS_PREPARED, row, project=project.id, file=digest)
    return row


def get_upload(session: Session, project: Project, upload_id: uuid.UUID) -> Upload:
    """Raises `NotFound` for one of another project."""
    found = session.scalar(select(Upload).where(col(Upload.id) == upload_id, col(Upload.project_id) == project.id))
    if found is None:
        raise NotFound
    return found


def record_file(session: Session, actor: Viewer, store: FileStore, found: Opened, upload: Upload) -> int:
    """Keep what the file says that is new and return how many values; the rows that cannot be taken stay out.

    Raises `Refused` for a file that was recorded already, or holds nothing to record.
    """
    if upload.state is not UploadState.PREVIEWED:
        raise Refused(_("This file was recorded already."))
    seen = preview(session, found.project, table_of(store, upload), found.today)
    if not seen.entries:
        raise Refused(_("Nothing of this file is new."))
    upload.state = UploadState.DONE
    upload.recorded = record_measurements(
        session, actor, found.project, seen.entries, found.today, MeasuredBy.FILE, upload
    )
    return upload.recorded
