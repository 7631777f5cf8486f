"""Drawings with their gaps, targets as they are shown, the gap between groups."""

import itertools
import uuid
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from portfolio.kpis.chart import draw
from portfolio.kpis.models import Indicator, Measurement
from portfolio.kpis.rules import Promise, Target
from portfolio.kpis.shown import newest_groups
from portfolio.kpis.terms import Curve, Direction, Family, Frequency, MeasuredBy, UnitKind
from portfolio.kpis.words import brief_words, corners, period_words, rounded, value_words

JUNE, JULY = date(2026, 6, 30), date(2026, 7, 31)


def an_indicator(unit: str = "days", unit_kind: UnitKind = UnitKind.DURATION, scale: int = 4) -> Indicator:
    return Indicator(
        project_id=uuid.uuid4(), family=Family.OPERATIONAL, name="Time", unit_kind=unit_kind, unit=unit, scale=scale,
        direction=Direction.DOWN, frequency=Frequency.MONTHLY, measured_from=JUNE, dimensions=["sex", "age"],
    )  # fmt: skip


def a_value(cut: str, value: int | None, period: date = JULY, ordinal: int = 0) -> Measurement:
    return Measurement(
        indicator_id=uuid.uuid4(), period_on=period, cut=cut, value=value, ordinal=ordinal, as_at=period,
        measured_by=MeasuredBy.FORM, note="n",
    )  # fmt: skip


@given(st.lists(st.none() | st.integers(-(10**9), 10**9), max_size=24))
def test_a_missing_period_breaks_the_line_and_is_never_drawn(values: list[int | None]) -> None:
    series = [(date(2024 + n // 12, n % 12 + 1, 1), value) for n, value in enumerate(values)]
    drawing = draw(series)
    known = [value for value in values if value is not None]
    if not known:
        assert drawing is None
        return
    assert drawing is not None
    assert len(drawing.dots) == len(known)
    assert all(0 <= x <= drawing.width and 0 <= y <= drawing.height for x, y in drawing.dots)
    joined = sum(line.count(",") - 1 for line in drawing.lines)
    assert joined == sum(1 for a, b in itertools.pairwise(values) if a is not None and b is not None)


def test_a_step_is_drawn_with_two_corners() -> None:
    promise = Promise(
        Direction.UP, Frequency.MONTHLY, Curve.STEPPED, [Target(JUNE, 10), Target(JULY, 20)], measured_from=JUNE
    )
    assert corners(promise) == [(JUNE, 10), (JULY, 10), (JULY, 20)]


def test_values_are_said_with_their_unit_once() -> None:
    one, share = an_indicator(), an_indicator("%", UnitKind.PERCENT)
    assert (value_words(one, 95_000), brief_words(one, 95_000)) == ("9.5 days", "9.5")
    assert brief_words(share, 95_000) == "9.5 %"
    assert value_words(one, None) == "not stated"
    assert (rounded(one, 123_450), rounded(one, -123_456), rounded(one, None)) == (123_500, -123_500, None)
    assert rounded(an_indicator(scale=0), 7) == 7
    assert period_words(Frequency.QUARTERLY, JUNE) == "Apr–Jun 2026"
    assert period_words(Frequency.YEARLY, date(2026, 12, 31)) == "2026"


def test_the_gap_is_between_groups_of_one_kind_and_of_the_newest_valid_values() -> None:
    rows = [
        a_value("", 100), a_value("age=65", 400_000), a_value("sex=men", 600_000), a_value("sex=women", 650_000, ordinal=1),
        a_value("sex=women", 10_000), a_value("sex=men", 0, JUNE),
    ]  # fmt: skip
    shown, gap = newest_groups(an_indicator(), rows)
    assert [row.group for row in shown] == ["Age: 65", "Sex: men", "Sex: women"]
    assert gap == "5 days"
    assert newest_groups(an_indicator(), rows[:1]) == ([], "")
