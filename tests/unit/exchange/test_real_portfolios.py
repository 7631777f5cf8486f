"""Real portfolios through the shipped mappings, against figures computed here with `csv` and `Decimal` alone."""

import csv
import io
import re
import time
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from portfolio.documents.mapping import Mapped, map_table
from portfolio.documents.reading import read_table
from portfolio.documents.terms import CellState, RowFlag
from portfolio.errors import ConfigurationError, Refused
from portfolio.exchange.mappings import mappings_in, read_and_recognise, shipped_mappings
from portfolio.i18n import language

ROOT = Path(__file__).resolve().parents[3]
SHARED_DATA = ROOT.parent / "shared" / "data"
needs_data = pytest.mark.skipif(not SHARED_DATA.is_dir(), reason="the shared data folder is not beside the project")

GMPP = "gmpp/GMPP_Government_Major_Projects_Portfolio_AR_Data_March_2022.csv"
BEIS = "gmpp/BEIS_Government_Major_Projects_Portfolio_Data_March_2022.csv"
CO = "gmpp/CO_Government_Major_Projects_Portofolio_AR_Data_March_2024.csv"
US = "us_itdashboard/projects_2012_clean.csv"
CANADA_2016 = "canada_gc_it_projects/gc-it-projects-2016.csv"
CANADA_2019 = "canada_gc_it_projects/gc-it-projects-2019.csv"
CHILE = "chile_bip_fichas/fichas_bip_muestra.csv"
CHILE_AS_AT = date(2026, 10, 31)


def mapped(file: str) -> Mapped:
    path = SHARED_DATA / file
    with language("en"):
        table, mapping = read_and_recognise(path.read_bytes(), path.name, shipped_mappings().values())
        return map_table(table, mapping, CHILE_AS_AT if file == CHILE else None)


def raw(file: str) -> list[dict[str, str]]:
    """The file by the standard library alone, columns by the beginning of their name."""
    text = (SHARED_DATA / file).read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def column(rows: list[dict[str, str]], start: str) -> list[str]:
    (name,) = [name for name in rows[0] if name.startswith(start)]
    return [row[name] for row in rows]


def sum_minor(cells: list[str], factor: int) -> int:
    """Whole minor units of the cells that are numbers once the signs of money are gone."""
    plain = [cell.strip().lstrip("£$").replace(",", "") for cell in cells]
    total = sum((Decimal(cell) for cell in plain if re.fullmatch(r"-?\d+(\.\d+)?", cell)), Decimal(0)) * factor
    assert total == int(total)
    return int(total)


@needs_data
@pytest.mark.parametrize(
    ("file", "mapping", "rows", "as_at"),
    [
        (GMPP, "gmpp", 235, date(2022, 3, 31)),
        (BEIS, "gmpp", 22, date(2022, 3, 31)),
        (CO, "gmpp", 11, date(2024, 3, 31)),
        (US, "us_itdashboard", 2472, date(2012, 8, 31)),
        (CANADA_2016, "canada_gc_it_projects", 398, date(2016, 6, 9)),
        (CANADA_2019, "canada_gc_it_projects", 463, date(2019, 5, 1)),
        (CHILE, "chile_bip_fichas", 33, CHILE_AS_AT),
    ],
)
def test_every_row_of_a_real_file_becomes_a_record(file, mapping, rows, as_at):
    found = mapped(file)
    counts = found.counts
    assert found.mapping.name == mapping
    assert (counts.read, counts.mapped, counts.rejected, counts.blank) == (rows, rows, 0, 0)
    assert {record.as_at for record in found.records} == {as_at}
    assert len({record.identity for record in found.records}) == rows
    assert len(raw(file)) == rows
    again = mapped(file)
    assert [(r.identity, r.digest) for r in again.records] == [(r.identity, r.digest) for r in found.records]


@needs_data
@pytest.mark.parametrize(
    ("file", "currency", "factor", "columns"),
    [
        (
            GMPP,
            "GBP",
            100_000_000,
            {
                "budget": "TOTAL Baseline Whole Life Costs",
                "budget_year": "Financial Year Baseline",
                "forecast_year": "Financial Year Forecast",
            },
        ),
        (BEIS, "GBP", 100_000_000, {"budget": "TOTAL Baseline Whole Life Costs"}),
        (
            CO,
            "GBP",
            100_000_000,
            {"budget": "TOTAL Baseline Whole Life Costs", "budget_year": "Financial Year Baseline"},
        ),
        (US, "USD", 100_000_000, {"budget": "Planned_Cost_dollar_M", "forecast": "Projected_slash_Actual_Cost"}),
        (CANADA_2016, "CAD", 100, {"budget": "totalBudget"}),
        (CANADA_2019, "CAD", 100, {"budget": "totalBudget"}),
        (CHILE, "CLP", 1, {"budget": "costo_clp"}),
    ],
)
def test_totals_equal_those_of_the_file_to_the_cent(file, currency, factor, columns):
    found, rows = mapped(file), raw(file)
    for field, start in columns.items():
        expected = sum_minor(column(rows, start), factor)
        assert expected > 0
        assert found.totals[field] == {currency: expected}, field


@needs_data
@pytest.mark.parametrize(
    ("field", "start", "number"),
    [
        ("budget", "TOTAL Baseline Whole Life Costs", r"£[\d,]+(\.\d+)?"),
        ("budget_year", "Financial Year Baseline", r"£[\d,]+(\.\d+)?"),
        ("forecast_year", "Financial Year Forecast", r"£[\d,]+(\.\d+)?"),
        ("start_on", "Project - Start Date", r"\d{4}-\d\d-\d\d"),
        ("end_on", "Project - End Date", r"\d{4}-\d\d-\d\d"),
    ],
)
def test_exempt_missing_and_words_are_told_apart_and_kept_verbatim(field, start, number):
    found = mapped(GMPP)
    cells = column(raw(GMPP), start)

    def expected(cell: str) -> CellState:
        if re.fullmatch(number, cell):
            return CellState.KNOWN
        if cell.startswith("Exempt"):
            return CellState.EXEMPT
        return CellState.MISSING if not cell or cell.startswith("Early planning") else CellState.WORDS

    assert [record.values[field].state for record in found.records] == [expected(cell) for cell in cells]
    assert [record.values[field].raw for record in found.records] == cells
    assert found.states[field][CellState.EXEMPT] > 5
    assert all(r.values[field].value is None for r in found.records if r.values[field].state is not CellState.KNOWN)


@needs_data
def test_one_rating_comes_from_two_columns_that_never_disagree():
    found, rows = mapped(GMPP), raw(GMPP)
    ipa, sro = column(rows, "IPA Delivery"), column(rows, "SRO Delivery")
    assert [r.values["rating"].raw for r in found.records] == [a or b for a, b in zip(ipa, sro, strict=True)]
    expected = Counter((a or b) for a, b in zip(ipa, sro, strict=True) if (a or b) in {"Red", "Amber", "Green"})
    assert Counter(r.values["rating"].text for r in found.records if r.values["rating"].text) == expected
    assert found.states["rating"] == {
        CellState.KNOWN: expected.total(), CellState.EXEMPT: 11, CellState.MISSING: 2, CellState.WORDS: 1,
    }  # fmt: skip
    assert [(w.row, w.raw) for w in found.warnings] == [
        (150, "The project is not in a position to provide this information.")
    ]


@needs_data
def test_two_ratings_that_differ_are_reported_and_none_is_chosen(tmp_path):
    text = (SHARED_DATA / CO).read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    rows[1][5], rows[1][6] = "Red", "Green"
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(rows)
    table, mapping = read_and_recognise(stream.getvalue().encode(), Path(CO).name, shipped_mappings().values())
    found = map_table(table, mapping)
    assert found.states["rating"][CellState.UNREADABLE] == 1
    assert [warning.raw for warning in found.warnings] == ["Red | Green"]


@needs_data
def test_the_four_repeats_of_the_dashboard_are_rows_of_their_own_and_flagged():
    found, rows = mapped(US), raw(US)
    lines = Counter(tuple(row.values()) for row in rows)
    assert sum(times - 1 for times in lines.values()) == 4
    assert len(rows) - len(set(column(rows, "Unique_Project_ID"))) == 674
    repeated = [record for record in found.records if record.flags]
    assert found.counts.flagged == len(repeated) == 8
    assert {record.flags for record in repeated} == {frozenset({RowFlag.IDENTICAL_REPEAT})}
    assert Counter(record.identity.ordinal for record in found.records) == {0: 2468, 1: 4}


@needs_data
def test_dates_of_the_dashboard_are_day_first_and_missing_ones_stay_missing():
    found, rows = mapped(US), raw(US)

    def day_first(cell: str) -> date | None:
        return date(*map(int, reversed(cell.split("/")))) if cell else None

    for field, name in (
        ("start_on", "Start_Date"),
        ("end_on", "Completion_Date_B1"),
        ("end_on_current", "Projected_slash_Actual_Project_Completion_Date_B2"),
    ):
        assert [r.values[field].on for r in found.records] == [day_first(row[name]) for row in rows]
    assert found.states["end_on_current"][CellState.MISSING] == 922


@needs_data
def test_the_canadian_answer_of_2019_observes_a_hundred_initiatives_of_2016_again():
    first, second = mapped(CANADA_2016), mapped(CANADA_2019)
    known = {record.identity for record in first.records}
    again = [record for record in second.records if record.identity in known]
    expected = set(column(raw(CANADA_2016), "uniqueId")) & set(column(raw(CANADA_2019), "uniqueId"))
    assert len(again) == len(expected) == 100
    digests = {record.identity: record.digest for record in first.records}
    assert all(record.digest != digests[record.identity] for record in again)


@needs_data
def test_what_a_department_wrote_instead_of_a_date_is_the_reason():
    found, rows = mapped(CANADA_2019), raw(CANADA_2019)
    missing = [r.values["end_on_current"] for r in found.records if r.values["end_on_current"].on is None]
    expected = Counter(row["rawProvidedDate"] for row in rows if not row["estimatedCompletionDate"])
    assert Counter(value.explanation for value in missing) == expected
    assert {value.state for value in missing} == {CellState.MISSING}
    assert len(missing) == 44


@needs_data
def test_chilean_results_have_words_and_codes_lose_their_check_digit_in_the_key_only():
    found, rows = mapped(CHILE), raw(CHILE)
    assert Counter(r.values["status"].text or "" for r in found.records) == Counter(column(rows, "rate"))
    assert found.records[0].identity.key == ("20099568",)
    assert found.records[0].values["source_id"].text == "20099568-0"
    assert found.records[0].extras["primer_anio"] == "2014"
    with language("es"):
        assert found.mapping.words("status", "RS") == "Recomendado satisfactoriamente (RS)"
    table, mapping = read_and_recognise((SHARED_DATA / CHILE).read_bytes(), "x.csv", shipped_mappings().values())
    with language("en"), pytest.raises(Refused, match="which date"):
        map_table(table, mapping)


@needs_data
def test_every_cell_that_no_field_uses_is_kept():
    for file in (GMPP, US, CANADA_2019, CHILE):
        found, rows = mapped(file), raw(file)
        for record, row in zip(found.records, rows, strict=True):
            kept = {"".join(text.split()) for text in record.extras.values()}
            kept |= {"".join(value.raw.split()) for value in record.values.values()}
            kept |= {"".join(record.values[f].explanation.split()) for f in record.values}
            lost = [name for name, cell in row.items() if cell.strip() and "".join(cell.split()) not in kept]
            assert lost in ([], ["asOfDate"]), (file, record.row, lost)


@needs_data
def test_two_thousand_rows_are_read_and_mapped_within_seconds():
    started = time.process_time()
    assert mapped(US).counts.mapped == 2472
    assert time.process_time() - started < 4, "it takes well under one second; this catches only a change of kind"


def test_the_shipped_mappings_load_and_are_named_after_their_files():
    assert list(shipped_mappings()) == ["canada_gc_it_projects", "chile_bip_fichas", "gmpp", "us_itdashboard"]
    assert len({mapping.source for mapping in shipped_mappings().values()}) == 4


def test_a_file_of_an_unknown_source_is_refused_in_words():
    with language("en"), pytest.raises(Refused, match="not those of any known source"):
        read_and_recognise(b"a,b\n1,2\n", "x.csv", shipped_mappings().values())


def test_a_file_that_fits_two_mappings_is_not_guessed_and_the_more_demanding_one_wins():
    chile = shipped_mappings()["chile_bip_fichas"]
    twin = chile.model_copy(update={"name": "twin"})
    wider = chile.model_copy(update={"name": "wider", "recognise": (*chile.recognise, "sector")})
    header = ",".join((*chile.recognise, "sector")).encode() + b"\n"
    with language("en"), pytest.raises(Refused, match="Choose one"):
        read_and_recognise(header, "x.csv", [chile, twin])
    assert read_and_recognise(header, "x.csv", [chile, wider])[1].name == "wider"
    assert read_and_recognise(header, "x.csv", [chile, twin], chosen=twin)[1].name == "twin"


def test_a_folder_of_mappings_is_read_and_a_repeated_name_refused(tmp_path):
    source = ROOT / "src/portfolio/exchange/mappings/gmpp.yaml"
    (tmp_path / "a.yaml").write_bytes(source.read_bytes())
    assert list(mappings_in(tmp_path)) == ["gmpp"]
    (tmp_path / "b.yaml").write_bytes(source.read_bytes())
    with pytest.raises(ConfigurationError, match="two mappings are named gmpp"):
        mappings_in(tmp_path)


@needs_data
def test_read_table_finds_the_header_without_being_told():
    for file in (GMPP, US, CANADA_2016, CHILE):
        assert read_table(SHARED_DATA / file).header_row == 1
