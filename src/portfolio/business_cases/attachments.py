"""Files of a case: let in after a look, kept by digest, removed without being destroyed."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, BinaryIO

from litestar import Request
from litestar.datastructures import UploadFile
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.editing import lock_for_edit, make_author
from portfolio.business_cases.models import Attachment, BusinessCase
from portfolio.db.clock import now
from portfolio.db.text import storable
from portfolio.errors import FieldRefused, NotFound, Refused
from portfolio.files.cleaning import REDRAWN, NotCleaned, cleaned_copy
from portfolio.files.inspection import MAX_BYTES, MEDIA_TYPES, Accepted, Rejected, inspect
from portfolio.files.inspection_labels import REJECT_REASON_LABELS
from portfolio.files.inspection_terms import RejectReason
from portfolio.files.quota import check_place_for, counts_for_quota
from portfolio.files.store import FileStore, TooLarge
from portfolio.i18n import gettext as _
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import NamesShown, SectionCode
from portfolio.people.permissions import Reach
from portfolio.people.viewer import Viewer
from portfolio.web.runtime import runtime

MOST_FILES = 60
"""Files of one case."""


@dataclass(frozen=True, slots=True)
class Received:
    """An accepted file that has its place, but no row yet."""

    file_name: str
    media_type: str
    sha256: str
    size: int
    original_sha256: str = ""
    """Of what was sent, where something else is kept: pictures are drawn anew."""


def store_of(request: Request[Any, Any, Any]) -> FileStore:
    return FileStore(runtime(request).settings.files_dir)


def receive(store: FileStore, upload: UploadFile) -> Received:
    """Look at an upload and keep it. Slow (up to `inspection.WALL_SECONDS`): call it before any row is locked.

    Raises `FieldRefused("file", …)` with what is wrong and what to do.
    """
    name = clean_name(upload.filename)
    stream: BinaryIO = upload.file  # type: ignore[assignment]
    stream.seek(0)
    try:
        path = store.receive(stream, MAX_BYTES)
    except TooLarge:
        raise FieldRefused("file", _(REJECT_REASON_LABELS[RejectReason.TOO_LARGE])) from None
    try:
        found = inspect(path, name)
        if isinstance(found, Rejected):
            raise FieldRefused("file", found.message)
        if found.kind in REDRAWN:
            return _redrawn(store, path, name, found)
        return Received(name, found.media_type, store.keep(path), found.size)
    finally:
        path.unlink(missing_ok=True)


def _redrawn(store: FileStore, path: Path, name: str, found: Accepted) -> Received:
    """Only the points of a picture are kept: not where and when it was taken, nor anything hidden beside them."""
    try:
        content = cleaned_copy(path, found.kind)
    except NotCleaned:
        raise FieldRefused("file", _(REJECT_REASON_LABELS[RejectReason.TOO_HEAVY])) from None
    return Received(name, found.media_type, store.put(content), len(content), found.sha256)


def without_author(path: Path, media_type: str) -> bytes:
    """A file for readers from whom the pack hides names. Raises `Refused` when no such copy can be made."""
    kinds = {known: kind for kind, known in MEDIA_TYPES.items()}
    try:
        return cleaned_copy(path, kinds[media_type])
    except (NotCleaned, KeyError):
        raise Refused(
            _("This file cannot be shown without the data of its author. Ask the review secretary for it.")
        ) from None


def hides_authors(pack: CountryPack, viewer: Viewer, case: BusinessCase) -> bool:
    """Whether this reader reaches the case as a peer reviewer alone, in a country whose reviews are blind."""
    if pack.rubric is None or pack.rubric.names_shown is NamesShown.ALWAYS:
        return False
    if case.institution_id in viewer.own_institutions:
        return False
    return not (viewer.reaches(Reach.SUBMITTED) or viewer.reaches(Reach.EVERYTHING))


def clean_name(name: str) -> str:
    """The uploader's name for a file, for people to read: no folders, no control characters, at most 200 characters."""
    plain = PurePath((storable(name) or "").replace("\\", "/")).name
    plain = "".join(c for c in plain if c.isprintable()).strip()
    if len(plain) > 200:
        suffix = PurePath(plain).suffix[:10]
        plain = plain[: 200 - len(suffix)] + suffix
    return plain


def attach(
    session: Session, actor: Viewer, case: BusinessCase, section: SectionCode, received: Received, title: str
) -> Attachment:
    """Raises `FieldRefused` for a full case or institution, or a file that is attached already; `Refused` when locked."""
    lock_for_edit(session, actor, case, section)
    present = attachments_of(session, case.id)
    if len(present) >= MOST_FILES:
        raise FieldRefused("file", _("A case holds at most %(n)s files. Remove one first.") % {"n": MOST_FILES})
    is_present = received.sha256 in {row.sha256 for row in present}
    check_place_for(session, case.institution_id, received.size, is_present=is_present)
    row = Attachment(
        case_id=case.id,
        section=section.value,
        file_name=received.file_name,
        title=title,
        media_type=received.media_type,
        size=received.size,
        sha256=received.sha256,
        by_id=actor.person_id,
        created_at=now(session),
    )
    session.add(row)
    make_author(session, case, actor)
    record(
        session,
        actor,
        Tag.FILE_ATTACHED,
        case,
        words=received.file_name,
        attachment=row.id,
        sha256=received.sha256,
        size=received.size,
        **({"original": received.original_sha256} if received.original_sha256 else {}),
    )
    session.flush()
    return row


def remove(session: Session, actor: Viewer, case: BusinessCase, attachment_id: uuid.UUID) -> None:
    """The file leaves the case and stays in its history. Raises `NotFound`, or `Refused` when the section is locked."""
    row = session.get(Attachment, attachment_id)
    if row is None or row.case_id != case.id or row.removed_at is not None:
        raise NotFound
    lock_for_edit(session, actor, case, row.section)
    row.removed_at = now(session)
    make_author(session, case, actor)
    record(session, actor, Tag.FILE_REMOVED, case, attachment=row.id, sha256=row.sha256)
    session.flush()


def attachments_of(session: Session, case_id: uuid.UUID, *, removed: bool = False) -> Sequence[Attachment]:
    """Oldest first: those that are there, or those that were removed."""
    is_gone = col(Attachment.removed_at).is_not(None) if removed else col(Attachment.removed_at).is_(None)
    return session.scalars(
        select(Attachment)
        .where(col(Attachment.case_id) == case_id, is_gone)
        .order_by(col(Attachment.created_at), col(Attachment.id))
    ).all()


def get_attachment(session: Session, case: BusinessCase, attachment_id: uuid.UUID) -> Attachment:
    """Raises `NotFound` for a file of another case."""
    row = session.get(Attachment, attachment_id)
    if row is None or row.case_id != case.id:
        raise NotFound
    return row


@counts_for_quota
def _attached(institution_id: uuid.UUID) -> Select[Any]:
    """Removed files included: they are kept."""
    return (
        select(func.sum(col(Attachment.size)))
        .join(BusinessCase, col(BusinessCase.id) == col(Attachment.case_id))
        .where(col(BusinessCase.institution_id) == institution_id)
    )
