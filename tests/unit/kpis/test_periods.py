"""Periods, numbers, groups and the catalogue."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.i18n import LANGUAGES, language
from portfolio.kpis.catalogue import catalogue
from portfolio.kpis.cuts import cut_of, parts_of, read_cut, words_of
from portfolio.kpis.numbers import scale_of, scaled, shown, typed, unscaled
from portfolio.kpis.periods import (
    due_on,
    first_day,
    last_due,
    newest_ended,
    next_period,
    period_of,
    periods,
    periods_between,
)
from portfolio.kpis.terms import Dimension, Family, Frequency, UnitKind
from portfolio.web.formatting import read_decimal

any_day = st.dates(date(2000, 1, 1), date(2090, 12, 31))


@given(st.sampled_from(Frequency), any_day)
def test_a_day_lies_in_its_period_and_periods_follow_one_another(frequency: Frequency, day: date) -> None:
    period = period_of(frequency, day)
    assert first_day(frequency, period) <= day <= period
    assert first_day(frequency, next_period(frequency, period)) == period + timedelta(days=1)
    assert periods_between(frequency, period, next_period(frequency, period)) == 1


@given(st.sampled_from(Frequency), any_day)
def test_the_last_due_period_is_overdue_and_the_next_is_not(frequency: Frequency, day: date) -> None:
    last = last_due(frequency, day)
    assert due_on(last) < day <= due_on(next_period(frequency, last))
    ended = newest_ended(frequency, day)
    assert ended <= day < next_period(frequency, ended)


def test_quarters_of_a_year() -> None:
    found = list(periods(Frequency.QUARTERLY, date(2026, 2, 10), date(2026, 12, 30)))
    assert found == [date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30)]


@given(st.decimals(-(10**9), 10**9, places=4))
def test_a_number_comes_back_as_it_was_written(value: Decimal) -> None:
    kept = scaled(value, 4)
    assert unscaled(kept, 4) == value
    for code in LANGUAGES:
        with language(code):
            assert read_decimal(typed(kept, 4)) == value


def test_money_has_the_decimals_of_its_currency_and_nothing_is_not_zero() -> None:
    assert scale_of(UnitKind.MONEY, "CLP") == 0
    assert scale_of(UnitKind.COUNT) == 4
    assert shown(None, 4) == "not stated"
    assert shown(0, 4) == "0"
    with pytest.raises(ValueError, match="fewer decimals"):
        scaled(Decimal("1.5"), 0)
    with pytest.raises(ValueError, match="fewer digits"):
        scaled(Decimal(10**13), 4)


def test_a_group_has_one_name_however_it_is_typed() -> None:
    key = cut_of({Dimension.TERRITORY: " Rural  sur", Dimension.SEX: "Women"})
    assert key == "sex=women;territory=rural sur"
    assert read_cut("territory = rural sur ; sex=WOMEN", ["sex", "territory"]) == key
    assert read_cut("Sex=women", ["sex"]) == "sex=women"
    assert parts_of(key) == [(Dimension.SEX, "women"), (Dimension.TERRITORY, "rural sur")]
    assert words_of("") == "Total"
    with pytest.raises(ValueError, match="not told apart"):
        read_cut("age=90", ["sex"])
    with pytest.raises(ValueError, match="Name the group"):
        cut_of({Dimension.SEX: "a=b"})


def test_the_catalogue_speaks_every_language_and_covers_the_four_families() -> None:
    entries = catalogue()
    assert {entry.family for entry in entries.values()} == set(Family)
    assert len(entries) >= 40
    for entry in entries.values():
        for phrase in (entry.name, entry.unit, entry.formula, entry.source):
            assert all(phrase.in_language(code).strip() for code in LANGUAGES), entry.code
    counted = {entry.family for entry in entries.values() if not entry.is_context}
    assert counted == set(Family), "context never stands for a family"
