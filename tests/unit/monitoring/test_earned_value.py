"""Earned value: worked examples, earned schedule by hand, reasons for what is not available, and what always holds."""

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.monitoring.earned_value import (
    PHASED,
    Figure,
    Progress,
    earned_from_share,
    earned_value,
    planned_curve,
)
from portfolio.monitoring.health_terms import Estimate, Missing

ORACLES = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "oracles" / "oracles.json"
needs_data = pytest.mark.skipif(not ORACLES.is_file(), reason="the shared data folder is not beside the project")


def month(number: int) -> date:
    """The first month is January 2026."""
    return date(2026 + (number - 1) // 12, (number - 1) % 12 + 1, 1)


def phased(*amounts: int) -> pl.DataFrame:
    return pl.DataFrame(
        {"period": [month(n + 1) for n in range(len(amounts))], "planned": list(amounts)}, schema=PHASED
    )


@needs_data
@pytest.mark.parametrize("case", ["evm-1", "evm-4"])
def test_worked_examples_of_the_oracles(case: str) -> None:
    found: dict[str, Any] = next(
        item for item in json.loads(ORACLES.read_text(encoding="utf-8"))["oracles"] if item["id"] == case
    )
    given, expected = found["inputs"], found["expected"]
    pv = given.get("PV", given["EV"])
    ours = earned_value(phased(pv, given["BAC"] - pv), Progress(month(1), given["EV"], given["AC"]))
    figures = {
        "CV": ours.cv,
        "SV": ours.sv,
        "CPI": ours.cpi,
        "SPI": ours.spi,
        "EAC_cpi": ours.estimated(Estimate.COST_EFFICIENCY).eac,
    }
    for name, value in expected.items():
        figure = figures[name].value
        assert figure is not None
        assert abs(figure - Fraction(str(value))) <= Fraction(str(found["tolerance"])), name


def test_estimates_at_completion_by_hand() -> None:
    """BAC 1000, PV 500, EV 400, AC 500: CPI 0.8, SPI 0.8."""
    ours = earned_value(phased(500, 500), Progress(month(1), earned=400, actual=500, to_go=700))
    eac = {each.estimate: each.eac.minor for each in ours.at_completion}
    assert eac == {
        Estimate.AS_BUDGETED: 1100,
        Estimate.COST_EFFICIENCY: 1250,
        Estimate.COST_AND_SCHEDULE: 1438,  # 500 + 600 / 0.64 = 1437.5, half away from zero
        Estimate.BOTTOM_UP: 1200,
    }
    efficient = ours.estimated(Estimate.COST_EFFICIENCY)
    assert (efficient.etc.minor, efficient.vac.minor) == (750, -250)
    assert efficient.tcpi.ratio() == Decimal("0.8000")
    assert ours.tcpi.ratio() == Decimal("1.2000")


def test_earned_schedule_by_hand() -> None:
    """Planned 100, 200, 300, 400: EV 250 is month 1, all of it, and three quarters of month 2."""
    ours = earned_value(phased(100, 200, 300, 400), Progress(month(3), earned=250, actual=300))
    assert ours.es.value == Fraction(7, 4)
    assert ours.svt.value == Fraction(-5, 4)
    assert ours.spit.value == Fraction(7, 12)
    assert ours.duration.value == Fraction(48, 7)


def test_after_the_planned_end_spi_heals_and_earned_schedule_does_not() -> None:
    late = earned_value(phased(100, 100), Progress(month(4), earned=200, actual=200))
    assert late.spi.value == 1
    assert late.spit.value == Fraction(1, 2)
    assert late.svt.value == -2


def test_months_without_a_row_are_months() -> None:
    gap = pl.DataFrame({"period": [month(4), month(1)], "planned": [30, 10]}, schema=PHASED)
    assert planned_curve(gap) == [(month(1), 10), (month(2), 10), (month(3), 10), (month(4), 40)]
    assert earned_value(gap, Progress(month(2), 25, 25)).es.value == Fraction(7, 2)


def test_nothing_planned_earned_and_spent_gives_reasons_and_no_zero() -> None:
    ours = earned_value(phased(0, 100), Progress(month(1), earned=0, actual=0))
    assert ours.cpi == Figure(missing=Missing.NOTHING_SPENT)
    assert ours.spi == Figure(missing=Missing.NOTHING_PLANNED)
    assert ours.estimated(Estimate.COST_EFFICIENCY).eac.missing is Missing.NOTHING_SPENT
    assert ours.estimated(Estimate.AS_BUDGETED).eac.minor == 100


@pytest.mark.parametrize(
    ("plan", "progress", "name", "missing"),
    [
        ((), Progress(month(1), 1, 1), "pv", Missing.NO_PLAN),
        ((), Progress(month(1), 1, 1), "es", Missing.NO_PLAN),
        ((0, 0), Progress(month(1), 1, 1), "bac", Missing.NO_PLAN),
        ((10,), Progress(date(2025, 12, 31), 1, 1), "pv", Missing.PLAN_NOT_BEGUN),
        ((10,), Progress(date(2025, 12, 31), 1, 1), "spit", Missing.PLAN_NOT_BEGUN),
        ((10,), Progress(month(1), None, 1), "cv", Missing.NO_EARNED),
        ((10,), Progress(month(1), None, 1), "es", Missing.NO_EARNED),
        ((10,), Progress(month(1), 1, None), "cpi", Missing.NO_ACTUAL),
        ((10,), Progress(month(1), 1, 10), "tcpi", Missing.NO_FUNDS_LEFT),
        ((10,), Progress(month(1), 1, 12), "tcpi", Missing.NO_FUNDS_LEFT),
        ((10,), Progress(month(1), 0, 5), "duration", Missing.NOTHING_EARNED),
    ],
)
def test_what_is_not_available_says_why(plan: tuple[int, ...], progress: Progress, name: str, missing: Missing) -> None:
    figure: Figure = getattr(earned_value(phased(*plan), progress), name)
    assert figure == Figure(missing=missing)


def test_an_estimate_that_nobody_gave_is_not_there() -> None:
    ours = earned_value(phased(10), Progress(month(1), 5, 5))
    assert ours.estimated(Estimate.BOTTOM_UP).eac == Figure(missing=Missing.NO_ESTIMATE)


def test_negative_plans_and_progress_beyond_all_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        earned_value(phased(10, -1), Progress(month(1), 1, 1))
    with pytest.raises(ValueError, match="between"):
        earned_from_share(100, 10_001)
    assert earned_from_share(333, 5_000) == 167


plans = st.lists(st.integers(0, 10**13), min_size=1, max_size=40).filter(any)


@settings(deadline=None)
@given(plans, st.integers(0, 50), st.integers(0, 10**14), st.integers(1, 10**14))
def test_what_always_holds(amounts: list[int], elapsed: int, earned: int, actual: int) -> None:
    total = sum(amounts)
    ours = earned_value(phased(*amounts), Progress(month(elapsed + 1), min(earned, total), actual))
    assert ours.cv.value is not None
    assert ours.es.value is not None
    assert ours.cpi.value is not None
    assert (ours.cv.value >= 0) == (ours.cpi.value >= 1)
    assert 0 <= ours.es.value <= len(amounts)
    for each in ours.at_completion:
        if each.eac.value is not None:
            assert each.etc.value == each.eac.value - actual
            assert each.vac.value == total - each.eac.value


@settings(deadline=None)
@given(plans, st.data())
def test_earning_exactly_what_was_planned_is_on_time(amounts: list[int], data: st.DataObject) -> None:
    """Where each month plans something, EV = PV at the end of a month is an earned schedule of just that month."""
    amounts = [amount + 1 for amount in amounts]
    at = data.draw(st.integers(1, len(amounts)))
    value = sum(amounts[:at])
    ours = earned_value(phased(*amounts), Progress(month(at), value, value))
    assert ours.spi.value == ours.spit.value == ours.cpi.value == 1
    assert ours.svt.value == ours.sv.value == 0


@settings(deadline=None)
@given(plans, st.integers(0, 10**14), st.integers(0, 10**14))
def test_more_earned_is_never_an_earlier_schedule(amounts: list[int], one: int, other: int) -> None:
    low, high = sorted((one, other))
    es = [earned_value(phased(*amounts), Progress(month(1), value, 1)).es.value for value in (low, high)]
    assert es[0] is not None
    assert es[1] is not None
    assert es[0] <= es[1]
