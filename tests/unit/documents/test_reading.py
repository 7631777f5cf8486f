"""The tabular reader on the quirks that real files have."""

import io
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.documents.decoding import is_double_encoded
from portfolio.documents.reading import ReadOptions, Table, read_bytes, read_table
from portfolio.documents.terms import RowFlag, Why
from portfolio.errors import Refused
from portfolio.i18n import language

KNOWN = ReadOptions(signatures=(("Code", "Name", "Cost"),))


def read(text: str, encoding: str = "utf-8", options: ReadOptions | None = None) -> Table:
    return read_bytes(text.encode(encoding), "some.csv", options)


def codes(table: Table) -> list[Why]:
    return [note.code for note in table.notes]


@pytest.mark.parametrize(
    ("encoding", "found"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("cp1252", "cp1252")],
)
def test_text_is_the_same_in_every_encoding_and_an_assumed_one_is_noted(encoding, found):
    table = read("Código,Descripción\r\n1,Año “nuevo”\r\n", encoding)
    assert (table.header, table.rows[0].cells) == (("Código", "Descripción"), ("1", "Año “nuevo”"))
    assert table.encoding == found
    assert (Why.ENCODING_ASSUMED in codes(table)) == (found == "cp1252")


def test_bytes_that_windows_1252_does_not_have_are_read_as_latin_1():
    assert read_bytes(b"a,b\n\x81\xe9,2\n", "x.csv").encoding == "latin-1"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter):
    table = read("\n".join(delimiter.join(row) for row in (["Code", "Name", "Cost"], ["1", "a", "2"], ["2", "b", "3"])))
    assert table.delimiter == delimiter
    assert table.rows[1].cells == ("2", "b", "3")


def test_decimal_commas_do_not_make_the_comma_a_delimiter():
    table = read("Código;Monto;Gasto\n1;10,5;3,25\n2;11,5;4,75\n")
    assert table.rows[0].cells == ("1", "10,5", "3,25")


def test_an_uncertain_delimiter_is_noted():
    assert Why.DELIMITER_ASSUMED in codes(read("a,b;c\n1,2;3\n"))


def test_a_header_cell_may_hold_line_breaks_and_non_breaking_spaces():
    text = '"Code\n(definition,\r\nlong)","Total\u00a0Cost"\r\n1,2\r\n'
    table = read(text, options=ReadOptions(signatures=(("code (definition, long)", "total cost"),)))
    assert (table.header_row, len(table.rows), table.delimiter) == (1, 1, ",")


def test_a_preamble_is_kept_apart_and_noted():
    table = read("Ministry of Works\nFigures of 2026\n\nCode,Name,Cost\n1,a,2\n", options=KNOWN)
    assert table.header == ("Code", "Name", "Cost")
    assert table.preamble == (("Ministry of Works",), ("Figures of 2026",), ())
    assert [row.number for row in table.rows] == [5]
    assert codes(table) == [Why.PREAMBLE]


def test_without_a_known_header_the_first_wide_row_is_taken_and_that_is_noted():
    table = read("Ministry of Works\n\nCode,Name,Cost\n1,a,2\n2,b,3\n")
    assert table.header == ("Code", "Name", "Cost")
    assert Why.HEADER_ASSUMED in codes(table)


def test_blank_and_total_rows_are_told_apart_and_nothing_is_dropped():
    table = read("Code,Name,Cost\n1,a,2\n,,\n\n  ,\u00a0,\nTotal,,2\nSubtotal general:,,2\n2,Total Place,9\n")
    assert table.blank == (3, 4, 5)
    assert [RowFlag.TOTAL in row.flags for row in table.rows] == [False, True, True, False]
    assert table.read == 7


def test_rows_of_another_width_are_rejected_with_number_and_reason():
    table = read("Code,Name,Cost\n1,Roads, bridges,2\n2,b\n3,c,4,,\n,4,d,5\n")
    assert [(reject.row, reject.reason.code) for reject in table.malformed] == [
        (2, Why.TOO_MANY_CELLS),
        (3, Why.TOO_FEW_CELLS),
        (5, Why.TOO_MANY_CELLS),
    ]
    assert table.rows[0].cells == ("3", "c", "4"), "blank cells beyond the header are no fault"
    assert table.malformed[0].raw == "1 | Roads |  bridges | 2"


def test_the_header_repeated_inside_the_data_is_not_a_row():
    table = read("Code,Name\n1,a\ncode , NAME\n2,b\n")
    assert [reject.reason.code for reject in table.malformed] == [Why.HEADER_REPEATED]


def test_a_quotation_mark_that_is_never_closed_costs_one_line_and_not_the_rest_of_the_file():
    table = read('Code,Name\n1,"a\n2,b\n3,c\n')
    assert [(reject.row, reject.reason.code) for reject in table.malformed] == [(2, Why.BROKEN_QUOTES)]
    assert [row.cells for row in table.rows] == [("2", "b"), ("3", "c")]


def test_a_file_of_broken_quotations_is_refused_instead_of_read_for_minutes():
    with language("en"), pytest.raises(Refused):
        read("Code,Name\n" + '1,"a"b\n' * 1_100, options=ReadOptions(delimiter=","))


def test_text_encoded_twice_is_flagged_and_kept_as_it_came():
    doubled = "Educación".encode().decode("cp1252")
    table = read(f"Code,Name\n1,{doubled}\n2,SÃO PAULO Â\n3,Educación\n")
    assert [RowFlag.DOUBLE_ENCODED in row.flags for row in table.rows] == [True, False, False]
    assert table.rows[0].cells[1] == doubled
    assert Why.DOUBLE_ENCODED in codes(table)


@pytest.mark.parametrize("text", ["información", "“quoted” – text", "Área", "CORAÇÃO", "€ 5"])
def test_text_encoded_twice_is_recognised_and_good_text_is_not(text):
    assert is_double_encoded(text.encode().decode("latin-1"))
    assert not is_double_encoded(text)


def test_a_column_name_that_stands_twice_is_noted():
    assert Why.DUPLICATE_HEADER in codes(read("Code,Cost,cost\n1,2,3\n"))


@pytest.mark.parametrize("data", [b"", b"\n\n\n", b"a,b\n\x00,1\n", b"PK\x03\x04 not a workbook"])
def test_what_is_no_table_is_refused_in_words(data):
    with language("en"), pytest.raises(Refused) as refusal:
        read_bytes(data, "x.csv")
    assert refusal.value.reasons[0].endswith(".")


def test_limits_hold(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("a,b\n" * 10)
    assert read_table(path).read == 9
    for options in (ReadOptions(max_bytes=10), ReadOptions(max_rows=5), ReadOptions(max_columns=1)):
        with language("en"), pytest.raises(Refused):
            read_table(path, options)


def a_workbook(*rows: list[object], **sheets: str) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for title, state in sheets.items():
        book.create_sheet(title).sheet_state = state
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_workbook_gives_canonical_text_for_numbers_and_dates():
    data = a_workbook(
        ["Report"], [], ["Code", "Name", "Cost", "Date"], ["1", "a", 0.1 + 0.2, datetime(2026, 3, 31)],  # noqa: DTZ001
        [2, None, 1_250_000_000_000, date(2026, 1, 1)], [], ["Total", None, "=SUM(C4:C5)", None],
    )  # fmt: skip
    table = read_bytes(data, "x.xlsx", KNOWN)
    assert [row.cells for row in table.rows] == [
        ("1", "a", "0.3", "2026-03-31"),
        ("2", "", "1250000000000", "2026-01-01"),
        ("Total", "", "=SUM(C4:C5)", ""),
    ]
    assert table.rows[0].typed == {2, 3}
    assert table.blank == (6,)
    assert RowFlag.TOTAL in table.rows[2].flags


def test_other_sheets_are_named_and_hidden_ones_are_not_read():
    table = read_bytes(
        a_workbook(["Code", "Name", "Cost"], [1, 2, 3], Notes="visible", Secret="hidden"), "x.xlsx", KNOWN
    )
    assert [dict(note.params)["others"] for note in table.notes if note.code is Why.OTHER_SHEETS] == ["Notes"]
    with language("en"), pytest.raises(Refused, match="no sheet"):
        read_bytes(a_workbook(["a"]), "x.xlsx", ReadOptions(sheet="Budget"))


def test_a_row_of_a_workbook_that_sticks_out_of_the_table_is_rejected():
    table = read_bytes(a_workbook(["Code", "Name"], [1, "a"], [None, 2, "b"], [3, "c"]), "x.xlsx")
    assert [reject.reason.code for reject in table.malformed] == [Why.TOO_MANY_CELLS]


@given(st.text(alphabet=st.sampled_from('ab1 ,;"\r\n\t|é\u2028\x0b'), max_size=200))
def test_every_record_of_any_text_is_accounted_for(text):
    with language("en"):
        try:
            table = read(text, options=ReadOptions(delimiter=","))
        except Refused:
            assert not text.strip(" ,\r\n\t\u2028\x0b") or '"' in text
            return
    numbers = [row.number for row in table.rows] + [r.row for r in table.malformed] + list(table.blank)
    assert sorted(numbers) == list(range(table.header_row + 1, table.header_row + 1 + table.read))
    kept = "".join("".join(row.cells) for row in table.rows) + "".join(r.raw for r in table.malformed)
    whole = "".join("".join(cells) for cells in (table.header, *table.preamble)) + kept
    assert (whole.count("a"), whole.count("b")) == (text.count("a"), text.count("b")), "no letter disappears"
