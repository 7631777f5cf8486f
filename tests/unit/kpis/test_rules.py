"""The target curve, the directions, the results and what is asked about again."""

import itertools
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.kpis.periods import due_on, period_of
from portfolio.kpis.rules import Judged, Measured, Promise, Target, concerns, is_met, judge, share_kept, target_at
from portfolio.kpis.terms import Concern, Curve, Direction, Frequency, Reason, Result, UnitKind

START = date(2026, 1, 1)
days = st.integers(0, 2000).map(lambda n: START + timedelta(days=n))
values = st.integers(-(10**12), 10**12)


@st.composite
def curves(draw: st.DrawFn, curve: Curve | None = None) -> Promise:
    found = sorted(draw(st.dictionaries(days, values, min_size=1, max_size=5)).items())
    baseline = draw(st.none() | st.builds(Target, days, values))
    return a_promise(
        points=[Target(on, value) for on, value in found],
        curve=curve or draw(st.sampled_from(Curve)),
        baseline=baseline,
        direction=draw(st.sampled_from(Direction)),
    )


def a_promise(**changes: object) -> Promise:
    usual = Promise(
        direction=Direction.UP,
        frequency=Frequency.MONTHLY,
        curve=Curve.LINEAR,
        points=[Target(date(2026, 7, 1), 100), Target(date(2026, 12, 31), 200)],
        measured_from=date(2026, 1, 1),
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


@given(curves())
def test_the_curve_passes_through_every_target(promise: Promise) -> None:
    for point in promise.points:
        assert target_at(promise, point.on) == point.value


@given(curves(Curve.LINEAR), days)
def test_between_two_targets_the_line_is_the_line(promise: Promise, on: date) -> None:
    asked = target_at(promise, on)
    points = list(promise.points)
    if promise.baseline and promise.baseline.on < points[0].on:
        points.insert(0, promise.baseline)
    around = [(a, b) for a, b in itertools.pairwise(points) if a.on <= on < b.on]
    if around:
        ((left, right),) = around
        exact = left.value + Fraction((right.value - left.value) * (on - left.on).days, (right.on - left.on).days)
        assert asked is not None
        assert abs(asked - exact) <= Fraction(1, 2)
        assert min(left.value, right.value) <= asked <= max(left.value, right.value)
    elif on < points[0].on:
        assert asked is None
    else:
        assert asked == points[-1].value


@given(curves(Curve.STEPPED), days)
def test_a_step_holds_until_the_next_date_and_asks_nothing_before_the_first(promise: Promise, on: date) -> None:
    before = [point.value for point in promise.points if point.on <= on]
    assert target_at(promise, on) == (before[-1] if before else None)


@given(values, values, st.integers(0, 10**9), st.integers(0, 10**9))
def test_better_is_never_worse(value: int, target: int, tolerance: int, more: int) -> None:
    """Once met, it stays met with a better value or a wider tolerance."""
    if is_met(Direction.UP, value, target, tolerance):
        assert is_met(Direction.UP, value + more, target, tolerance)
    if is_met(Direction.DOWN, value, target, tolerance):
        assert is_met(Direction.DOWN, value - more, target, tolerance)
    for direction in Direction:
        if is_met(direction, value, target, tolerance):
            assert is_met(direction, value, target, tolerance + more)
        assert is_met(direction, target, target, tolerance)


@given(values, values, st.integers(0, 10**9))
def test_up_is_down_in_a_mirror_and_a_band_is_both(value: int, target: int, tolerance: int) -> None:
    up = is_met(Direction.UP, value, target, tolerance)
    down = is_met(Direction.DOWN, value, target, tolerance)
    assert up == is_met(Direction.DOWN, -value, -target, tolerance)
    assert is_met(Direction.BAND, value, target, tolerance) == (up and down)
    assert up or down


@given(curves(), days)
def test_nothing_measured_is_never_met_nor_missed(promise: Promise, as_at: date) -> None:
    found = judge(promise, None, as_at)
    first = period_of(promise.frequency, promise.measured_from)
    assert found.result is (Result.TOO_EARLY if as_at <= due_on(first) else Result.CANNOT_TELL)
    declared = judge(promise, Measured(first, None), as_at)
    assert declared.result is Result.CANNOT_TELL
    assert declared.reason is Reason.SAID_NOT_AVAILABLE


def test_a_value_is_held_against_the_target_of_its_own_period() -> None:
    promise = a_promise(curve=Curve.STEPPED)
    found = judge(promise, Measured(date(2026, 11, 30), 100), as_at=date(2027, 1, 10))
    assert found == Judged(Result.MET, Reason.WITHIN, 100)  # 200 is only asked from 31 December


@pytest.mark.parametrize(
    ("value", "tolerance", "result", "reason"),
    [
        (100, 0, Result.MET, Reason.WITHIN),
        (99, 0, Result.NOT_MET, Reason.SHORT),
        (95, 5, Result.MET, Reason.WITHIN_TOLERANCE),
        (94, 5, Result.NOT_MET, Reason.SHORT),
        (0, 0, Result.NOT_MET, Reason.SHORT),
    ],
)
def test_tolerance_is_said(value: int, tolerance: int, result: Result, reason: Reason) -> None:
    promise = a_promise(curve=Curve.STEPPED, tolerance=tolerance)
    found = judge(promise, Measured(date(2026, 7, 31), value), as_at=date(2026, 8, 20))
    assert (found.result, found.reason) == (result, reason)


def test_two_overdue_periods_make_a_value_too_old_to_say_anything() -> None:
    promise = a_promise()
    newest = Measured(date(2026, 7, 31), 500)
    assert judge(promise, newest, date(2026, 10, 15)).result is Result.MET  # August is overdue, September is due today
    assert judge(promise, newest, date(2026, 10, 16)).reason is Reason.OUT_OF_DATE
    ended = a_promise(measured_until=date(2026, 7, 31))
    assert judge(ended, newest, date(2030, 1, 1)).result is Result.MET  # nothing more was to be measured


def test_before_the_curve_begins_it_is_too_early() -> None:
    promise = a_promise()
    assert judge(promise, Measured(date(2026, 3, 31), 5), date(2026, 4, 2)).result is Result.TOO_EARLY
    with_baseline = a_promise(baseline=Target(date(2026, 1, 1), 0))
    assert judge(with_baseline, Measured(date(2026, 3, 31), 5), date(2026, 4, 2)).result is Result.NOT_MET
    assert judge(a_promise(points=[]), Measured(date(2026, 3, 31), 5), date(2026, 4, 2)).reason is Reason.NO_TARGET


@pytest.mark.parametrize(
    ("value", "unit", "last", "expected"),
    [
        (1_010_000, UnitKind.PERCENT, None, [Concern.ABOVE_BOUNDS]),
        (1_000_000, UnitKind.PERCENT, 900_000, []),
        (-1, UnitKind.COUNT, None, [Concern.BELOW_BOUNDS]),
        (-1, UnitKind.MONEY, None, []),
        (110_000, UnitKind.COUNT, 10_000, [Concern.TEN_TIMES_LAST]),
        (100_000, UnitKind.COUNT, 10_000, []),
        (100_000, UnitKind.COUNT, 0, []),
    ],
)
def test_what_is_asked_about_again(value: int, unit: UnitKind, last: int | None, expected: list[Concern]) -> None:
    assert concerns(value, unit, 4, last=last) == expected


def test_bounds_of_the_indicator_go_before_those_of_its_unit() -> None:
    assert concerns(1_500_000, UnitKind.PERCENT, 4, highest=2_000_000) == []
    assert concerns(60_000, UnitKind.SCORE, 4, lowest=10_000, highest=50_000) == [Concern.ABOVE_BOUNDS]


def test_delivered_against_promised() -> None:
    assert share_kept(100, 20, 60) == 0.5  # less is better: half the way down
    assert share_kept(100, 100, 60) is None
    assert share_kept(None, 20, 60) is None
    assert share_kept(0, 20, None) is None
