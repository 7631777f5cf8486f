"""The mapping engine on tables made for each quirk."""

import csv
import io
from datetime import date

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.documents.findings import rejects_csv
from portfolio.documents.labels import FIELD_NAMES, field_name
from portfolio.documents.mapping import Mapped, map_table
from portfolio.documents.mapping_schema import FIELDS, load_mapping
from portfolio.documents.reading import ReadOptions, read_bytes
from portfolio.documents.terms import CellState, RowFlag, Why
from portfolio.errors import ConfigurationError, Refused
from portfolio.i18n import language
from portfolio.labels import label

PLAIN = """
name: plain
source: plain
title: {es: Prueba, pt: Teste, en: Test}
recognise: [Code, Name]
key:
  - column: Code
as_at:
  fixed: "2026-06-30"
currency: USD
numbers: {decimal: ".", thousands: ",", symbols: ["$"]}
missing: [NA, TBD, Inf, "Early planning *"]
exempt: ["Exempt *"]
fields:
  title: {column: Name}
  budget: {column: Cost, multiplier: thousands}
  end_on: {column: End, formats: [dd/mm/yyyy], explained_by: Note}
  rating:
    columns: [Rating A, Rating B]
    words:
      Red: {es: Rojo, pt: Vermelho, en: Red}
      Green: {es: Verde, pt: Verde, en: Green}
  url: {column: Link}
keep: rest
"""
HEADER = ["Code", "Name", "Cost", "End", "Note", "Rating A", "Rating B", "Link", "More"]


def mapped(*rows: dict[str, str], mapping: str = PLAIN, as_at: date | None = None, name: str = "x.csv") -> Mapped:
    """Rows as dicts of the columns that matter; the code is the row's place unless given."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, HEADER, restval="")
    writer.writeheader()
    for number, row in enumerate(rows, start=1):
        writer.writerow({"Code": str(number), **row})
    chosen = load_mapping(mapping, "test.yaml")
    table = read_bytes(stream.getvalue().encode(), name, ReadOptions(signatures=(chosen.recognise,)))
    with language("en"):
        return map_table(table, chosen, as_at)


@pytest.mark.parametrize(
    ("cost", "state", "minor"),
    [
        ("$1,234.5", CellState.KNOWN, 123_450_000),
        ("0", CellState.KNOWN, 0),
        ("", CellState.MISSING, None),
        ("\u00a0 ", CellState.MISSING, None),
        ("tbd", CellState.MISSING, None),
        ("Inf", CellState.MISSING, None),
        ("Early planning\r\r\n(2 stages to go)", CellState.MISSING, None),
        ("Exempt under Section 43\nof the Act 2000", CellState.EXEMPT, None),
        ("Not in a position to say", CellState.WORDS, None),
        ("about 5", CellState.UNREADABLE, None),
        ("1,23", CellState.UNREADABLE, None),
        ("0.000001", CellState.UNREADABLE, None),
    ],
)
def test_an_amount_is_known_or_has_a_reason_and_is_never_zero_instead(cost, state, minor):
    found = mapped({"Cost": cost})
    value = found.records[0].values["budget"]
    assert (value.state, value.minor, value.raw) == (state, minor, cost)
    assert [w.column for w in found.warnings] == (["Cost"] if state is CellState.UNREADABLE else [])
    assert found.totals == ({"budget": {"USD": minor}} if minor is not None else {})


def test_a_cell_that_cannot_be_read_costs_its_row_only_that_value():
    found = mapped({"Name": "Roads", "Cost": "5", "End": "31/02/2026", "Link": "javascript:alert(1)"})
    record = found.records[0]
    assert (record.title, record.minor("budget")) == ("Roads", 500_000)
    assert [(w.row, w.column, w.reason.code) for w in found.warnings] == [
        (2, "End", Why.IMPOSSIBLE_DATE),
        (2, "Link", Why.NOT_AN_ADDRESS),
    ]
    assert found.counts.rejected == 0


def test_what_another_column_says_explains_a_missing_value_and_never_replaces_it():
    value = mapped({"End": "", "Note": "On hold until 01/02/2027"}).records[0].values["end_on"]
    assert (value.state, value.on, value.explanation) == (CellState.MISSING, None, "On hold until 01/02/2027")


@pytest.mark.parametrize(
    ("first", "second", "state", "value"),
    [
        ("Red", "", CellState.KNOWN, "Red"),
        ("", " green ", CellState.KNOWN, "Green"),
        ("Red", "RED", CellState.KNOWN, "Red"),
        ("Red", "Green", CellState.UNREADABLE, None),
        ("Exempt now", "exempt  NOW", CellState.EXEMPT, None),
        ("Purple", "", CellState.WORDS, None),
        ("", "", CellState.MISSING, None),
    ],
)
def test_of_two_columns_only_one_may_speak(first, second, state, value):
    found = mapped({"Rating A": first, "Rating B": second})
    rating = found.records[0].values["rating"]
    assert (rating.state, rating.text) == (state, value)
    assert bool(found.warnings) == (state in (CellState.UNREADABLE, CellState.WORDS))
    if (first, second) == ("Red", "Green"):
        assert (found.warnings[0].reason.code, found.warnings[0].raw) == (Why.BOTH_FILLED, "Red | Green")


def test_the_words_of_a_value_are_in_the_readers_language():
    mapping = load_mapping(PLAIN, "x")
    with language("es"):
        assert (mapping.words("rating", "Red"), mapping.words("rating", "?")) == ("Rojo", "?")


def test_rows_without_a_key_and_totals_are_rejected_and_a_title_may_be_missing():
    found = mapped(
        {"Name": ""}, {"Code": " \u00a0", "Name": "x"}, {"Code": "Total:", "Cost": "9"}, {"Code": "Total Place"}
    )
    assert [record.title for record in found.records] == [None, None]
    assert [(r.row, r.column, r.reason.code) for r in found.rejects] == [
        (3, "Code", Why.KEY_MISSING),
        (4, "Code", Why.TOTAL_ROW),
    ]
    assert RowFlag.TOTAL in found.records[1].flags
    assert found.totals == {}


def test_keys_are_compared_without_case_width_and_spaces():
    found = mapped({"Code": "Ab  1"}, {"Code": "aB\u00a01"}, {"Code": "ＡＢ 1"})
    assert [r.identity.key for r in found.records] == [("ab 1",)] * 3
    assert found.records[0].identity.key_text == '["ab 1"]'


def test_repeats_are_rows_of_their_own_numbered_and_flagged():
    same, other = {"Code": "7", "Name": "a"}, {"Code": "7", "Name": "b"}
    found = mapped(same, {"Code": "8"}, other, same)
    assert [(r.identity.ordinal, sorted(r.flags)) for r in found.records] == [
        (0, [RowFlag.IDENTICAL_REPEAT, RowFlag.KEY_REPEATS]),
        (0, []),
        (1, [RowFlag.KEY_REPEATS]),
        (2, [RowFlag.IDENTICAL_REPEAT, RowFlag.KEY_REPEATS]),
    ]
    assert found.counts.flagged == 3
    assert found.records[0].digest == found.records[3].digest != found.records[2].digest
    identities = {(r.identity, r.as_at) for r in found.records}
    assert len(identities) == 4, "an observation is an identity at a date, and each row has its own"


@pytest.mark.parametrize(
    "change", [{"Name": "b"}, {"Cost": "2"}, {"Cost": "TBD"}, {"More": "y"}, {"End": "01/01/2027"}]
)
def test_the_digest_follows_the_content_and_nothing_else(change):
    row = {"Code": "1", "Name": "a", "Cost": "1", "More": "x"}
    before = mapped({"Code": "9"}, row).records[1]
    assert before.digest == mapped(row).records[0].digest
    assert before.digest != mapped({**row, **change}).records[0].digest
    assert before.digest != mapped(row, as_at=date(2027, 1, 1)).records[0].digest


def test_another_reason_for_the_same_gap_is_another_content():
    reasons = [
        {"Cost": "TBD"},
        {"Cost": "NA"},
        {"Cost": "Exempt a"},
        {"Cost": "Exempt b"},
        {"End": "", "Note": "on hold"},
    ]
    digests = {mapped({"Name": "a", **reason}).records[0].digest for reason in reasons}
    assert len(digests) == len(reasons)


def test_the_same_key_at_another_date_is_the_same_initiative():
    by_row = PLAIN.replace('fixed: "2026-06-30"', "column: Note\n  formats: [dd/mm/yyyy]").replace(
        ", explained_by: Note", ""
    )
    found = mapped(
        {"Code": "1", "Note": "01/06/2026"},
        {"Code": "1", "Note": "01/07/2026"},
        {"Code": "2", "Note": "soon"},
        {"Code": "3"},
        mapping=by_row,
    )
    first, second = found.records
    assert first.identity == second.identity
    assert (first.as_at, second.as_at, first.flags) == (date(2026, 6, 1), date(2026, 7, 1), frozenset())
    assert [r.reason.code for r in found.rejects] == [Why.AS_AT_UNREADABLE] * 2
    assert mapped({"Note": ""}, mapping=by_row, as_at=date(2026, 1, 1)).records[0].as_at == date(2026, 1, 1)


def test_the_date_may_stand_in_the_name_of_the_file_and_must_stand_somewhere():
    named = PLAIN.replace('fixed: "2026-06-30"', 'file_name: "*Data_{date}.*"\n  formats: ["month yyyy|end"]')
    assert mapped({}, mapping=named, name="All_Data_March_2022.csv").records[0].as_at == date(2022, 3, 31)
    assert mapped({}, mapping=named, as_at=date(2020, 1, 1), name="Data_March_2022.csv").records[0].as_at.year == 2020
    with pytest.raises(Refused, match="which date"):
        mapped({}, mapping=named, name="renamed.csv")


def test_the_currency_may_stand_in_a_column_and_totals_never_cross_currencies():
    by_row = PLAIN.replace("currency: USD", "currency: {column: More}")
    rows = [
        {"Cost": cost, "More": currency} for cost, currency in (("1", "usd"), ("1.5", "CLP"), ("2", "CLP"), ("1", "zz"))
    ]
    found = mapped(*rows, mapping=by_row)
    assert found.totals == {"budget": {"USD": 100_000, "CLP": 3_500}}
    assert [w.reason.code for w in found.warnings] == [Why.UNKNOWN_CURRENCY]


def test_columns_that_no_field_uses_are_kept_even_under_one_name():
    text = ",".join(HEADER) + ",more,More\n1,,,,note,,,,a,b,c\n"
    with language("en"):
        found = map_table(read_bytes(text.encode(), "x.csv"), load_mapping(PLAIN, "x"))
    assert found.records[0].extras == {"Code": "1", "Note": "note", "More": "a", "more": "b", "More (2)": "c"}


def test_a_workbook_and_a_spanish_csv_with_the_same_content_have_the_same_digests():
    spanish = PLAIN.replace('decimal: ".", thousands: ","', 'decimal: ",", thousands: "."')
    header = "Preámbulo\n\nCode;Name;Cost;End;Note;Rating A;Rating B;Link;More\n"
    text = header + "A-1;Niñez;1.234,5;31/03/2026;;Red;;;x\nTOTAL;;1.234,5;;;;;;\n"
    book = openpyxl.Workbook()
    book.active.append(["Informe", None])
    book.active.append(HEADER)
    book.active.append(["A-1", "Niñez", 1234.5, date(2026, 3, 31), None, "Red", None, None, "x"])
    book.active.append([None])
    stream = io.BytesIO()
    book.save(stream)
    by_text = read_bytes(text.encode("cp1252"), "x.csv", ReadOptions(signatures=(("Code", "Name"),)))
    by_book = read_bytes(stream.getvalue(), "x.xlsx", ReadOptions(signatures=(("Code", "Name"),)))
    with language("en"):
        first, second = map_table(by_text, load_mapping(spanish, "x")), map_table(by_book, load_mapping(PLAIN, "x"))
    assert first.totals == second.totals == {"budget": {"USD": 123_450_000}}
    assert [r.digest for r in first.records] == [r.digest for r in second.records]
    assert [(r.row, r.reason.code) for r in first.rejects] == [(5, Why.TOTAL_ROW)]


def test_a_file_without_a_mapped_column_or_with_two_of_it_is_refused_naming_all():
    with language("en"), pytest.raises(Refused) as refusal:
        map_table(read_bytes(b"Code,Name,Cost,cost\n1,2,3,4\n", "x.csv"), load_mapping(PLAIN, "x"))
    assert "The column “Cost” is not unique." in refusal.value.reasons
    assert "The column “End” is missing." in refusal.value.reasons


def test_the_rejects_file_says_what_happened_in_the_readers_language_and_computes_nothing():
    found = mapped({"Code": "", "Name": "x"}, {"Cost": "=1+1"})
    with language("en"):
        rows = list(csv.reader(io.StringIO(rejects_csv(found.rejects, found.warnings).decode("utf-8-sig"), newline="")))
    assert rows == [
        ["Row", "Column", "Value", "Reason", "Outcome"],
        ["2", "Code", "", "No value in the column that identifies the initiative.", "row not imported"],
        ["3", "Cost", "'=1+1", "Not an amount in the format of this source.", "row imported without this value"],
    ]


@given(st.text(alphabet=st.sampled_from('ab1 ,;"\r\n=éTotal'), max_size=300))
def test_read_is_mapped_and_rejected_and_blank_for_any_text(text):
    mapping = load_mapping(PLAIN.replace("Rating A, Rating B", "Cost, Link"), "x")
    content = "Code,Name,Cost,End,Note,Link\n" + text
    with language("en"):
        found = map_table(read_bytes(content.encode(), "x.csv", ReadOptions(delimiter=",")), mapping)
        again = map_table(read_bytes(content.encode(), "x.csv", ReadOptions(delimiter=",")), mapping)
    counts = found.counts
    assert counts.read == counts.mapped + counts.rejected + counts.blank
    assert (counts.mapped, counts.rejected) == (len(found.records), len(found.rejects))
    assert len({(r.identity, r.as_at) for r in found.records}) == counts.mapped
    assert [r.digest for r in found.records] == [r.digest for r in again.records]


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("currency: USD", "currency: XQZ", r"bad\.yaml, line 10: currency.*not an ISO 4217"),
        ("budget:", "bugdet:", r"line 16: fields\.bugdet.*unknown field"),
        ("[dd/mm/yyyy]", "[dd/mm]", r"line 17: fields\.end_on\.formats\.0: .*no yyyy"),
        ("multiplier: thousands", "multiplier: dozens", r"line 16: fields\.budget\.multiplier"),
        ("keep: rest", "keep: rest\nkepe: 1", r"line 25: kepe: Extra inputs"),
        ("keep: rest", "keep: rest\nkeep: none", r"line 25: a key must be a word and stand once"),
        ("name: plain", "title2: *x", r"line 2"),
        ("name: plain", "name: !!python/object:os.system plain\nsource2: &a x\nb: *a", "aliases"),
        ('thousands: ","', 'thousands: "."', r"line 11: numbers: .*must differ"),
        ('fixed: "2026-06-30"', 'fixed: "30/06/2026"', r"line 8: as_at: .*not a date"),
        ("keep: rest", "keep: [", r"line \d+"),
        ("{column: Name}", "{column: Name, formats: [yyyy-mm-dd]}", r"line 14: fields: .*title is not a date"),
        ("source: plain\n", "", r"source: Field required"),
    ],
)
def test_a_bad_mapping_is_refused_with_file_line_and_reason(before, after, message):
    assert before in PLAIN
    with pytest.raises(ConfigurationError, match=message):
        load_mapping(PLAIN.replace(before, after, 1), "bad.yaml")


def test_every_field_state_flag_and_reason_has_words():
    assert set(FIELD_NAMES) == set(FIELDS)
    with language("en"):
        for member in (*CellState, *RowFlag, *Why):
            assert label(member), member
        assert field_name("budget") == "Whole-life budget"


def test_scalars_stay_text():
    assert load_mapping(PLAIN.replace("source: plain", "source: no"), "x").source == "no"
