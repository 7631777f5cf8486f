"""The arithmetic of a promise: what the target curve asks on a day, and whether a value meets it.

Values are whole numbers in units of 10^-scale (see `models.Indicator.scale`): exact, and alike in Python, SQL and Polars.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portfolio.kpis.periods import due_on, last_due, period_of, periods_between
from portfolio.kpis.terms import Concern, Curve, Direction, Frequency, Reason, Result, UnitKind

STALE_PERIODS = 2
"""So many periods overdue after the newest measured one, and its value no longer says how things stand.

Ours: the US IT Dashboard's published rule determines nothing without an actual result; one late period is a late return, two
are silence. The handbook (5.8) asks only that no data be never shown as zero.
"""

FAR_FROM_LAST = 10
"""A value more than so many times the one before is asked about again (the brief of this room; a slipped decimal sign)."""


@dataclass(frozen=True, slots=True)
class Target:
    """A dated promise; `value` scaled."""

    on: date
    value: int


@dataclass(frozen=True, slots=True)
class Promise:
    """All that a result is judged by. `points` by date; `tolerance` scaled, not negative."""

    direction: Direction
    frequency: Frequency
    curve: Curve
    points: Sequence[Target]
    measured_from: date
    tolerance: int = 0
    baseline: Target | None = None
    measured_until: date | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """The newest value: `value` is nothing where the period was declared as not available."""

    period: date
    value: int | None


@dataclass(frozen=True, slots=True)
class Judged:
    """A result with its reason, and the target it was measured against, if there was one."""

    result: Result
    reason: Reason
    target: int | None = None


def target_at(promise: Promise, on: date) -> int | None:
    """What the curve asks on a day, rounded half up to the scale; nothing before it begins.

    A straight line begins at the baseline, if there is one, else at the first target; a stepped curve at the first
    target. After the last target that one holds.
    """
    points = list(promise.points)
    if not points:
        return None
    if promise.curve is Curve.LINEAR and promise.baseline is not None and promise.baseline.on < points[0].on:
        points.insert(0, promise.baseline)
    before = [point for point in points if point.on <= on]
    if not before:
        return None
    here = before[-1]
    if promise.curve is Curve.STEPPED or len(before) == len(points):
        return here.value
    return _between(here, points[len(before)], on)


def _between(left: Target, right: Target, on: date) -> int:
    days = (right.on - left.on).days
    return left.value + (2 * (right.value - left.value) * (on - left.on).days + days) // (2 * days)


def is_met(direction: Direction, value: int, target: int, tolerance: int = 0) -> bool:
    """Whether a value meets a target; equal always does."""
    if direction is Direction.UP:
        return value >= target - tolerance
    if direction is Direction.DOWN:
        return value <= target + tolerance
    return abs(value - target) <= tolerance


def judge(promise: Promise, newest: Measured | None, as_at: date) -> Judged:
    """The result as at a date (handbook 5.8; met, not met or cannot be determined after the US IT Dashboard's rule).

    A value is held against the target of its own period, never against today's: a year that has not ended cannot be failed.
    """
    if not promise.points:
        return Judged(Result.CANNOT_TELL, Reason.NO_TARGET)
    if newest is None:
        is_due = as_at > due_on(period_of(promise.frequency, promise.measured_from))
        if is_due:
            return Judged(Result.CANNOT_TELL, Reason.NOT_MEASURED, target_at(promise, as_at))
        return Judged(Result.TOO_EARLY, Reason.BEFORE_FIRST_PERIOD, target_at(promise, as_at))
    target = target_at(promise, newest.period)
    if newest.value is None:
        return Judged(Result.CANNOT_TELL, Reason.SAID_NOT_AVAILABLE, target)
    if is_out_of_date(promise, newest.period, as_at):
        return Judged(Result.CANNOT_TELL, Reason.OUT_OF_DATE, target)
    if target is None:
        return Judged(Result.TOO_EARLY, Reason.BEFORE_FIRST_TARGET)
    if not is_met(promise.direction, newest.value, target, promise.tolerance):
        return Judged(Result.NOT_MET, Reason.SHORT, target)
    is_exact = promise.direction is Direction.BAND or is_met(promise.direction, newest.value, target)
    return Judged(Result.MET, Reason.WITHIN if is_exact else Reason.WITHIN_TOLERANCE, target)


def is_out_of_date(promise: Promise, period: date, as_at: date) -> bool:
    """Whether `STALE_PERIODS` or more periods after the newest one are overdue; none is after the last to be measured."""
    last = last_due(promise.frequency, as_at)
    if promise.measured_until is not None:
        last = min(last, period_of(promise.frequency, promise.measured_until))
    return periods_between(promise.frequency, period, last) >= STALE_PERIODS


BOUNDS: dict[UnitKind, tuple[int | None, int | None]] = {
    UnitKind.PERCENT: (0, 100),
    UnitKind.COUNT: (0, None),
    UnitKind.DURATION: (0, None),
    UnitKind.SCORE: (0, None),
    UnitKind.RATIO: (None, None),
    UnitKind.MONEY: (None, None),
}
"""Least and most plausible value of a unit, in whole units, where the indicator states none of its own. A share of more than
everything and a negative count are slips; money and ratios may be negative (a saving that turned into a cost)."""


def concerns(
    value: int,
    unit: UnitKind,
    scale: int,
    *,
    last: int | None = None,
    lowest: int | None = None,
    highest: int | None = None,
) -> list[Concern]:
    """Why a person should look at a value again before it is kept; nothing is refused for it. All values scaled."""
    usual_low, usual_high = (None if bound is None else bound * 10**scale for bound in BOUNDS[unit])
    low = usual_low if lowest is None else lowest
    high = usual_high if highest is None else highest
    found = []
    if low is not None and value < low:
        found.append(Concern.BELOW_BOUNDS)
    if high is not None and value > high:
        found.append(Concern.ABOVE_BOUNDS)
    if last and abs(value) > FAR_FROM_LAST * abs(last):
        found.append(Concern.TEN_TIMES_LAST)
    return found


def share_kept(baseline: int | None, target: int | None, value: int | None) -> float | None:
    """How much of the way from baseline to target was gone, as a share of one: promised against delivered.

    Nothing where any of the three is missing, or where nothing was promised to change. For showing only.
    """
    if baseline is None or target is None or value is None or target == baseline:
        return None
    return (value - baseline) / (target - baseline)
