"""Totals are the sum of their parts, in any order, to the minor unit, and never a float."""

import ast
import inspect
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from portfolio.business_cases.lines import arithmetic
from portfolio.business_cases.lines.arithmetic import Entry, by_year, counted, differences, factor, growth, half_up

ENTRIES = st.lists(
    st.builds(
        Entry,
        fiscal_year=st.integers(2026, 2032),
        nature=st.sampled_from(["capital", "current", ""]),
        minor=st.integers(0, 10**15),
    ),
    max_size=40,
)


@given(ENTRIES, st.randoms(use_true_random=False))
def test_totals_do_not_depend_on_the_order_of_lines(entries: list[Entry], random: object) -> None:
    shuffled = list(entries)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert by_year(entries) == by_year(shuffled)
    assert list(by_year(shuffled)) == sorted(by_year(shuffled))


@given(ENTRIES)
def test_years_add_up_to_the_whole_and_natures_to_the_years(entries: list[Entry]) -> None:
    assert sum(by_year(entries).values()) == sum(entry.minor for entry in entries)
    plain = [entry for entry in entries if entry.nature]
    capital, current = by_year(plain, "capital"), by_year(plain, "current")
    assert {year: capital.get(year, 0) + current.get(year, 0) for year in by_year(plain)} == by_year(plain)


@given(ENTRIES, ENTRIES)
def test_costs_and_sources_match_exactly_when_no_difference_is_left(costs: list[Entry], funding: list[Entry]) -> None:
    gaps = differences(by_year(costs), by_year(funding))
    assert (gaps == {}) == (by_year(costs) == by_year(funding))
    total = sum(entry.minor for entry in costs) - sum(entry.minor for entry in funding)
    assert sum(gaps.values()) == total


@given(st.integers(0, 10**15), st.decimals("0", "0.99", places=3))
def test_tax_is_rounded_half_up_as_decimal_says(minor: int, rate: Decimal) -> None:
    expected = int((Decimal(minor) * (1 + rate)).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    assert counted(minor, factor(minor_digits=2, tax_rate=rate, tax_included=False)) == expected
    assert counted(minor, factor(minor_digits=2, tax_rate=rate, tax_included=True)) == minor


def test_a_half_goes_away_from_zero() -> None:
    assert [half_up(Fraction(n, 2)) for n in (-3, -1, 0, 1, 3)] == [-2, -1, 0, 1, 2]


def test_an_indexed_unit_counts_at_its_value_in_minor_units() -> None:
    uf = Decimal("38421.73")
    stored = 125_500  # 12,55 UF with four decimals
    assert counted(stored, factor(minor_digits=0, unit_value=uf)) == 482_193  # 12,55 × 38.421,73 = 482.192,7115
    with_tax = factor(minor_digits=0, unit_value=uf, tax_rate=Decimal("0.19"), tax_included=False)
    assert counted(stored, with_tax) == 573_809  # rounded once, after the tax: 573.809,326…


def test_growth_is_exact_and_missing_is_not_zero() -> None:
    assert growth(110, 100) == Fraction(1, 10)
    assert growth(100, 0) is None
    assert growth(None, 100) is None
    assert growth(100, None) is None


def test_the_module_holds_no_float() -> None:
    tree = ast.parse(inspect.getsource(arithmetic))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, float)]
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "float"]
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Div)], (
        "true division of whole numbers is a float"
    )
