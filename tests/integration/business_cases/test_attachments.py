"""Files: looked at, kept once by digest, taken out under the case's own check, removed without being destroyed."""

import io
import uuid
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from portfolio.audit.models import AuditEvent
from portfolio.audit.terms import Tag
from portfolio.business_cases.attachments import clean_name
from portfolio.business_cases.models import Attachment
from portfolio.db.engine import Database
from portfolio.files import quota
from portfolio.files.store import FileStore, TooLarge
from portfolio.settings import Settings
from visitors import Page

from .conftest import Scene

CSV = b"item;amount\nlicences;100\n"


def send(scene: Scene, name: str, content: bytes, title: str = "") -> Page:
    return scene.visitor.post(scene.at("attachments"), {"title": title}, files={"file": (name, content)})


def only_row(database: Database) -> Attachment:
    with database.reading() as session:
        return session.scalars(select(Attachment)).one()


def test_a_file_comes_in_is_listed_and_comes_out_byte_by_byte(
    scene: Scene, database: Database, settings: Settings
) -> None:
    answer = send(scene, "cotizaciones año.csv", CSV, "Quotations")
    assert answer.status == 303, answer.main
    row = only_row(database)
    assert FileStore(settings.files_dir).path(row.sha256).read_bytes() == CSV
    assert "Quotations" in scene.visitor.get(scene.at("sections/attachments")).main
    found = scene.visitor.raw(scene.at(f"attachments/{row.id}"))
    assert found.content == CSV
    assert found.headers["content-disposition"] == "attachment; filename*=UTF-8''cotizaciones%20a%C3%B1o.csv"
    assert "sandbox" in found.headers["content-security-policy"]
    assert found.headers["x-content-type-options"] == "nosniff"


def test_another_institution_gets_no_file(scene: Scene, database: Database) -> None:
    send(scene, "a.csv", CSV)
    row = only_row(database)
    stranger = scene.visitors.of(scene.stranger.person_id)
    assert stranger.raw(scene.at(f"attachments/{row.id}")).status_code == 404
    assert scene.visitor.raw(scene.at(f"attachments/{uuid.uuid4()}")).status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.exe", b"MZ", "Only docx, xlsx, csv, pdf, png and jpg files are accepted."),
        ("a.pdf", b"<html>", "The content is not what the name of the file says."),
        ("a.csv", b"", "The file is empty."),
    ],
)
def test_a_bad_file_is_refused_beside_the_field(
    scene: Scene, database: Database, settings: Settings, name: str, content: bytes, sentence: str
) -> None:
    answer = send(scene, name, content, "What it is")
    assert answer.status == 422
    assert answer.error("file").startswith(sentence)
    assert answer.value("title") == "What it is"
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Attachment)) == 0
    assert [path for path in settings.files_dir.rglob("*") if path.is_file()] == []


def test_no_file_and_the_same_file_twice(scene: Scene) -> None:
    assert scene.visitor.post(scene.at("attachments"), {}).error("file") == "Choose a file"
    send(scene, "a.csv", CSV)
    assert send(scene, "b.csv", CSV).error("file") == "This very file is attached already."


def test_an_institution_s_space_has_an_end(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quota, "QUOTA", len(CSV) + 5)
    assert send(scene, "a.csv", CSV).status == 303
    assert send(scene, "b.csv", CSV + b"x;1\nyy;2\n").error("file").startswith("Your institution has used up")


def test_a_removed_file_leaves_the_case_and_stays_in_its_history(
    scene: Scene, database: Database, settings: Settings
) -> None:
    send(scene, "a.csv", CSV)
    row = only_row(database)
    assert scene.visitor.post(scene.at(f"attachments/{row.id}/removal")).status == 303
    assert scene.visitor.post(scene.at(f"attachments/{row.id}/removal")).status == 404
    page = scene.visitor.get(scene.at("sections/attachments"))
    assert page.by_id("attachment-list") is None
    assert "Removed files" in page.main
    assert scene.visitor.raw(scene.at(f"attachments/{row.id}")).content == CSV
    with database.reading() as session:
        tags = session.scalars(
            select(col(AuditEvent.action))
            .where(col(AuditEvent.object_id) == scene.case.id)
            .order_by(col(AuditEvent.at))
        ).all()
    assert tags[-2:] == [Tag.FILE_ATTACHED.value, Tag.FILE_REMOVED.value]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("..\\..\\evil.csv", "evil.csv"),
        ("/etc/passwd", "passwd"),
        ("a\r\nSet-Cookie: x.csv", "aSet-Cookie: x.csv"),
        ("a\u202evsc.exe", "avsc.exe"),
        ("x" * 300 + ".csv", "x" * 196 + ".csv"),
    ],
)
def test_the_uploader_s_name_is_for_reading_only(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_the_store_keeps_one_content_once_and_refuses_too_much(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "files")
    first, second = store.put(b"letter"), store.put(b"letter")
    assert first == second
    with store.open(first) as stream:
        assert stream.read() == b"letter"
    with pytest.raises(TooLarge):
        store.receive(io.BytesIO(b"x" * 11), 10)
    assert list((tmp_path / "files" / "incoming").iterdir()) == []
    bad: Any
    for bad in ("", "../../etc/passwd", "A" * 64, "0" * 63):
        with pytest.raises(ValueError, match="not a SHA-256"):
            store.path(bad)
