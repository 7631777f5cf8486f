"""Dates and amounts: exactly as declared, or not at all."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.documents.dates import check_format, read_date
from portfolio.documents.mapping_schema import Numbers
from portfolio.documents.terms import Why
from portfolio.documents.values import Unreadable, read_money, read_number

ENGLISH = Numbers(decimal=".", thousands=",", symbols=("£", "$"))
SPANISH = Numbers(decimal=",", thousands=".")


@pytest.mark.parametrize(
    ("text", "formats", "expected"),
    [
        ("2022-03-31", (), date(2022, 3, 31)),
        ("03/04/2012", ("dd/mm/yyyy",), date(2012, 4, 3)),
        ("03/04/2012", ("mm/dd/yyyy",), date(2012, 3, 4)),
        ("3/4/2012", ("dd/mm/yyyy",), date(2012, 4, 3)),
        ("December 1, 2016", ("month d, yyyy",), date(2016, 12, 1)),
        ("1 de diciembre de 2016", ("d de month de yyyy",), date(2016, 12, 1)),
        ("15 março 2026", ("d month yyyy",), date(2026, 3, 15)),
        ("MARCH\u00a02022", ("month yyyy|end",), date(2022, 3, 31)),
        ("Feb 2024", ("month yyyy|end",), date(2024, 2, 29)),
        ("2024", ("yyyy|start",), date(2024, 1, 1)),
        ("2024", ("yyyy|end",), date(2024, 12, 31)),
        ("25/04/2012", (), date(2012, 4, 25)),
        ("04/04/2012", (), date(2012, 4, 4)),
        ("03/04/2012", (), Why.AMBIGUOUS_DATE),
        ("03/04/2012", ("dd/mm/yyyy", "mm/dd/yyyy"), Why.AMBIGUOUS_DATE),
        ("30/02/2012", ("dd/mm/yyyy",), Why.IMPOSSIBLE_DATE),
        ("04/25/2012", ("dd/mm/yyyy",), Why.IMPOSSIBLE_DATE),
        ("01/01/0201", ("dd/mm/yyyy",), Why.IMPOSSIBLE_DATE),
        ("Q4 2023/24", ("dd/mm/yyyy",), Why.NOT_A_DATE),
        ("Smarch 1, 2016", ("month d, yyyy",), Why.NOT_A_DATE),
        ("44197", ("dd/mm/yyyy",), Why.NOT_A_DATE),
    ],
)
def test_a_date_is_read_as_declared_and_never_guessed(text, formats, expected):
    assert read_date(text, formats) == expected


@pytest.mark.parametrize("text", ["dd/mm", "yyyy-yyyy-mm", "dd/yyyy", "month yyyy", "dd/mm/yyyy|end", "yyyy|middle"])
def test_a_format_that_leaves_something_open_is_refused(text):
    with pytest.raises(ValueError, match="format"):
        check_format(text)


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 12, 31)))
def test_a_written_date_is_read_back(day):
    assert read_date(f"{day:%d/%m/%Y}", ("dd/mm/yyyy",)) == day
    assert read_date(f"{day:%B} {day.day}, {day.year}", ("month d, yyyy",)) == day


@pytest.mark.parametrize(
    ("text", "numbers", "expected"),
    [
        ("£9,999.9", ENGLISH, "9999.9"),
        ("-£5", ENGLISH, "-5"),
        ("£-5", ENGLISH, "-5"),
        ("−1,234", ENGLISH, "-1234"),
        ("1.234.567,89", SPANISH, "1234567.89"),
        ("1234", Numbers(), "1234"),
        ("1\u00a0234\u202f567,5", Numbers(decimal=",", thousands=" "), "1234567.5"),
    ],
)
def test_a_number_is_exact(text, numbers, expected):
    assert read_number(text, numbers) == Decimal(expected)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1,234", Numbers()),
        ("1,23", ENGLISH),
        ("1.234", Numbers(decimal=",")),
        ("1,234.5,6", ENGLISH),
        ("€5", ENGLISH),
        ("1.5E+09", ENGLISH),
        ("12%", ENGLISH),
        ("5 or 6", ENGLISH),
        ("٣", ENGLISH),
        ("--5", ENGLISH),
        ("9" * 40, ENGLISH),
    ],
)
def test_a_number_in_another_form_is_not_guessed(text, numbers):
    with pytest.raises(Unreadable) as problem:
        read_number(text, numbers)
    assert problem.value.reason.code is Why.NOT_A_NUMBER


def test_millions_become_exact_minor_units():
    assert read_money("£9,999.9", ENGLISH, "GBP", "millions") == 999_990_000_000
    assert read_money("0.123456", ENGLISH, "USD", "millions") == 12_345_600
    assert read_money("1.234.567", SPANISH, "CLP", "units") == 1_234_567
    assert read_money("1234.5", Numbers(decimal=","), "CLP", "thousands", is_typed=True) == 1_234_500


@pytest.mark.parametrize(
    ("text", "currency", "why"),
    [
        ("1.005", "USD", Why.TOO_MANY_DECIMALS),
        ("1.5", "CLP", Why.TOO_MANY_DECIMALS),
        ("99999999999999999999", "USD", Why.NUMBER_TOO_LARGE),
        ("1", "XQZ", Why.UNKNOWN_CURRENCY),
    ],
)
def test_an_amount_that_the_currency_cannot_hold_is_unreadable(text, currency, why):
    with pytest.raises(Unreadable) as problem:
        read_money(text, ENGLISH, currency, "units")
    assert problem.value.reason.code is why


def test_rounding_is_half_up_and_only_where_declared():
    assert read_money("1.005", ENGLISH, "USD", "units", may_round=True) == 101
    assert read_money("-1.005", ENGLISH, "USD", "units", may_round=True) == -101


@given(st.integers(min_value=-(10**14), max_value=10**14))
def test_every_amount_written_with_groups_is_read_back(minor):
    text = f"{Decimal(minor).scaleb(-2):,.2f}"
    assert read_money(text, ENGLISH, "USD", "units") == minor
