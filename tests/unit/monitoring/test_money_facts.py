"""Money by month: what is spread, what is missing, and where the year is heading."""

import itertools
from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.execution.queries import FLOWS
from portfolio.execution.years import bounds_of, first_day, year_of
from portfolio.monitoring.money_chart import chart_of, charts_of, steps_to
from portfolio.monitoring.money_facts import (
    MoneyFacts,
    by_line,
    by_month,
    curve_of,
    partial_month,
    reported_until,
    spread,
    total,
    unplanned,
)
from portfolio.monitoring.money_page import undecided_lines, year_row
from portfolio.monitoring.money_signs import Found, MoneySign, money_signs
from portfolio.monitoring.performance_page import reckoned
from portfolio.packs.loader import load_pack
from portfolio.packs.schema import FiscalYear

PACK = load_pack("eclac")
JANUARY = date(2026, 1, 1)


def pack_with(start_month: int, *, named_by_end: bool):  # type: ignore[no-untyped-def]
    return PACK.model_copy(
        update={"fiscal_year": FiscalYear(start_month=start_month, named_by_end=named_by_end, ours=True)}
    )


def flows(*rows: tuple[date, str, str, int]) -> pl.DataFrame:
    return pl.DataFrame(
        [("p", month, line, flow, amount, "USD", "system") for month, line, flow, amount in rows],
        schema=FLOWS,
        orient="row",
    )


def facts_of(*rows: tuple[date, str, str, int], decided: dict[int, int] | None = None) -> MoneyFacts:
    return MoneyFacts("USD", by_month(flows(*rows)), decided or {}, spread=(), other=())


@given(st.dictionaries(st.integers(2026, 2029), st.integers(0, 10**12), min_size=1), st.integers(1, 12))
def test_what_is_spread_adds_up_to_what_was_decided(decided: dict[int, int], start: int) -> None:
    pack = pack_with(start, named_by_end=False)
    found = spread(decided, {year: first_day(pack, year) for year in decided}, None)
    assert total(found, "planned") == sum(decided.values())
    assert len(found) == 12 * len(decided)
    assert found["month"].is_unique().all()


def test_a_year_before_the_project_began_is_not_left_out() -> None:
    found = spread({2025: 1200, 2026: 1200}, {2025: date(2025, 1, 1), 2026: JANUARY}, date(2026, 3, 1))
    assert total(found, "planned") == 2400


def test_nothing_is_planned_before_the_project_began() -> None:
    found = spread({2026: 900}, {2026: JANUARY}, date(2026, 10, 19))
    assert found.select("month", "planned").rows() == [
        (date(2026, 10, 1), 300),
        (date(2026, 11, 1), 300),
        (date(2026, 12, 1), 300),
    ]


@pytest.mark.parametrize(
    ("start", "by_end", "day", "year"),
    [
        (1, False, date(2026, 12, 31), 2026),
        (7, False, date(2026, 6, 30), 2025),
        (7, False, date(2026, 7, 1), 2026),
        (7, True, date(2026, 7, 1), 2027),
        (7, True, date(2026, 6, 30), 2026),
    ],
)
def test_a_fiscal_year_is_named_as_its_country_does(start: int, by_end: bool, day: date, year: int) -> None:
    pack = pack_with(start, named_by_end=by_end)
    assert year_of(pack, day) == year
    assert first_day(pack, year) <= day < first_day(pack, year + 1)


def test_what_was_not_reported_is_not_zero() -> None:
    found = facts_of((JANUARY, "2.2", "paid", 0), (date(2026, 3, 1), "2.2", "paid", 50))
    curve = curve_of(found, date(2026, 4, 15))
    assert curve["paid"].to_list() == [0, 0, 50]
    assert curve["paid_complete"].to_list() == [True, False, False]
    assert total(found.months, "committed") is None
    assert total(facts_of().months, "paid") is None
    assert by_line(found, date(2026, 12, 1))["committed"].to_list() == [None]


def test_the_pace_ends_with_the_last_month_reported() -> None:
    rows = [(date(2026, month, 1), "2.2", "planned", 100) for month in range(1, 13)]
    rows += [(date(2026, month, 1), "2.2", "paid", 50) for month in range(1, 7)]
    found = facts_of(*rows, decided={2026: 1200})
    assert reported_until(found.months, date(2026, 11, 23)) == date(2026, 6, 1)
    row = year_row(PACK, found, date(2026, 11, 23), 2026).row(0, named=True)
    assert (row["planned_to_date"], row["paid"], row["planned_year"]) == (600, 300, 1200)


def test_a_month_that_had_not_ended_when_its_file_was_made_is_left_out_of_the_pace() -> None:
    rows = [(date(2026, month, 1), "2.2", "planned", 100) for month in range(1, 13)]
    rows += [(date(2026, month, 1), "2.2", "paid", 50) for month in range(1, 11)]
    rows += [(date(2026, 11, 1), "2.2", "paid", 3)]
    found = replace(facts_of(*rows, decided={2026: 1200}), described=date(2026, 11, 20))
    today = date(2026, 12, 5)
    assert reported_until(found.months, today, found.described) == date(2026, 10, 1)
    assert partial_month(found.months, today, found.described) == date(2026, 11, 1)
    row = year_row(PACK, found, today, 2026).row(0, named=True)
    assert (row["planned_to_date"], row["paid"]) == (1000, 500)
    whole = replace(found, described=date(2026, 11, 30))
    assert reported_until(whole.months, today, whole.described) == date(2026, 11, 1)
    assert partial_month(whole.months, today, whole.described) is None
    assert reported_until(whole.months, date(2026, 11, 15)) == date(2026, 10, 1), "the month of the day runs still"


def test_a_line_without_a_decision_is_found_where_decisions_name_lines() -> None:
    rows = [(JANUARY, "2.2", "paid", 5), (JANUARY, "3.1", "committed", 7), (JANUARY, "", "paid", 1)]
    found = facts_of(*rows)
    assert undecided_lines(replace(found, decided_lines={"2.2": 9}), JANUARY) == ("3.1",)
    assert undecided_lines(replace(found, decided_lines={"2.2": 9, "": 4}), JANUARY) == (), "it may be that one"
    assert undecided_lines(found, JANUARY) == ()


def test_figures_that_turn_their_order_round_are_signs() -> None:
    clean = Found(committed=10, accrued=10, paid=10, ceilings=10, lines=())
    assert money_signs(clean) == []
    assert money_signs(replace(clean, committed=9)) == [MoneySign.ACCRUED_OVER_COMMITTED]
    assert money_signs(replace(clean, paid=11)) == [MoneySign.PAID_OVER_ACCRUED, MoneySign.PAID_OVER_CODES]
    assert money_signs(replace(clean, committed=None, accrued=None, ceilings=None)) == []
    assert money_signs(replace(clean, lines=("3.1",))) == [MoneySign.UNDECIDED_LINE]


@given(st.integers(0, 10**15))
def test_amounts_of_the_axis_are_even_and_reach_the_largest(most: int) -> None:
    steps = steps_to(most)
    assert steps[0] == 0
    assert steps[-1] >= most
    assert 2 <= len(steps) <= 6
    assert len({later - earlier for earlier, later in itertools.pairwise(steps)}) == 1


def test_the_curve_has_an_axis_and_says_where_the_day_is() -> None:
    names = ("planned", "committed", "accrued", "paid")
    rows = [(date(2026, month, 1), "", flow, 10) for month in range(1, 7) for flow in names]
    wide, narrow = charts_of(curve_of(facts_of(*rows), date(2026, 4, 30)), date(2026, 4, 30))
    assert [line.name for line in wide.lines] == list(names)
    assert narrow.width <= 330, "a telephone of 360 pixels shows it whole"
    for chart in (wide, narrow):
        assert len(chart.amounts) > 2
        assert chart.today is not None
        lowest_word = max(line.word[1] for line in chart.lines)
        assert all(float(point.split(",")[1]) > lowest_word for line in chart.lines for point in line.points.split())


def test_a_year_without_a_plan_of_the_system_is_spread_and_counts_in_the_whole() -> None:
    rows = [(date(2026, month, 1), "2.2", "planned", 100) for month in range(1, 13)]
    months, decided = by_month(flows(*rows, (date(2027, 1, 1), "2.2", "paid", 7))), {2026: 1200, 2027: 2400, 2028: 0}
    assert unplanned(months, {year: bounds_of(PACK, year) for year in decided}) == (2027, 2028)


def test_earned_value_needs_a_plan_and_a_progress() -> None:
    nothing = MoneyFacts("USD", by_month(flows()), {}, spread=(), other=())
    assert reckoned(nothing, (JANUARY, 5_000), JANUARY).ev.missing is not None
    rows = [(date(2026, month, 1), "2.2", "planned", 100) for month in range(1, 11)]
    stated = (JANUARY, 2_000)
    paid = [(date(2026, 3, 1), "2.2", "paid", 120), (date(2026, 4, 1), "2.2", "paid", 999)]
    found = reckoned(facts_of(*rows, *paid), stated, date(2026, 4, 10))
    assert (found.pv.minor, found.ev.minor, found.ac.minor) == (300, 200, 120), "all three as at the end of March"
    behind = reckoned(facts_of(*rows, (date(2026, 2, 1), "2.2", "paid", 120)), stated, date(2026, 4, 10))
    assert behind.ac.missing is not None, "payments to February say nothing of the work done in March"
    assert reckoned(facts_of((JANUARY, "2.2", "planned", -5)), stated, JANUARY).pv.missing is not None
    assert reckoned(facts_of(*rows), None, JANUARY).ev.missing is not None


def test_words_of_the_curve_never_cover_each_other() -> None:
    rows = [(date(2026, month, 1), "", flow, 10) for month in range(1, 5) for flow in ("planned", "committed", "paid")]
    chart = chart_of(curve_of(facts_of(*rows), date(2026, 4, 30)))
    assert chart is not None
    heights = sorted(line.word[1] for line in chart.lines)
    assert all(later - earlier >= 12 for earlier, later in itertools.pairwise(heights))
    assert chart_of(curve_of(facts_of((JANUARY, "", "paid", 5)), JANUARY)) is None
