"""Money by month: what is spread, what is missing, and where the year is heading."""

import itertools
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.execution.queries import FLOWS
from portfolio.execution.years import bounds_of, first_day, year_of
from portfolio.monitoring.money_chart import chart_of
from portfolio.monitoring.money_facts import (
    MoneyFacts,
    by_line,
    by_month,
    curve_of,
    reported_until,
    spread,
    total,
    unplanned,
)
from portfolio.monitoring.money_page import year_row
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
