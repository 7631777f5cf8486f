"""Uploads: what is harmless comes in, what is not is refused with its reason, and nothing hurts the one who looks."""

import io
import os
import stat
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from pathlib import Path

import pytest

from portfolio.files.inspection import MAX_BYTES, MEDIA_TYPES, Accepted, Rejected, inspect
from portfolio.files.inspection_labels import REJECT_REASON_LABELS
from portfolio.files.inspection_terms import FileKind, RejectReason
from portfolio.i18n import language
from unit.files import hostile as h

R = RejectReason


def judged(tmp_path: Path, content: bytes, name: str) -> Accepted | RejectReason:
    path = tmp_path / "upload"
    path.write_bytes(content)
    found = inspect(path, name)
    return found.reason if isinstance(found, Rejected) else found


GOOD = [
    ("Informe final.DOCX", h.a_docx(), FileKind.DOCX),
    ("costos.xlsx", h.an_xlsx(), FileKind.XLSX),
    ("datos.csv", "código;monto\nA;1,5\n".encode(), FileKind.CSV),
    ("datos.csv", "código;monto\nA;1,5\n".encode("windows-1252"), FileKind.CSV),
    ("acto.pdf", h.a_pdf(), FileKind.PDF),
    ("plano.png", h.a_picture("PNG"), FileKind.PNG),
    ("foto.jpeg", h.a_picture("JPEG"), FileKind.JPG),
    ("enlace.docx", h.with_relation("hyperlink", "https://example.org", external=True), FileKind.DOCX),
    ("campos.docx", h.a_package({}, body="<w:p><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"), FileKind.DOCX),
    ("grafico.docx", h.a_package({"word/embeddings/Microsoft_Excel_Sheet1.xlsx": h.an_xlsx()}), FileKind.DOCX),
]


@pytest.mark.parametrize(("name", "content", "kind"), GOOD, ids=[f"{name}-{n}" for n, (name, _, _) in enumerate(GOOD)])
def test_ordinary_files_come_in_with_kind_type_digest_and_size(tmp_path, name, content, kind):
    found = judged(tmp_path, content, name)
    assert isinstance(found, Accepted), found
    assert (found.kind, found.media_type, found.size) == (kind, MEDIA_TYPES[kind], len(content))
    assert len(found.sha256) == 64


def test_the_encoding_of_a_csv_is_told(tmp_path):
    found = [judged(tmp_path, "ñ;1\n".encode(encoding), "a.csv") for encoding in ("utf-8", "utf-8-sig", "windows-1252")]
    assert [one.encoding for one in found] == ["utf-8-sig", "utf-8-sig", "windows-1252"]


def a_symlink() -> bytes:
    stream = io.BytesIO(h.a_package({}))
    with zipfile.ZipFile(stream, "a") as package:
        link = zipfile.ZipInfo("word/media/link.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        package.writestr(link, "/etc/passwd")
    return stream.getvalue()


def twice_the_same_name() -> bytes:
    return h.renamed_in_place(
        h.a_package({"word/media/aaa.png": b"x", "word/media/AAB.png": b"y"}), b"AAB.png", b"AAA.png"
    )


def marked_encrypted() -> bytes:
    content = bytearray(h.a_package({}))
    place = content.rindex(b"PK\x01\x02", 0, content.rindex(b"word/document.xml"))
    content[place + 8] |= 1
    return bytes(content)


def a_zip_bomb() -> bytes:
    return h.a_package({"word/media/a.png": bytes(150_000_000)})


def one_that_lies_about_its_size() -> bytes:
    """The directory says 10 bytes; the stream would give a hundred thousand."""
    content = bytearray(h.a_package({"word/media/a.png": os.urandom(10) * 10_000}))
    place = content.rindex(b"PK\x01\x02", 0, content.rindex(b"word/media/a.png"))
    struct.pack_into("<L", content, place + 24, 10)
    return bytes(content)


def overlapping() -> bytes:
    content = bytearray(h.a_package({"word/media/a.png": b"x" * 50, "word/media/b.png": b"x" * 50}))
    first = content.rindex(b"PK\x01\x02", 0, content.rindex(b"word/media/a.png"))
    second = content.rindex(b"PK\x01\x02", 0, content.rindex(b"word/media/b.png"))
    content[second + 42 : second + 46] = content[first + 42 : first + 46]
    return bytes(content)


def object_stream(content: bytes) -> bytes:
    packed = zlib.compress(content)
    return b">> endobj 2 0 obj << /Type /ObjStm /Filter /FlateDecode >> stream\n" + packed + b"\nendstream endobj <<"


DTD = '<!DOCTYPE x [<!ENTITY a "b">]><w:document xmlns:w="x"/>'
LAUGHS = '<!DOCTYPE l [<!ENTITY a "ha">' + "".join(f'<!ENTITY b{n} "&a;&a;">' for n in range(9)) + "]><l>&b8;</l>"
BAD = {
    "empty": ("a.docx", b"", R.EMPTY),
    "program": ("a.exe", b"MZ", R.EXTENSION),
    "double extension": ("informe.pdf.exe", h.a_pdf(), R.EXTENSION),
    "old word": ("a.doc", b"x", R.EXTENSION),
    "macro extension": ("a.docm", h.a_docx(), R.EXTENSION),
    "no extension": ("docx", h.a_docx(), R.EXTENSION),
    "pdf called docx": ("a.docx", h.a_pdf(), R.WRONG_TYPE),
    "docx called pdf": ("a.pdf", h.a_docx(), R.WRONG_TYPE),
    "docx called xlsx": ("a.xlsx", h.a_docx(), R.WRONG_TYPE),
    "xlsx called docx": ("a.docx", h.an_xlsx(), R.WRONG_TYPE),
    "png called jpg": ("a.jpg", h.a_picture("PNG"), R.WRONG_TYPE),
    "docx called csv": ("a.csv", h.a_docx(), R.WRONG_TYPE),
    "any zip": ("a.docx", h.a_package({"[Content_Types].xml": "<Types/>"}), R.WRONG_TYPE),
    "password": ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), R.ENCRYPTED),
    "encrypted member": ("a.docx", marked_encrypted(), R.ENCRYPTED),
    "cut short": ("a.docx", h.a_docx()[:-40], R.DAMAGED),
    "only a head": ("a.docx", b"PK\x03\x04", R.DAMAGED),
    "noise": ("a.docx", b"PK\x03\x04" + os.urandom(5000), R.DAMAGED),
    "not xml": ("a.docx", h.a_package({"word/document.xml": "<w:p>"}), R.DAMAGED),
    "lies about size": ("a.docx", one_that_lies_about_its_size(), R.DAMAGED),
    "traversal": ("a.docx", h.a_package({"../../evil.xml": "<a/>"}), R.UNSAFE_NAME),
    "absolute": ("a.docx", h.a_package({"/etc/evil.xml": "<a/>"}), R.UNSAFE_NAME),
    "backslash": ("a.docx", h.a_package({"..\\evil.xml": "<a/>"}), R.UNSAFE_NAME),
    "drive": ("a.docx", h.a_package({"C:evil.xml": "<a/>"}), R.UNSAFE_NAME),
    "nul": ("a.docx", h.renamed_in_place(h.a_package({"word/aZb.xml": "<a/>"}), b"aZb", b"a\x00b"), R.UNSAFE_NAME),
    "symlink": ("a.docx", a_symlink(), R.UNSAFE_NAME),
    "same name twice": ("a.docx", twice_the_same_name(), R.UNSAFE_NAME),
    "many parts": ("a.docx", h.a_package({f"word/p{n}.xml": "<a/>" for n in range(2_001)}), R.TOO_MANY_PARTS),
    "overlap": ("a.docx", overlapping(), R.BOMB),
    "zip bomb": ("a.docx", a_zip_bomb(), R.BOMB),
    "vba": ("a.docx", h.a_package({"word/vbaProject.bin": b"x"}), R.MACRO),
    "vba by relation": ("a.docx", h.with_relation("vbaProject", "x.png", external=False), R.MACRO),
    "macro type": ("a.docx", h.a_package({"[Content_Types].xml": h.CONTENT_TYPES.replace(
        "wordprocessingml.document.main", "ms-word.document.macroEnabled.main")}), R.MACRO),
    "macro sheet": ("a.docx", h.a_package({"xl/macrosheets/sheet1.xml": "<a/>"}), R.MACRO),
    "activex": ("a.docx", h.a_package({"word/activeX/activeX1.xml": "<a/>"}), R.ACTIVE_CONTENT),
    "ole": ("a.docx", h.a_package({"word/embeddings/oleObject1.bin": b"x"}), R.EMBEDDED),
    "ole element": ("a.docx", h.a_package({}, body='<o:OLEObject xmlns:o="x"/>'), R.EMBEDDED),
    "foreign html": ("a.docx", h.with_relation("aFChunk", "x.png", external=False), R.EMBEDDED),
    "program inside": ("a.docx", h.a_package({"word/media/a.exe": b"MZ"}), R.EMBEDDED),
    "macro workbook inside": ("a.docx", h.a_package({"word/embeddings/a.xlsm": b"PK"}), R.EMBEDDED),
    "bomb inside": ("a.docx", h.a_package({"word/embeddings/a.xlsx": a_zip_bomb()}), R.BOMB),
    "remote template": ("a.docx", h.with_relation("attachedTemplate", "http://evil.example/a", external=True), R.EXTERNAL_LINK),
    "remote picture": ("a.docx", h.with_relation("image", "file://host/share/a.png", external=True), R.EXTERNAL_LINK),
    "linked workbook": ("a.docx", h.a_package({"xl/externalLinks/externalLink1.xml": "<a/>"}), R.EXTERNAL_LINK),
    "dde field": ("a.docx", h.a_package({}, body="<w:instrText>D</w:instrText>"
        "<w:instrText>DEAUTO c:\\cmd</w:instrText>"), R.ACTIVE_CONTENT),
    "dde simple field": ("a.docx", h.a_package({}, body='<w:fldSimple w:instr="DDE cmd"/>'), R.ACTIVE_CONTENT),
    "dtd": ("a.docx", h.a_package({"word/document.xml": DTD}), R.DTD),
    "dtd in utf-16": ("a.docx", h.a_package({"word/other.xml": DTD.encode("utf-16")}), R.DTD),
    "dtd in relations": ("a.docx", h.a_package({"word/_rels/document.xml.rels": DTD}), R.DTD),
    "billion laughs": ("a.docx", h.a_package({"docProps/app.xml": LAUGHS}), R.DTD),
    "zip behind a png": ("a.png", h.a_picture("PNG") + h.a_docx(), R.HIDDEN_DATA),
    "zip behind a pdf": ("a.pdf", h.a_pdf() + h.a_docx(), R.HIDDEN_DATA),
    "zip behind a jpg": ("a.jpg", h.a_picture("JPEG") + h.a_docx(), R.HIDDEN_DATA),
    "zip with something before": ("a.docx", b"PK\x03\x04xxx" + h.a_docx(), R.HIDDEN_DATA),
    "zip with something after": ("a.docx", h.a_docx() + b"<script>", R.HIDDEN_DATA),
    "script behind a png": ("a.png", h.a_picture("PNG") + b"<?php evil", R.HIDDEN_DATA),
    "script behind a jpg": ("a.jpg", h.a_picture("JPEG") + b"<?php evil", R.HIDDEN_DATA),
    "program behind a pdf": ("a.pdf", h.a_pdf() + b"MZ", R.HIDDEN_DATA),
    "png bomb": ("a.png", h.a_png_that_says(60_000, 60_000), R.TOO_MANY_PIXELS),
    "long thin png": ("a.png", h.a_png_that_says(1_000_000, 1), R.TOO_MANY_PIXELS),
    "half a png": ("a.png", h.a_png_that_says(1000, 1000), R.DAMAGED),
    "half a jpg": ("a.jpg", h.a_picture("JPEG", (900, 900))[:700], R.DAMAGED),
    "pdf without an end": ("a.pdf", b"%PDF-1.7\n", R.DAMAGED),
    "pdf script": ("a.pdf", h.a_pdf(b"/OpenAction << /S /JavaScript /JS (x) >>"), R.ACTIVE_CONTENT),
    "pdf script, disguised": ("a.pdf", h.a_pdf(b"/OpenAction << /S /J#61vaScript /JS (x) >>"), R.ACTIVE_CONTENT),
    "pdf script, packed": ("a.pdf", h.a_pdf(object_stream(b"<< /S /JavaScript >>")), R.ACTIVE_CONTENT),
    "pdf bomb": ("a.pdf", h.a_pdf(object_stream(bytes(80_000_000))), R.BOMB),
    "pdf program": ("a.pdf", h.a_pdf(b"/AA << /S /Launch >>"), R.ACTIVE_CONTENT),
    "locked pdf": ("a.pdf", h.a_pdf(b"/Encrypt 5 0 R"), R.ENCRYPTED),
    "binary csv": ("a.csv", b"a,b\n\x00\x01", R.NOT_TEXT),
    "utf-16 csv": ("a.csv", "a,b\n".encode("utf-16"), R.NOT_TEXT),
    "very long field": ("a.csv", b"x" * 1_500_000, R.DAMAGED),
    "very many cells": ("a.csv", b"," * 6_000_000, R.TOO_MANY_CELLS),
    "very many rows": ("a.csv", b"\n" * 600_000, R.TOO_MANY_CELLS),
}  # fmt: skip


@pytest.mark.parametrize(("name", "content", "reason"), BAD.values(), ids=BAD.keys())
def test_a_hostile_file_is_refused_with_its_reason(tmp_path, name, content, reason):
    started = time.monotonic()
    assert judged(tmp_path, content, name) is reason
    assert time.monotonic() - started < 10


def test_a_wrong_checksum_is_found(tmp_path):
    content = bytearray(h.a_package({"word/media/a.png": os.urandom(500)}))
    content[content.index(b"word/media/a.png") + 100] ^= 0xFF
    assert judged(tmp_path, bytes(content), "a.docx") is R.DAMAGED


def test_a_file_over_the_limit_is_not_even_read(tmp_path):
    path = tmp_path / "upload"
    with path.open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)
    assert inspect(path, "a.pdf") == Rejected(R.TOO_LARGE)


@pytest.mark.parametrize("noise", [0, 1_000_000])
def test_ten_million_empty_paragraphs_are_refused_quickly_and_cheaply(tmp_path, noise):
    """124 kB that would cost python-docx minutes and gigabytes; with noise, its ratio looks innocent."""
    content = h.many_paragraphs(10_000_000, noise=noise)
    assert len(content) < 1_300_000
    started = time.monotonic()
    reason = judged(tmp_path, content, "a.docx")
    assert time.monotonic() - started < 10
    assert reason is R.BOMB


def test_what_passes_the_directory_is_stopped_by_the_count(tmp_path):
    """Paragraphs that compress badly enough: only the count of elements sees them."""
    noisy = "".join(f'<w:p w:a="{os.urandom(2).hex()}"/>' for _ in range(200_000)) * 6
    content = h.a_package({}, body=noisy)
    assert judged(tmp_path, content, "a.docx") is R.TOO_MANY_CELLS
    assert _memory_of_the_child(tmp_path / "upload", "a.docx") < 512 * 1024 * 1024


def _memory_of_the_child(path: Path, name: str) -> int:
    """Bytes, measured by a small process of its own: a child is charged with what its parent held when it was made."""
    program = (
        "import resource, sys; from pathlib import Path; from portfolio.files.inspection import inspect; "
        "inspect(Path(sys.argv[1]), sys.argv[2]); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    source = Path(sys.modules["portfolio"].__file__ or "").parents[1]
    done = subprocess.run(
        [sys.executable, "-c", program, str(path), name],
        env={"PYTHONPATH": str(source)},
        capture_output=True,
        check=True,
    )
    return int(done.stdout) * 1024


def test_a_workbook_of_very_many_rows_or_cells_is_refused(tmp_path):
    assert judged(tmp_path, h.many_cells(400_000, 2, noise=900_000), "a.xlsx") in (R.TOO_MANY_CELLS, R.BOMB)
    cells = "".join(f"<c><v>{os.urandom(3).hex()}</v></c>" for _ in range(50_000))
    types = h.CONTENT_TYPES.replace("wordprocessingml.document.main", "spreadsheetml.sheet.main")
    sheet = "<worksheet>" + f"<row>{cells}</row>" * 21 + "</worksheet>"
    content = h.a_package({"[Content_Types].xml": types, "xl/worksheets/sheet1.xml": sheet})
    assert judged(tmp_path, content, "a.xlsx") is R.TOO_MANY_CELLS


def run_limited(code: str) -> subprocess.CompletedProcess[bytes]:
    source = Path(sys.modules["portfolio"].__file__ or "").parents[1]
    program = f"from portfolio.files.child import limit_self; limit_self()\n{code}"
    return subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": str(source)}, capture_output=True, check=False
    )


def test_the_child_cannot_take_memory_time_or_the_disk(tmp_path):
    assert b"MemoryError" in run_limited("bytearray(600 * 1024 * 1024)").stderr
    assert run_limited("while True: pass").returncode < 0
    target = tmp_path / "written"
    assert b"File too large" in run_limited(f"open({str(target)!r}, 'wb', buffering=0).write(b'x' * 10)").stderr
    assert target.stat().st_size == 0


def test_a_child_that_runs_out_of_time_means_the_file_is_too_heavy(tmp_path, monkeypatch):
    monkeypatch.setattr("portfolio.files.inspection.WALL_SECONDS", 0.001)
    assert judged(tmp_path, h.a_docx(), "a.docx") is R.TOO_HEAVY


def test_a_broken_child_is_our_fault_and_not_the_files(tmp_path, monkeypatch):
    monkeypatch.setattr("portfolio.files.inspection.sys.executable", "/bin/false")
    with pytest.raises(RuntimeError, match="inspection of a docx failed"):
        judged(tmp_path, h.a_docx(), "a.docx")


def test_every_reason_has_words():
    assert set(REJECT_REASON_LABELS) == set(RejectReason)
    with language("en"):
        assert Rejected(R.MACRO).message == "The file has macros. Save it without them, as docx or xlsx."
