"""The portfolio judges exactly as the page of one indicator does."""

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.kpis.periods import next_period, period_of
from portfolio.kpis.portfolio import INDICATORS, POINTS, judge_frame
from portfolio.kpis.rules import Measured, Promise, Target, judge, target_at
from portfolio.kpis.terms import Curve, Direction, Frequency

START = date(2024, 1, 1)
days = st.integers(0, 1500).map(lambda n: START + timedelta(days=n))
values = st.integers(-(2**53) + 1, 2**53 - 1) | st.integers(-100, 100)


@dataclass(frozen=True)
class Case:
    promise: Promise
    newest: Measured | None


@st.composite
def cases(draw: st.DrawFn) -> Case:
    frequency = draw(st.sampled_from(Frequency))
    measured_from = draw(days)
    points = sorted(draw(st.dictionaries(days, values, max_size=4)).items())
    promise = Promise(
        direction=draw(st.sampled_from(Direction)),
        frequency=frequency,
        curve=draw(st.sampled_from(Curve)),
        points=[Target(on, value) for on, value in points],
        measured_from=measured_from,
        tolerance=draw(st.integers(0, 50)),
        baseline=draw(st.none() | st.builds(Target, days, values)),
        measured_until=draw(st.none() | days.filter(lambda day: day >= measured_from)),
    )
    period = period_of(frequency, measured_from)
    for _step in range(draw(st.integers(0, 6))):
        period = next_period(frequency, period)
    return Case(promise, draw(st.none() | st.builds(Measured, st.just(period), st.none() | values)))


@settings(max_examples=60, deadline=None)
@given(st.lists(cases(), min_size=1, max_size=8), days.map(lambda day: day + timedelta(days=120)))
def test_the_frame_and_the_rule_say_the_same(found: list[Case], as_at: date) -> None:
    rows, points = [], []
    for number, case in enumerate(found):
        promise, newest, id_ = case.promise, case.newest, f"{number:03}"
        rows.append(
            (
                id_, "body", "operational", promise.direction.value, promise.frequency.value,
                promise.curve.value if promise.points else None, promise.tolerance,
                promise.baseline.value if promise.baseline else None, promise.baseline.on if promise.baseline else None,
                promise.measured_from, promise.measured_until,
                newest.period if newest else None, newest.value if newest else None,
            )
        )  # fmt: skip
        points += [(id_, point.on, point.value) for point in promise.points]
    indicators = pl.DataFrame(rows, schema=INDICATORS, orient="row")
    judged = judge_frame(indicators, pl.DataFrame(points, schema=POINTS, orient="row"), as_at).sort("id")
    assert judged.height == len(found)
    for case, row in zip(found, judged.iter_rows(named=True), strict=True):
        expected = judge(case.promise, case.newest, as_at)
        assert row["result"] == expected.result.value, (case, as_at, expected)
        if case.newest:
            assert row["target"] == target_at(case.promise, case.newest.period)
