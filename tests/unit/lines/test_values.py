"""One cell: what is typed is kept exactly, what cannot be kept is refused in words, and what is shown reads back."""

import uuid
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.business_cases.lines.columns import Cell, LineSpec, cells_of
from portfolio.business_cases.lines.context import LineContext, years_in_sight
from portfolio.business_cases.lines.reading import blank_line
from portfolio.business_cases.lines.specs import INDICATORS, MILESTONES, RISKS, SPECS
from portfolio.business_cases.lines.specs_money import COSTS, PARTICIPANTS
from portfolio.business_cases.lines.values import NotAccepted, read_cell, rescaled, typed
from portfolio.i18n import language
from portfolio.packs.loader import load_pack

HEALTH = uuid.UUID(int=7)
ECLAC = LineContext(load_pack("eclac"), "USD", (2027, 2028), {HEALTH: "Ministerio de Salud"})
CHILE = LineContext(load_pack("chile"), "CLP", (2027, 2028))


def cell(spec: LineSpec, key: str, context: LineContext = ECLAC) -> Cell:
    return next(found for found in cells_of(spec, context) if found.key == key)


@pytest.mark.parametrize(
    ("code", "text", "minor"),
    [
        ("es", "1.234,50", 123450),
        ("es", "1234,5", 123450),
        ("pt", "1.234,50", 123450),
        ("en", "1,234.50", 123450),
        ("en", "US$ 1,234.5", 123450),
        ("es", "1.200 USD", 120000),
        ("es", "0", 0),
    ],
)
def test_amounts_are_read_as_the_reader_writes_them(code: str, text: str, minor: int) -> None:
    with language(code):
        assert read_cell(COSTS, cell(COSTS, "y2027"), text, ECLAC) == minor


@pytest.mark.parametrize("text", ["1.23,4", "12,345,6", "abc", "1.2.3", "-5", "--1", "1e5", "٣", "1/2", "9" * 30])
def test_what_is_no_amount_is_refused_and_never_guessed(text: str) -> None:
    with language("es"), pytest.raises(NotAccepted):
        read_cell(COSTS, cell(COSTS, "y2027"), text, ECLAC)


def test_more_decimals_than_the_currency_has_are_refused() -> None:
    with pytest.raises(NotAccepted, match="USD has 2 decimals"):
        read_cell(COSTS, cell(COSTS, "y2027"), "1.234", LineContext(ECLAC.pack, "USD", (2027,)))
    with pytest.raises(NotAccepted, match="CLP has no decimals"):
        read_cell(COSTS, cell(COSTS, "y2027", CHILE), "1.5", CHILE)
    assert read_cell(COSTS, cell(COSTS, "y2027", CHILE), "1.5", CHILE, unit="UF") == 15_000


@given(st.integers(0, 10**14), st.sampled_from(["es", "pt", "en"]), st.sampled_from(["", "UF"]))
def test_a_shown_amount_reads_back_as_itself(minor: int, code: str, unit: str) -> None:
    with language(code):
        text = typed(cell(COSTS, "y2027", CHILE), minor, CHILE, unit)
        assert read_cell(COSTS, cell(COSTS, "y2027", CHILE), text, CHILE, unit) == minor


def test_a_choice_is_known_by_its_code_or_its_words_in_any_language() -> None:
    category = cell(COSTS, "category")
    for text in ("cloud", "Nube y alojamiento", "nuvem e HOSPEDAGEM", "Cloud and hosting"):
        assert read_cell(COSTS, category, text, ECLAC) == "cloud"
    assert read_cell(COSTS, cell(COSTS, "budget_line"), "1.1 Personal", ECLAC) == "1.1"
    with pytest.raises(NotAccepted):
        read_cell(COSTS, category, "Clouds", ECLAC)


def test_dates_come_as_the_browser_or_the_region_writes_them() -> None:
    due = cell(MILESTONES, "due_on")
    assert read_cell(MILESTONES, due, "2027-03-04", ECLAC) == date(2027, 3, 4)
    assert read_cell(MILESTONES, due, "4/3/2027", ECLAC) == date(2027, 3, 4)
    for wrong in ("31/02/2027", "2027-13-01", "0001-01-01", "mañana"):
        with pytest.raises(NotAccepted):
            read_cell(MILESTONES, due, wrong, ECLAC)


def test_bounds_and_lengths_are_those_of_the_model() -> None:
    with pytest.raises(NotAccepted, match="5 or less"):
        read_cell(RISKS, cell(RISKS, "impact"), "6", ECLAC)
    with pytest.raises(NotAccepted, match="whole number"):
        read_cell(RISKS, cell(RISKS, "impact"), "2.5", ECLAC)
    assert read_cell(INDICATORS, cell(INDICATORS, "name"), "x" * 200, ECLAC) == "x" * 200
    with pytest.raises(NotAccepted, match="200"):
        read_cell(INDICATORS, cell(INDICATORS, "name"), "x" * 201, ECLAC)


def test_an_institution_is_known_by_its_name() -> None:
    place = cell(PARTICIPANTS, "institution_id")
    assert read_cell(PARTICIPANTS, place, "ministerio de salud", ECLAC) == HEALTH
    with pytest.raises(NotAccepted):
        read_cell(PARTICIPANTS, place, "Ministerio", ECLAC)


def test_a_change_of_unit_keeps_digits_or_refuses_to_round() -> None:
    assert rescaled(1_250, 0, 4) == 12_500_000
    assert rescaled(12_500_000, 4, 0) == 1_250
    with pytest.raises(NotAccepted):
        rescaled(12_500_001, 4, 0)


def test_units_are_offered_only_where_the_pack_has_indexed_ones() -> None:
    assert "unit" not in {found.key for found in cells_of(COSTS, ECLAC)}
    assert "unit" in {found.key for found in cells_of(COSTS, CHILE)}


@pytest.mark.parametrize("spec", SPECS.values(), ids=lambda spec: spec.name)
def test_every_column_is_an_attribute_of_its_model_and_shows_a_blank_line(spec: LineSpec) -> None:
    line = blank_line(spec, uuid.UUID(int=1))
    for found in cells_of(spec, CHILE):
        text = typed(found, line.value(found), CHILE)
        assert read_cell(spec, found, text, CHILE) == line.value(found), found.key


def test_years_start_with_the_call_and_none_with_an_amount_is_out_of_sight() -> None:
    assert years_in_sight(2027, set()) == (2027, 2028, 2029, 2030)
    assert years_in_sight(2027, {2033}, 2) == (2027, 2028, 2029, 2030, 2031, 2032, 2033)
    assert years_in_sight(2027, {2025}, 2) == (2025, 2027, 2028)
    assert len(years_in_sight(2027, set(), 10**6)) == 15
