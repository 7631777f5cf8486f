"""Pictures are drawn anew on the way in; peer reviewers get copies that say nothing of their authors."""

import io
import json

import docx
from PIL import Image
from sqlalchemy import select
from sqlmodel import col

from factories import a_person, an_institution
from portfolio.audit.models import AuditEvent
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.models import Attachment, BusinessCase
from portfolio.business_cases.terms import CaseStatus
from portfolio.db.base import utc_now
from portfolio.db.engine import Database
from portfolio.files.store import FileStore
from portfolio.people.models import Duty
from portfolio.people.terms import DutyKind, Role
from portfolio.people.viewer import SYSTEM, Viewer
from portfolio.settings import Settings

from .conftest import Scene


def sent(scene: Scene, database: Database, name: str, content: bytes) -> Attachment:
    answer = scene.visitor.post(scene.at("attachments"), {"title": ""}, files={"file": (name, content)})
    assert answer.status == 303, answer.main
    with database.reading() as session:
        return session.scalars(select(Attachment)).one()


def a_reviewer(scene: Scene, database: Database) -> Viewer:
    """Of another institution, on the case, which is in review."""
    with database.writing() as session:
        reviewer = a_person(session, (Role.REVIEWER, an_institution(session)))
        case = session.get_one(BusinessCase, scene.case.id)
        case.status = CaseStatus.IN_REVIEW
        session.add(Duty(person_id=reviewer.person_id, subject_id=case.id, kind=DutyKind.REVIEWER, began_at=utc_now()))
        record(session, SYSTEM, Tag.CASE_MOVED, case)
    return reviewer


def by_canary() -> bytes:
    document = docx.Document()
    document.add_paragraph("Reemplazo del sistema")
    document.core_properties.author = "Canaria Pérez"
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def author_in(content: bytes) -> str:
    return docx.Document(io.BytesIO(content)).core_properties.author or ""


def test_a_picture_is_kept_drawn_anew_and_the_trail_knows_what_was_sent(
    scene: Scene, database: Database, settings: Settings
) -> None:
    exif = Image.Exif()
    exif[0x013B] = "CANARY"
    stream = io.BytesIO()
    Image.new("RGB", (40, 20), "white").save(stream, "JPEG", exif=exif)
    row = sent(scene, database, "foto.jpg", stream.getvalue())
    kept = FileStore(settings.files_dir).path(row.sha256).read_bytes()
    assert (b"CANARY" in kept, len(kept)) == (False, row.size)
    with database.reading() as session:
        query = select(AuditEvent).where(col(AuditEvent.action) == Tag.FILE_ATTACHED.value)
        detail = json.loads(session.scalars(query).one().canon)["detail"]
    assert detail["sha256"] == row.sha256 != detail["original"]
    incoming = list((settings.files_dir / "incoming").iterdir())
    assert incoming == [], "nothing of the original stays behind"


def test_a_reviewer_gets_no_author_and_everybody_else_the_very_file(scene: Scene, database: Database) -> None:
    row = sent(scene, database, "a.docx", by_canary())
    reviewer = a_reviewer(scene, database)
    with database.writing() as session:
        analyst = a_person(session, (Role.DIRECTIVE_ANALYST, an_institution(session)))
    path = scene.at(f"attachments/{row.id}")
    blind = scene.visitors.of(reviewer.person_id).raw(path)
    assert blind.status_code == 200
    assert author_in(blind.content) == ""
    assert "sandbox" in blind.headers["content-security-policy"]
    assert author_in(scene.visitors.of(analyst.person_id).raw(path).content) == "Canaria Pérez"
    assert author_in(scene.visitor.raw(path).content) == "Canaria Pérez"
