"""Makers of good and hostile files."""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Mapping

import docx
import xlsxwriter
from PIL import Image

CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def a_docx() -> bytes:
    document = docx.Document()
    document.add_heading("Iniciativa")
    document.add_paragraph("Año nuevo")
    document.add_table(2, 2).cell(0, 0).text = "celda"
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def an_xlsx() -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["a", "b", 3])
        sheet.write_url(1, 0, "https://example.org")
    return stream.getvalue()


def a_picture(kind: str, size: tuple[int, int] = (40, 30)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, (10, 120, 200)).save(stream, kind)
    return stream.getvalue()


def a_pdf(body: bytes = b"") -> bytes:
    return (
        b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog "
        + body
        + b" >>\nendobj\ntrailer << /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"
    )


def a_package(parts: Mapping[str, bytes | str], *, body: str = "<w:p/>") -> bytes:
    """The smallest docx, with more parts. A part given as `[Content_Types].xml` replaces ours."""
    document = f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    whole: dict[str, bytes | str] = {"[Content_Types].xml": CONTENT_TYPES, "word/document.xml": document, **parts}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in whole.items():
            package.writestr(name, content)
    return stream.getvalue()


def with_relation(kind: str, target: str, *, external: bool) -> bytes:
    mode = ' TargetMode="External"' if external else ""
    relation = f'<Relationship Id="r1" Type="{OFFICE}/{kind}" Target="{target}"{mode}/>'
    return a_package({"word/_rels/document.xml.rels": RELATIONS.format(relation)})


def many_paragraphs(count: int, *, noise: int = 0) -> bytes:
    """A small docx of very many empty paragraphs; noise keeps the ratio of the whole below suspicion."""
    parts = {"word/media/noise.png": random.Random(1).randbytes(noise)} if noise else {}  # noqa: S311
    return a_package(parts, body="<w:p/>" * count)


def many_cells(rows: int, columns: int, noise: int) -> bytes:
    line = "<row>" + "<c><v>1</v></c>" * columns + "</row>"
    types = CONTENT_TYPES.replace("wordprocessingml.document.main", "spreadsheetml.sheet.main")
    sheet = f"<worksheet><sheetData>{line * rows}</sheetData></worksheet>"
    noisy = random.Random(1).randbytes(noise)  # noqa: S311
    return a_package({"[Content_Types].xml": types, "xl/worksheets/sheet1.xml": sheet, "xl/media/n.png": noisy})


def a_png_that_says(width: int, height: int, *, behind: bytes = b"") -> bytes:
    """A tiny PNG whose header promises a huge picture."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">L", len(content)) + name + content + struct.pack(">L", zlib.crc32(name + content))

    header = struct.pack(">LLBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(100_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"") + behind


def renamed_in_place(package: bytes, old: bytes, new: bytes) -> bytes:
    """Another name of the same length, in the directory and in the member's own header."""
    assert len(old) == len(new)
    return package.replace(old, new)
