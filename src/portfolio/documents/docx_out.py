"""Letters and books in Word: made from our own text only, as data, so that no field, link or macro can come in with it.

The body is built as XML strings in which every text is escaped, and parsed once (200 tables: a third of a second; cell
by cell twenty times that). The only fields are our two page numbers. The same input gives the same bytes: times in the
package are fixed, properties come from `as_at`.
"""

import hashlib
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import docx
from docx.oxml import parse_xml
from docx.shared import Mm

from portfolio.documents.docx_tables import table_xml
from portfolio.documents.out_columns import Column, Data, clean_text
from portfolio.i18n import LANGUAGES, current_language
from portfolio.i18n import gettext as _

NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W = f'xmlns:w="{NAMESPACE}"'
DEEPEST_HEADING = 4
_LOCALES = dict(zip(LANGUAGES, ("es-ES", "pt-BR", "en-GB"), strict=True))
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)


class Paper(Enum):
    """Width and height in millimetres."""

    LETTER = (215.9, 279.4)
    A4 = (210.0, 297.0)


class WordDocument:
    """A document under construction, in the reader's language: make and fill it under one `language(…)`.

    Call `heading`, `paragraph`, … in the order of reading, then `content()` or `save()`.
    """

    def __init__(self, title: str, as_at: datetime, *, paper: Paper = Paper.A4) -> None:
        self._title = clean_text(title)
        self._as_at = as_at
        self._paper = paper
        self._language = current_language()
        self._body: list[str] = []
        self._tables = 0
        self._footer = ("", "")

    def heading(self, text: str, level: int = 1) -> None:
        """Levels 1 to 4; 0 is the title of the document."""
        if not 0 <= level <= DEEPEST_HEADING:
            raise ValueError(f"no heading of level {level}")
        self._body.append(_paragraph(text, "Title" if level == 0 else f"Heading{level}"))

    def paragraph(self, text: str, *, bold: bool = False) -> None:
        """One paragraph for each block of lines; a single line end stays a line end."""
        for block in text.replace("\r\n", "\n").split("\n\n"):
            self._body.append(_paragraph(block, bold=bold))

    def items(self, texts: Iterable[str], *, numbered: bool = False) -> None:
        """A list. Numbers are written as text, and start at 1 each time."""
        for number, text in enumerate(texts, 1):
            if numbered:
                self._body.append(_paragraph(f"{number}. {text}", "List"))
            else:
                self._body.append(_paragraph(text, "ListBullet"))

    def facts(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Names and values, a line each, the names in bold."""
        for name, value in pairs:
            runs = f"{_run(name + ': ', bold=True)}{_run(value)}"
            self._body.append(f"<w:p>{runs}</w:p>")

    def table(self, caption: str, columns: Sequence[Column], data: Data, *, with_totals: bool = False) -> None:
        """A numbered table, header repeated on each page; `with_totals` adds an exact line for each currency."""
        self._tables += 1
        numbered = _("Table %(number)d. %(caption)s") % {"number": self._tables, "caption": caption}
        self._body.append(_paragraph(numbered, "Caption", keep_next=True))
        self._body.append(table_xml(columns, data, with_totals=with_totals))
        self._body.append("<w:p/>")  # two tables without a paragraph between them become one

    def page_break(self) -> None:
        self._body.append('<w:p><w:r><w:br w:type="page"/></w:r></w:p>')

    def footer(self, digest: str, address: str) -> None:
        """At the foot of every page: the digest of the record, where to verify it, and the page number."""
        self._footer = (clean_text(digest), clean_text(address))

    def content(self) -> bytes:
        """The file. The same calls give the same bytes."""
        document = docx.Document()
        self._set_up(document)
        body = document.element.body
        last = body.sectPr
        for element in parse_xml(f"<w:body {W}>{''.join(self._body)}</w:body>"):
            last.addprevious(element)
        foot = document.sections[0].footer
        foot.is_linked_to_previous = False
        foot_element = foot._element
        for old in list(foot_element):
            foot_element.remove(old)
        for element in parse_xml(f"<w:ftr {W}>{self._footer_xml()}</w:ftr>"):
            foot_element.append(element)
        raw = io.BytesIO()
        document.save(raw)
        return _with_fixed_times(raw)

    def save(self, path: Path) -> str:
        """Write the file and return its SHA-256."""
        content = self.content()
        path.write_bytes(content)
        return hashlib.sha256(content).hexdigest()

    def _set_up(self, document: Any) -> None:
        section = document.sections[0]
        section.page_width, section.page_height = (Mm(size) for size in self._paper.value)
        section.left_margin = section.right_margin = Mm(22)
        section.top_margin = section.bottom_margin = Mm(20)
        at = self._as_at.astimezone(UTC).replace(tzinfo=None)
        properties = document.core_properties
        properties.title, properties.language = self._title, _LOCALES[self._language]
        properties.author = properties.last_modified_by = properties.comments = ""
        properties.created = properties.modified = at
        properties.revision = 1
        for language in document.styles.element.iter(f"{{{NAMESPACE}}}lang"):
            for name in list(language.attrib):
                language.set(name, _LOCALES[self._language])

    def _footer_xml(self) -> str:
        digest, address = self._footer
        lines = []
        if digest:
            lines.append(_run(_("Digest: %(digest)s") % {"digest": digest}, size=14))
        if address:
            lines.append(_run(_("Verify at: %(address)s") % {"address": address}, size=14))
        before, _mark, after = _("Page %(page)s of %(pages)s").partition("%(page)s")
        between = after.partition("%(pages)s")[0]
        numbers = f"{_run(before, size=14)}{_field('PAGE')}{_run(between, size=14)}{_field('NUMPAGES')}"
        text = "".join(f"<w:p><w:pPr><w:spacing w:after='0'/></w:pPr>{line}</w:p>" for line in lines)
        return f"{text}<w:p><w:pPr><w:jc w:val='right'/></w:pPr>{numbers}</w:p>"


def _paragraph(text: str, style: str = "", *, bold: bool = False, keep_next: bool = False) -> str:
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    properties += "<w:keepNext/>" if keep_next else ""
    return f"<w:p><w:pPr>{properties}</w:pPr>{_run(text, bold=bold)}</w:p>"


def _run(text: str, *, bold: bool = False, size: int = 0) -> str:
    """A run of text; `size` in half points. Line ends and tabs become their elements, all else is escaped."""
    properties = ("<w:b/>" if bold else "") + (f'<w:sz w:val="{size}"/>' if size else "")
    lines = escape(clean_text(text)).replace("\r", "").split("\n")
    tab = '</w:t><w:tab/><w:t xml:space="preserve">'
    pieces = [f'<w:t xml:space="preserve">{line.replace(chr(9), tab)}</w:t>' for line in lines]
    return f"<w:r><w:rPr>{properties}</w:rPr>{'<w:br/>'.join(pieces)}</w:r>"


def _field(name: str) -> str:
    return f'<w:fldSimple w:instr="{name}"><w:r><w:rPr><w:sz w:val="14"/></w:rPr><w:t>1</w:t></w:r></w:fldSimple>'


def _with_fixed_times(raw: io.BytesIO) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():  # [Content_Types].xml first, as Word wants it
            member = zipfile.ZipInfo(name, _FIXED_TIME)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 0
            target.writestr(member, source.read(name))
    return packed.getvalue()
