"""Exports to CSV and XLSX: nothing runs, nothing is lost, and every format says the same figures."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import openpyxl
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.documents.csv_out import csv_bytes, guarded, write_csv
from portfolio.documents.meta import matches_its_meta, meta_path, write_meta
from portfolio.documents.out_columns import About, Column, ColumnKind, batches, clean_text
from portfolio.documents.xlsx_out import write_xlsx
from portfolio.i18n import language

COLUMNS = [
    Column("reference", "Reference", description="Number of the initiative"),
    Column("title", "Title"),
    Column("currency", "Currency"),
    Column("amount", "Amount", ColumnKind.MONEY),
    Column("count", "Count", ColumnKind.INTEGER),
    Column("start_on", "Start", ColumnKind.DATE),
    Column("seen_at", "Seen", ColumnKind.DATETIME),
    Column("progress", "Progress", ColumnKind.PERCENT),
    Column("reserved", "Reserved", ColumnKind.BOOLEAN),
]
AT = datetime(2027, 3, 1, 12, 30, 5, tzinfo=UTC)
ABOUT = About("Portfolio", AT, "Ana Souza", (("Institution", "Salud"),))
ROWS = [
    ("PF-1", "Año nuevo, “señal”", "USD", 123_456_789_01, 5, date(2027, 1, 31), AT, 0.125, True),
    ("PF-2", 'a "quoted"\r\nline', "CLP", 1_250_000_000_000, -7, date(1899, 5, 1), AT, 1.0, False),
    ("PF-3", "", "USD", -5, 0, None, None, None, None),
    ("PF-4", None, "KWD", 1_005, 10**17, date(2027, 2, 28), AT, 0.5, True),
    ("PF-5", "wide", "COP", 9_999_999_999_999_999_99, None, None, None, float("nan"), None),
]


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with language("en"):
        yield


def read_csv(path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8"), newline="")))


def test_csv_reads_back_with_exact_amounts(tmp_path):
    written = write_csv(COLUMNS, ROWS, tmp_path / "out.csv")
    read = read_csv(written.path)
    assert [row["amount"] for row in read] == ["123456789.01", "1250000000000", "-0.05", "1.005", "9999999999999999.99"]
    assert read[0] == {
        "reference": "PF-1", "title": "Año nuevo, “señal”", "currency": "USD", "amount": "123456789.01", "count": "5",
        "start_on": "2027-01-31", "seen_at": "2027-03-01T12:30:05Z", "progress": "0.125", "reserved": "true",
    }  # fmt: skip
    assert read[1]["title"] == 'a "quoted"\r\nline'
    assert written.path.read_bytes().count(b"\r\n") == len(ROWS) + 2
    assert (written.rows, written.sha256 == written.data_sha256) == (5, True)


def test_a_frame_and_rows_give_the_same_bytes_whatever_the_order_of_its_columns(tmp_path):
    frame = next(iter(batches(COLUMNS, ROWS)))
    shuffled = frame.select(sorted(frame.columns, reverse=True)).with_columns(secret=pl.lit("not exported"))
    write_csv(COLUMNS, ROWS, tmp_path / "rows.csv")
    write_csv(COLUMNS, shuffled, tmp_path / "frame.csv")
    assert (tmp_path / "rows.csv").read_bytes() == (tmp_path / "frame.csv").read_bytes()


def test_an_empty_export_still_says_its_columns(tmp_path):
    for data in ([], pl.DataFrame([], schema={column.name: pl.String for column in COLUMNS})):
        assert write_csv(COLUMNS, data, tmp_path / "out.csv").rows == 0
        assert (tmp_path / "out.csv").read_text().startswith("reference,title,")


def test_the_mark_for_excel_is_asked_for(tmp_path):
    plain = write_csv(COLUMNS, ROWS, tmp_path / "a.csv")
    marked = write_csv(COLUMNS, ROWS, tmp_path / "b.csv", bom=True)
    assert marked.path.read_bytes() == b"\xef\xbb\xbf" + plain.path.read_bytes()
    assert marked.data_sha256 == plain.sha256 != marked.sha256


HOSTILE = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠A1",
    "=cmd|' /C calc'!A0", '=HYPERLINK("http://evil.example","x")', "\x00=1", "\ufeff=1", "\u202e=1", "a;=1+1",
    'a"; "=1', "line\n=1+1", "line\r\n  @x",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_no_planted_formula_is_live_in_csv_whether_cut_at_commas_or_semicolons(tmp_path, text):
    columns = [Column("n", "N", ColumnKind.INTEGER), Column("text", text)]
    write_csv(columns, [(1, text)], tmp_path / "out.csv")
    content = (tmp_path / "out.csv").read_bytes().decode("utf-8")
    for delimiter in ",;":
        cells = [cell for line in csv.reader(io.StringIO(content, newline=""), delimiter=delimiter) for cell in line]
        assert not [cell for cell in cells if cell.lstrip(' "')[:1] in set("=+-@＝＋－＠\t\r\n")]
    for piece in re.split(r"[;\r\n]", content):
        assert piece.lstrip(' "\t')[:1] not in set("=+-@＝＋－＠")


@pytest.mark.parametrize("text", HOSTILE)
def test_no_planted_formula_is_live_in_a_workbook(tmp_path, text):
    columns = [Column("text", text, description=text), Column("n", "N", ColumnKind.INTEGER)]
    write_xlsx(columns, [(text, 1)], tmp_path / "out.xlsx", About(text, AT, text, ((text, text),)))
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
    assert not any(cell.hyperlink for cell in cells)
    with zipfile.ZipFile(tmp_path / "out.xlsx") as package:
        assert not any(b"<f>" in package.read(name) or b"External" in package.read(name) for name in package.namelist())


def test_addresses_are_text_and_not_links(tmp_path):
    write_xlsx([Column("text", "Text")], [("https://example.org",), ("mailto:a@b.c",)], tmp_path / "out.xlsx", ABOUT)
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets[0]
    assert [(cell.value, cell.hyperlink) for cell in sheet["A"][1:]] == [
        ("https://example.org", None),
        ("mailto:a@b.c", None),
    ]


def test_prose_is_left_as_it_was(tmp_path):
    prose = ["Fase 1 - análisis; fase 2", "a=b", "5-3", "50 % + IVA", "correo@ejemplo.gob"]
    write_csv([Column("t", "T"), Column("u", "U")], [(text, "x") for text in prose], tmp_path / "out.csv")
    assert [row["t"] for row in read_csv(tmp_path / "out.csv")] == prose


@given(st.lists(st.text(max_size=20), min_size=1, max_size=20))
def test_any_text_survives_but_for_the_apostrophe_and_what_cannot_be_seen(texts):
    texts = [clean_text(text) for text in texts]
    batch = next(iter(batches([Column("a", "A"), Column("b", "B")], [(text, "end") for text in texts])))
    content = csv_bytes([Column("a", "A"), Column("b", "B")], batch, header=False).decode("utf-8")
    read = [row[0] for row in csv.reader(io.StringIO(content, newline=""))]
    assert read == batch.select(guarded(pl.col("a"))).to_series().to_list()
    assert [text.replace("'", "") for text in read] == [text.replace("'", "") for text in texts]


@given(st.text(max_size=40))
def test_frames_and_python_clean_alike(text):
    text = text.encode("utf-8", "ignore").decode("utf-8")
    assert next(iter(batches([Column("a", "A")], [(text,)]))).item() == clean_text(text)


@given(st.lists(st.tuples(st.sampled_from(["USD", "CLP", "KWD", "COP"]), st.integers(-(2**62), 2**62)), min_size=1))
def test_amounts_are_exact_to_the_widest(amounts):
    columns = [Column("currency", "C"), Column("m", "M", ColumnKind.MONEY)]
    batch = next(iter(batches(columns, amounts)))
    lines = csv_bytes(columns, batch, header=False).decode().splitlines()
    digits = {"USD": 2, "CLP": 0, "KWD": 3, "COP": 2}
    assert [Decimal(line.split(",")[1]) for line in lines] == [
        Decimal(minor).scaleb(-digits[currency]) for currency, minor in amounts
    ]


def test_workbook_cells_are_typed_and_what_a_cell_cannot_hold_is_said(tmp_path):
    written = write_xlsx(COLUMNS, ROWS, tmp_path / "out.xlsx", ABOUT)
    book = openpyxl.load_workbook(written.path)
    sheet, dictionary = book.worksheets
    first = [cell.value for cell in sheet[2]]
    assert first == ["PF-1", "Año nuevo, “señal”", "USD", 123456789.01, 5, datetime(2027, 1, 31), datetime(2027, 3, 1, 12, 30, 5), 0.125, True]  # noqa: DTZ001, E501  # fmt: skip
    assert [sheet[f"D{row}"].number_format for row in (2, 3, 5)] == ["#,##0.00", "#,##0", "#,##0.000"]
    assert [sheet[f"D{row}"].value for row in (4, 6)] == [-0.05, "9999999999999999.99"]
    assert (sheet["F3"].value, sheet["E5"].value, sheet["H6"].value) == ("1899-05-01", str(10**17), None)
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:I6")
    told = {row[0]: row[1] for row in dictionary.iter_rows(values_only=True) if row[0]}
    assert told["Filter: Institution"] == "Salud"
    assert told["Figures as at"] == "2027-03-01 12:30:05 UTC"
    assert told["Asked by"] == "Ana Souza"
    assert told["Rows"] == "5"
    assert told["Total of amount, COP"] == "9999999999999999.99"
    assert "D6: written as text, a cell holds only 15 digits exactly" in told
    assert written.data_sha256 in told.values()
    assert ("reference", "Reference", "Text", "Number of the initiative") in set(dictionary.iter_rows(values_only=True))


def test_a_text_too_long_for_a_cell_is_cut_and_said(tmp_path):
    write_xlsx([Column("t", "T")], [("x" * 40_000,)], tmp_path / "out.xlsx", ABOUT)
    sheet, dictionary = openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets
    assert len(sheet["A2"].value) == 32_767
    assert any("text cut" in str(row[0]) for row in dictionary.iter_rows(values_only=True))


def test_totals_are_equal_to_the_cent_in_every_format_and_never_across_currencies(tmp_path):
    rows = [
        (f"PF-{n}", "t", "USD" if n % 3 else "CLP", 10_000_000_01 + n * 7, n, None, None, None, None)
        for n in range(21_000)
    ]
    sheet_written = write_xlsx(COLUMNS, rows, tmp_path / "out.xlsx", ABOUT)
    csv_written = write_csv(COLUMNS, rows, tmp_path / "out.csv")
    expected = {"CLP": 0, "USD": 0}
    for row in rows:
        expected[row[2]] += row[3]
    totals = {"CLP": str(expected["CLP"]), "USD": f"{Decimal(expected['USD']) / 100:.2f}"}
    assert sheet_written.totals.as_text() == csv_written.totals.as_text() == {"amount": totals}
    assert sheet_written.data_sha256 == csv_written.data_sha256
    from_csv = sum(Decimal(row["amount"]) for row in read_csv(csv_written.path) if row["currency"] == "USD")
    assert str(from_csv) == totals["USD"]
    sheet = openpyxl.load_workbook(sheet_written.path).worksheets[0]
    cells = list(sheet.iter_rows(min_row=2, min_col=3, max_col=4, values_only=True))
    assert sum(round(amount * 100) for currency, amount in cells if currency == "USD") == expected["USD"]


def test_sums_wider_than_a_column_do_not_overflow(tmp_path):
    columns = [Column("currency", "C"), Column("m", "M", ColumnKind.MONEY)]
    written = write_csv(columns, [("COP", 2**62)] * 8, tmp_path / "out.csv")
    assert written.totals.amount("m", "COP") == Decimal(2**65) / 100


def test_the_card_tells_the_file_and_notices_a_change(tmp_path):
    written = write_csv(COLUMNS, ROWS, tmp_path / "out.csv")
    write_meta(COLUMNS, ABOUT, written)
    card = json.loads(meta_path(written.path).read_text())
    assert (card["rows"], card["as_at"], card["asked_by"]) == (5, "2027-03-01T12:30:05Z", "Ana Souza")
    assert card["totals"]["amount"]["USD"] == "123456788.96"
    assert card["columns"][3] == {"name": "amount", "title": "Amount", "kind": "money", "description": ""}
    assert matches_its_meta(written.path)
    written.path.write_bytes(written.path.read_bytes() + b"x")
    assert not matches_its_meta(written.path)


def test_the_same_workbook_is_the_same_file(tmp_path):
    digests = {write_xlsx(COLUMNS, ROWS, tmp_path / f"{n}.xlsx", ABOUT).sha256 for n in range(2)}
    assert len(digests) == 1


@pytest.mark.parametrize(
    ("columns", "rows", "message"),
    [
        ([Column("m", "M", ColumnKind.MONEY)], [(1,)], "no column 'currency'"),
        ([Column("currency", "C"), Column("m", "M", ColumnKind.MONEY)], [(None, 1)], "without a currency"),
        ([Column("a", "A"), Column("a", "B")], [("x", "y")], "two columns"),
    ],
)
def test_an_export_that_would_mislead_is_not_made(tmp_path, columns, rows, message):
    with pytest.raises(ValueError, match=message):
        write_csv(columns, rows, tmp_path / "out.csv")


def test_instants_of_another_zone_are_written_in_utc(tmp_path):
    local = datetime(2027, 3, 1, 9, 30, 5, tzinfo=timezone(timedelta(hours=-3)))
    write_csv([Column("at", "At", ColumnKind.DATETIME), Column("x", "X")], [(local, "x")], tmp_path / "out.csv")
    assert read_csv(tmp_path / "out.csv")[0]["at"] == "2027-03-01T12:30:05Z"
