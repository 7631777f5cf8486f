"""The parts of a Word or Excel package, read as a stream: nothing active, nothing from outside, no more cells than we
can bear.

Runs in the child process. Each XML part goes through expat once, without building a tree; a document type declaration
stops it at once. The caps are reached long before a reader that builds a tree would feel the file.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Mapping
from typing import IO, Any, BinaryIO, Final
from xml.parsers import expat

from portfolio.files.inspection_terms import FileKind, RejectReason, Unacceptable
from portfolio.files.zip_directory import check_directory

MAX_ELEMENTS: Final = {FileKind.DOCX: 1_000_000, FileKind.XLSX: 5_000_000}
MAX_ROWS: Final = 200_000
MAX_CELLS: Final = 1_000_000
_CHUNK: Final = 1 << 18

Handler = Callable[[str, Any], None]

_MAIN: Final = {
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
}
_XML_PARTS: Final = {".xml", ".rels", ".vml", ".svg", ".psmdcp"}
_OTHER_PARTS: Final = {
    ".png", ".jpg", ".jpeg", ".jfif", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf", ".wdp", ".ico", ".odttf", ".fntdata", ".sigs",
}  # fmt: skip
_ACTIVE_RELATIONS: Final = {"/vbaProject": RejectReason.MACRO, "/wordVbaData": RejectReason.MACRO,
    "/xlMacrosheet": RejectReason.MACRO, "/control": RejectReason.ACTIVE_CONTENT,
    "/activeXControlBinary": RejectReason.ACTIVE_CONTENT, "/oleObject": RejectReason.EMBEDDED,
    "/aFChunk": RejectReason.EMBEDDED, "/externalLink": RejectReason.EXTERNAL_LINK,
    "/attachedToolbars": RejectReason.MACRO}  # fmt: skip
_ACTIVE_ELEMENTS: Final = {"oleObject": RejectReason.EMBEDDED, "OLEObject": RejectReason.EMBEDDED,
    "altChunk": RejectReason.EMBEDDED, "ddeLink": RejectReason.EXTERNAL_LINK, "oleLink": RejectReason.EXTERNAL_LINK,
    "ocx": RejectReason.ACTIVE_CONTENT}  # fmt: skip
_RUNNING_FIELD: Final = re.compile(r"\bDDE(AUTO)?\b", re.IGNORECASE)


def check_office(stream: BinaryIO, kind: FileKind) -> None:
    """Raises `Unacceptable`. The directory of the package itself has been checked before."""
    with zipfile.ZipFile(stream) as package:
        names = [member.filename for member in package.infolist() if not member.is_dir()]
        for name in names:
            _check_name(name)
        if "[Content_Types].xml" not in names:
            raise Unacceptable(RejectReason.WRONG_TYPE)
        scan = _Scan(kind)
        for name in sorted(names, key=lambda name: name != "[Content_Types].xml"):
            with package.open(name) as part:
                _check_part(scan, name, part)
            if not scan.has_main_part:  # known after the content types, which come first
                raise Unacceptable(RejectReason.WRONG_TYPE)


def _check_name(name: str) -> None:
    low = name.lower()
    if posixpath.basename(low).startswith(("vbaproject", "vbadata")) or "/macrosheets/" in low:
        raise Unacceptable(RejectReason.MACRO)
    if "activex" in low:
        raise Unacceptable(RejectReason.ACTIVE_CONTENT)
    if "/externallinks/" in low:
        raise Unacceptable(RejectReason.EXTERNAL_LINK)


def _check_part(scan: "_Scan", name: str, part: IO[bytes]) -> None:
    """XML is scanned, pictures and fonts are read through (sizes and checksums hold), a chart's workbook is opened; no
    more.
    """
    suffix = "." + name.lower().rpartition(".")[2]  # of `_rels/.rels` too, which has no suffix for pathlib
    if suffix in _XML_PARTS:
        scan.feed(name, part)
    elif suffix == ".xlsx" and "/embeddings/" in name.lower():
        inner = io.BytesIO(part.read())
        check_directory(inner, inner.getbuffer().nbytes)
        check_office(inner, FileKind.XLSX)
    elif suffix in _OTHER_PARTS or "/printersettings/" in name.lower():
        while part.read(_CHUNK):
            pass
    else:
        raise Unacceptable(RejectReason.EMBEDDED)


class _Scan:
    """Counts and judges the elements of all parts of one package."""

    def __init__(self, kind: FileKind) -> None:
        self.has_main_part = False
        self._kind = kind
        self._left = MAX_ELEMENTS[kind]
        self._rows_left = MAX_ROWS
        self._cells_left = MAX_CELLS
        self._fields: list[str] = []
        self._parser = expat.ParserCreate()

    def feed(self, name: str, part: IO[bytes]) -> None:
        self._parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse_dtd
        parser.StartElementHandler = self._handler_for(name)
        self._fields.clear()
        try:
            while chunk := part.read(_CHUNK):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise Unacceptable(RejectReason.DAMAGED) from error
        if _RUNNING_FIELD.search("".join(self._fields)):
            raise Unacceptable(RejectReason.ACTIVE_CONTENT)

    def _handler_for(self, name: str) -> Handler:
        if name.lower().endswith(".rels"):
            return _check_relation
        if name == "[Content_Types].xml":
            return self._check_content_type
        return self._check_sheet_element if self._kind is FileKind.XLSX else self._check_element

    def _check_element(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._left -= 1
        if self._left < 0:
            raise Unacceptable(RejectReason.TOO_MANY_CELLS)
        local = tag.rpartition(":")[2]
        if local in _ACTIVE_ELEMENTS:
            raise Unacceptable(_ACTIVE_ELEMENTS[local])
        if local == "instrText":
            self._listen()
        elif local == "fldSimple":
            self._fields += attributes.values()

    def _check_sheet_element(self, tag: str, attributes: Mapping[str, str]) -> None:
        local = tag.rpartition(":")[2]
        if local == "c":
            self._cells_left -= 1
        elif local == "row":
            self._rows_left -= 1
        if self._cells_left < 0 or self._rows_left < 0:
            raise Unacceptable(RejectReason.TOO_MANY_CELLS)
        self._check_element(tag, attributes)

    def _listen(self) -> None:
        """Collect the text of one field code; codes cut into pieces are read together."""

        def stop(_tag: str) -> None:
            self._parser.CharacterDataHandler = None
            self._parser.EndElementHandler = None

        self._parser.CharacterDataHandler = self._fields.append
        self._parser.EndElementHandler = stop

    def _check_content_type(self, tag: str, attributes: Mapping[str, str]) -> None:
        content_type = attributes.get("ContentType", "")
        if "macroenabled" in content_type.lower() or "vbaproject" in content_type.lower():
            raise Unacceptable(RejectReason.MACRO)
        if content_type == _MAIN[self._kind]:
            self.has_main_part = True

    @staticmethod
    def _refuse_dtd(*_declaration: object) -> None:
        raise Unacceptable(RejectReason.DTD)


def _check_relation(tag: str, attributes: Mapping[str, str]) -> None:
    if tag.rpartition(":")[2] != "Relationship":
        return
    kind = attributes.get("Type", "")
    if attributes.get("TargetMode", "").strip().lower() == "external" and not kind.endswith("/hyperlink"):
        raise Unacceptable(RejectReason.EXTERNAL_LINK)
    for ending, reason in _ACTIVE_RELATIONS.items():
        if kind.endswith(ending):
            raise Unacceptable(reason)
