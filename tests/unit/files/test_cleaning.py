"""Copies without their authors: canaries planted in every place that is known, and what people read stays."""

import io
import zipfile
import zlib
from pathlib import Path

import docx
import openpyxl
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfReader, PdfWriter

from portfolio.files.cleaning import NotCleaned, cleaned_copy
from portfolio.files.inspection import Accepted, inspect
from portfolio.files.inspection_terms import FileKind

CANARY = "Canaria Pérez"


def copied(tmp_path: Path, kind: FileKind, content: bytes) -> bytes:
    path = tmp_path / f"file.{kind.value}"
    path.write_bytes(content)
    copy = cleaned_copy(path, kind)
    path.write_bytes(copy)
    assert isinstance(inspect(path, path.name), Accepted), "the copy is an acceptable file itself"
    return copy


def unpacked(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return "".join(package.read(name).decode("utf-8", "replace") for name in package.namelist())


def test_a_word_file_loses_its_people_and_keeps_its_words(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Reemplazo del sistema")
    paragraph = document.add_paragraph("Con comentario")
    document.add_comment(paragraph.runs, text="Revisar esto", author=CANARY, initials="CP")
    properties = document.core_properties
    properties.author = properties.last_modified_by = properties.title = CANARY
    stream = io.BytesIO()
    document.save(stream)
    assert CANARY in unpacked(stream.getvalue())
    copy = copied(tmp_path, FileKind.DOCX, stream.getvalue())
    assert CANARY not in unpacked(copy)
    again = docx.Document(io.BytesIO(copy))
    assert [p.text for p in again.paragraphs] == ["Reemplazo del sistema", "Con comentario"]
    assert "Revisar esto" in unpacked(copy)


def test_a_workbook_loses_its_people_and_keeps_its_cells(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = "Costo"
    sheet["A1"].comment = openpyxl.comments.Comment("Revisar", CANARY)
    book.properties.creator = book.properties.lastModifiedBy = CANARY
    book.properties.title = CANARY
    stream = io.BytesIO()
    book.save(stream)
    assert CANARY in unpacked(stream.getvalue())
    copy = copied(tmp_path, FileKind.XLSX, stream.getvalue())
    assert CANARY not in unpacked(copy)
    again = openpyxl.load_workbook(io.BytesIO(copy)).active
    assert again is not None
    assert again["A1"].value == "Costo"


def test_a_pdf_loses_its_information_and_keeps_its_pages(tmp_path: Path) -> None:
    writer = PdfWriter()
    writer.add_blank_page(300, 400)
    writer.add_metadata({"/Author": "CANARY-AUTHOR", "/Creator": "CANARY-PROGRAM"})
    stream = io.BytesIO()
    writer.write(stream)
    assert b"CANARY" in stream.getvalue()
    copy = copied(tmp_path, FileKind.PDF, stream.getvalue())
    assert b"CANARY" not in copy
    reader = PdfReader(io.BytesIO(copy))
    assert (len(reader.pages), not (reader.metadata or {}).get("/Author")) == (1, True)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L", "LA", "1"])
def test_a_png_is_drawn_anew_point_by_point(tmp_path: Path, mode: str) -> None:
    picture = Image.linear_gradient("L").resize((40, 30)).convert("RGB").convert(mode)
    notes = PngInfo()
    notes.add_text("Author", CANARY)
    stream = io.BytesIO()
    picture.save(stream, "PNG", pnginfo=notes, exif=_exif())
    copy = copied(tmp_path, FileKind.PNG, stream.getvalue())
    found = Image.open(io.BytesIO(copy))
    assert found.convert("RGBA").tobytes() == picture.convert("RGBA").tobytes()
    assert (found.getexif(), getattr(found, "text", {})) == (Image.Exif(), {})


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x013B] = "CANARY"  # artist
    exif[0x0112] = 6  # held upright: turn a quarter
    exif.get_ifd(0x8825)[1] = "N"  # where it was taken
    return exif


def test_a_photograph_loses_place_and_artist_and_is_turned_as_it_was_held(tmp_path: Path) -> None:
    picture = Image.new("RGB", (40, 20), "white")
    stream = io.BytesIO()
    picture.save(stream, "JPEG", exif=_exif(), comment=b"CANARY")
    assert b"CANARY" in stream.getvalue()
    copy = copied(tmp_path, FileKind.JPG, stream.getvalue())
    assert b"CANARY" not in copy
    assert b"Exif" not in copy
    assert Image.open(io.BytesIO(copy)).size == (20, 40)


def test_what_hides_between_the_points_and_the_end_is_gone(tmp_path: Path) -> None:
    """A chunk of our own in a PNG: readers skip it, so it would carry anything."""
    stream = io.BytesIO()
    Image.new("RGB", (4, 4)).save(stream, "PNG")
    plain = stream.getvalue()
    chunk = len(b"CANARY").to_bytes(4, "big") + b"caNy" + b"CANARY"
    chunk += zlib.crc32(chunk[4:]).to_bytes(4, "big")
    copy = copied(tmp_path, FileKind.PNG, plain[:33] + chunk + plain[33:])
    assert b"CANARY" not in copy


def test_no_copy_is_made_of_what_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7 nothing of a file %%EOF")
    with pytest.raises(NotCleaned):
        cleaned_copy(path, FileKind.PDF)
