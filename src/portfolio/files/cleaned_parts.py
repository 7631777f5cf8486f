"""`python -m portfolio.files.cleaned_parts KIND < FILE > COPY`: a copy of an accepted file without what tells of its author.

Runs with the limits of `files.child`, since it reads a file that nobody trusts. A picture is drawn anew from its points,
so that nothing of the camera, the place or the program is left. A Word or Excel package loses its properties and the
names beside comments and changes; a PDF its information and its XMP. Exit status 0 and the copy on standard output, or 1.
"""

import io
import os
import re
import sys
import warnings
import zipfile
from typing import BinaryIO, Final

from portfolio.files.child import limit_self
from portfolio.files.inspection_terms import FileKind

CPU_SECONDS: Final = 15
JPEG_QUALITY: Final = 92
_PICTURES: Final = (FileKind.PNG, FileKind.JPG)

_CORE: Final = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties xmlns:cp='
    b'"http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
)
_APP: Final = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Properties xmlns='
    b'"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>'
)
_CUSTOM: Final = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Properties xmlns='
    b'"http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>'
)
_BY_TYPE: Final = (
    (b"core-properties+xml", _CORE),
    (b"extended-properties+xml", _APP),
    (b"custom-properties+xml", _CUSTOM),
)
_OVERRIDE: Final = re.compile(rb"<Override\b[^>]*>")
_PART_NAME: Final = re.compile(rb"""PartName\s*=\s*["']/?([^"']+)["']""")
_NAMES: Final = re.compile(
    rb"""(\b(?:\w+:)?(?:author|initials|displayName|userId|providerId|lastEditedBy|userName))(\s*=\s*)("[^"]*"|'[^']*')"""
)
"""Who commented or changed: attributes of Word's markup and of Excel's lists of persons."""
_AUTHORS: Final = re.compile(rb"(<(?:\w+:)?author>)[^<]*(</(?:\w+:)?author>)")
_MARKED: Final = re.compile(
    r"word/(document|comments\w*|people|footnotes|endnotes|header\d*|footer\d*)\.xml"
    r"|xl/(comments[\w/]*|persons/[\w]*|revisions/[\w]*|threadedComments/[\w]*)\.xml|xl/workbook\.xml"
)


def cleaned(stream: BinaryIO, kind: FileKind) -> bytes:
    """The copy. Raises what the readers raise for a file that they cannot take."""
    if kind in _PICTURES:
        return _picture(stream, kind)
    if kind in (FileKind.DOCX, FileKind.XLSX):
        return _package(stream)
    if kind is FileKind.PDF:
        return _pdf(stream)
    return stream.read()


def _picture(stream: BinaryIO, kind: FileKind) -> bytes:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # the inspection has capped it before
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        picture: Image.Image = Image.open(stream, formats=["PNG" if kind is FileKind.PNG else "JPEG"])
        picture.load()
        if kind is FileKind.JPG:
            picture = ImageOps.exif_transpose(picture)  # how it was held is lost with the rest, so turn it now
        picture.info = {name: value for name, value in picture.info.items() if name == "transparency"}
        if kind is FileKind.PNG:
            picture.save(out, "PNG", compress_level=4)
        else:
            picture.save(out, "JPEG", quality=JPEG_QUALITY, optimize=False)
    return out.getvalue()


def _package(stream: BinaryIO) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(stream) as package, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy:
        emptied = _property_parts(package.read("[Content_Types].xml"))
        for member in package.infolist():
            if member.is_dir():
                continue
            content = emptied.get(member.filename) or package.read(member)
            if _MARKED.fullmatch(member.filename):
                content = _AUTHORS.sub(rb"\1\2", _NAMES.sub(rb'\1\2""', content))
            copy.writestr(zipfile.ZipInfo(member.filename), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _property_parts(types: bytes) -> dict[str, bytes]:
    """Parts that hold properties, wherever the package keeps them, with what stands there instead."""
    found = {"docProps/core.xml": _CORE, "docProps/app.xml": _APP, "docProps/custom.xml": _CUSTOM}
    for override in _OVERRIDE.findall(types):
        name = _PART_NAME.search(override)
        for ending, instead in _BY_TYPE:
            if name is not None and ending in override:
                found[name[1].decode("utf-8", "replace")] = instead
    return found


def _pdf(stream: BinaryIO) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(stream))
    writer.metadata = None
    writer.xmp_metadata = None
    for page in writer.pages:
        for name in ("/Metadata", "/PieceInfo", "/LastModified"):
            page.pop(name, None)
        for note in page.get("/Annots") or ():
            note.get_object().pop("/T", None)  # who made the note
    writer.root_object.pop("/PieceInfo", None)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def main(kind: FileKind) -> int:
    limit_self(CPU_SECONDS)
    with os.fdopen(0, "rb") as stream:
        content = memoryview(cleaned(stream, kind))
    while content:
        content = content[os.write(1, content) :]
    return 0


if __name__ == "__main__":
    sys.exit(main(FileKind(sys.argv[1])))
