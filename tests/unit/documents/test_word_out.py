"""Word documents: text stays text, tables carry the exact figures, and the same record gives the same file."""

import io
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime

import docx
import pytest

from portfolio.documents.docx_out import Paper, WordDocument
from portfolio.documents.out_columns import Column, ColumnKind
from portfolio.i18n import language

AT = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
COLUMNS = [
    Column("institution", "Institution"),
    Column("currency", "Currency"),
    Column("amount", "Amount", ColumnKind.MONEY),
    Column("share", "Share", ColumnKind.PERCENT),
]
ROWS = [
    ("Salud & <Vida>", "USD", 1_234_567_89, 0.5),
    ("Obras", "CLP", 1_250_000_000_000, None),
    ("Agua", "USD", 11, 0.25),
]


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with language("en"):
        yield


def a_letter(**changes) -> WordDocument:
    document = WordDocument("Letter 12", AT, **changes)
    document.heading("Letter 12", 0)
    document.heading("Opinion")
    document.paragraph("First block\nsecond line\n\nAnother block")
    document.items(["one", "two"], numbered=True)
    document.items(["dot"])
    document.facts([("Case", "PF-2027-000123")])
    document.table("Amounts", COLUMNS, ROWS, with_totals=True)
    document.page_break()
    document.table("Again", COLUMNS, ROWS)
    document.footer("ab" * 32, "https://portfolio.example/v/X")
    return document


def opened(document: WordDocument):
    return docx.Document(io.BytesIO(document.content()))


def test_what_was_written_reads_back_in_order():
    texts = [paragraph.text for paragraph in opened(a_letter()).paragraphs if paragraph.text.strip()]
    assert texts == [
        "Letter 12", "Opinion", "First block\nsecond line", "Another block", "1. one", "2. two", "dot",
        "Case: PF-2027-000123", "Table 1. Amounts", "Table 2. Again",
    ]  # fmt: skip
    styles = {paragraph.text: paragraph.style.name for paragraph in opened(a_letter()).paragraphs}
    assert (styles["Opinion"], styles["dot"], styles["Table 1. Amounts"]) == ("Heading 1", "List Bullet", "Caption")


def test_tables_carry_exact_figures_and_a_total_for_each_currency():
    table = opened(a_letter()).tables[0]
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows == [
        ["Institution", "Currency", "Amount", "Share"],
        ["Salud & <Vida>", "USD", "1,234,567.89", "50%"],
        ["Obras", "CLP", "1,250,000,000,000", ""],
        ["Agua", "USD", "0.11", "25%"],
        ["Total CLP", "", "1,250,000,000,000", ""],
        ["Total USD", "", "1,234,568.00", ""],
    ]
    assert "w:tblHeader" in table.rows[0]._tr.xml
    assert "w:tblHeader" not in table.rows[1]._tr.xml


def test_the_footer_has_digest_address_and_page_numbers():
    footer = opened(a_letter()).sections[0].footer
    text = "\n".join(paragraph.text for paragraph in footer.paragraphs)
    assert "Digest: " + "ab" * 32 in text
    assert "https://portfolio.example/v/X" in text
    assert footer._element.xml.count("fldSimple w:instr=") == 2


def test_the_same_record_gives_the_same_bytes_at_any_time():
    first = a_letter().content()
    time.sleep(2.1)  # the times in a zip have steps of two seconds
    assert a_letter().content() == first
    assert a_letter(paper=Paper.LETTER).content() != first


HOSTILE = [
    "</w:t></w:r><w:r><w:instrText>DDEAUTO cmd</w:instrText></w:r>", "&lt;w:p/&gt;", "\x00\x07\x1b[31m", "\ufffe\uffff",
    "\u202egnp.exe", '{ INCLUDETEXT "http://evil.example" }', "]]>", "\ud800", "a\tb\r\nc",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_markup_a_field_or_an_invalid_file(text):
    document = WordDocument(text, AT)
    document.heading(text)
    document.paragraph(text)
    document.items([text])
    document.facts([(text, text)])
    if text != "\ud800":  # a frame refuses it by itself
        document.table(text, [Column("a", text)], [(text,)])
    document.footer(text, text)
    read = opened(document)
    with zipfile.ZipFile(io.BytesIO(document.content())) as package:
        body = package.read("word/document.xml").decode("utf-8")
    assert "instrText" not in body.replace("&lt;w:instrText&gt;", "").replace("&lt;/w:instrText&gt;", "")
    assert "fldSimple" not in body
    assert len(read.paragraphs) >= 4


def test_dates_and_words_follow_the_reader():
    with language("en"):
        document = WordDocument("x", AT)
        document.table("c", [Column("a", "A", ColumnKind.BOOLEAN), Column("d", "D", ColumnKind.DATETIME)], [(True, AT)])
    read = opened(document)
    assert read.tables[0].rows[1].cells[0].text == "Yes"
    assert read.core_properties.language == "en-GB"
    assert read.core_properties.created == AT
    assert 'w:lang w:val="en-GB"' in read.styles.element.xml


def test_two_hundred_tables_take_seconds_not_minutes():
    document = WordDocument("Book", AT)
    started = time.process_time()
    for number in range(200):
        document.table(f"T{number}", COLUMNS, ROWS * 7)
    assert len(opened(document).tables) == 200
    assert time.process_time() - started < 20
