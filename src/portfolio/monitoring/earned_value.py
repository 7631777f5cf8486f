"""Earned value of one project, exactly: money in minor units, ratios as fractions, each figure present or with its reason.

Names and formulas are those of the practice standards (PMI, "The Standard for Earned Value Management"; ISO 21508); earned
schedule is W. Lipke, "Schedule is Different" (2003):

CV = EV − AC · SV = EV − PV · CPI = EV / AC · SPI = EV / PV
EAC, four ways, never mixed: as budgeted AC + (BAC − EV); by cost efficiency BAC / CPI; by cost and schedule
AC + (BAC − EV) / (CPI × SPI); bottom-up AC + what those who deliver still estimate
ETC = EAC − AC · VAC = BAC − EAC · TCPI = (BAC − EV) / (BAC − AC), or / (EAC − AC) to reach the estimate
ES = C + (EV − PV of C) / (PV of C+1 − PV of C), C being the last period whose planned value is at most EV, in periods since
the start of the plan · SV(t) = ES − AT · SPI(t) = ES / AT · forecast duration = planned duration / SPI(t)

A ratio without a denominator is not available (PV = EV = AC = 0 gives reasons, not zeros). Nothing is rounded on the way;
`Figure.minor` rounds money and `Figure.ratio` ratios at the end, half away from zero.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

import polars as pl

from portfolio.monitoring.health_terms import Estimate, Missing
from portfolio.monitoring.ratios import WHOLE, rounded, whole

PHASED = pl.Schema({"period": pl.Date(), "planned": pl.Int64()})
"""The time-phased plan of one project: the first day of a month and what is planned in it, minor units, not cumulated.

Months without a row have nothing planned; several rows of a month add up; order does not matter.
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """A value, or the reason why there is none; never both, never neither."""

    value: Fraction | None = None
    missing: Missing | None = None

    def __post_init__(self) -> None:
        if (self.value is None) == (self.missing is None):
            raise ValueError("a figure has a value or a reason")

    @property
    def minor(self) -> int | None:
        """Money in whole minor units."""
        return None if self.value is None else whole(self.value)

    def ratio(self, places: int = 4) -> Decimal | None:
        return None if self.value is None else rounded(self.value, places)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the work stands at the end of `period` (any day of that month). Earned and actual are cumulative minor units.

    `to_go` is the bottom-up estimate of the cost that remains, where somebody gave one.
    """

    period: date
    earned: int | None
    actual: int | None
    to_go: int | None = None


@dataclass(frozen=True, slots=True)
class AtCompletion:
    """One estimate of the cost at completion, with what follows from it."""

    estimate: Estimate
    eac: Figure
    etc: Figure
    vac: Figure
    tcpi: Figure


@dataclass(frozen=True, slots=True)
class EarnedValue:
    """All figures of one project at the end of one period. Times (`es`, `at`, `svt`, `duration`) are in periods of the plan."""

    bac: Figure
    pv: Figure
    ev: Figure
    ac: Figure
    cv: Figure
    sv: Figure
    cpi: Figure
    spi: Figure
    tcpi: Figure
    at_completion: tuple[AtCompletion, ...]
    es: Figure
    at: Figure
    svt: Figure
    spit: Figure
    duration: Figure

    def estimated(self, estimate: Estimate) -> AtCompletion:
        return next(each for each in self.at_completion if each.estimate is estimate)


def earned_from_share(bac: int, share_bp: int) -> int:
    """The earned value of a physical progress in basis points, to the minor unit. Raises `ValueError` outside 0 to 100 %."""
    if not 0 <= share_bp <= WHOLE:
        raise ValueError("physical progress is between 0 and 100 %")
    return whole(Fraction(bac * share_bp, WHOLE))


def earned_value(plan: pl.DataFrame, progress: Progress) -> EarnedValue:
    """`PHASED` and a progress in; figures out. Raises `ValueError` for a plan with negative amounts: it could not be read."""
    curve = planned_curve(plan)
    elapsed = _periods_between(curve[0][0], progress.period) + 1 if curve else 0
    planned = [Fraction(value) for _period, value in curve]
    bac = _known(planned[-1] if planned and planned[-1] else None, Missing.NO_PLAN)
    pv = _planned_value(planned, elapsed)
    ev = _known(progress.earned, Missing.NO_EARNED)
    ac = _known(progress.actual, Missing.NO_ACTUAL)
    cpi = divided(ev, ac, Missing.NOTHING_SPENT)
    spi = divided(ev, pv, Missing.NOTHING_PLANNED)
    estimates = _estimates(bac, ev, ac, cpi, spi, progress.to_go)
    es = _earned_schedule(planned, ev) if planned and planned[-1] else Figure(missing=Missing.NO_PLAN)
    at = Figure(Fraction(elapsed)) if elapsed > 0 else Figure(missing=pv.missing)
    spit = divided(es, at, Missing.PLAN_NOT_BEGUN)
    return EarnedValue(
        bac=bac,
        pv=pv,
        ev=ev,
        ac=ac,
        cv=minus(ev, ac),
        sv=minus(ev, pv),
        cpi=cpi,
        spi=spi,
        tcpi=divided(minus(bac, ev), minus(bac, ac), Missing.NO_FUNDS_LEFT, only_positive=True),
        at_completion=tuple(_completed(name, eac, bac, ev, ac) for name, eac in estimates.items()),
        es=es,
        at=at,
        svt=minus(es, at),
        spit=spit,
        duration=divided(Figure(Fraction(len(planned))), spit, Missing.NOTHING_EARNED) if planned else es,
    )


def planned_curve(plan: pl.DataFrame) -> list[tuple[date, int]]:
    """Cumulative planned value at the end of each month from the first planned month to the last, gaps filled."""
    rows = (
        plan.drop_nulls()
        .with_columns(pl.col("period").dt.truncate("1mo"))
        .group_by("period")
        .agg(pl.col("planned").sum(), lowest=pl.col("planned").min())
        .sort("period")
    )
    if rows.is_empty():
        return []
    if rows.select(pl.col("lowest").min()).item() < 0:
        raise ValueError("a time-phased plan has no negative amounts")
    filled = rows.upsample("period", every="1mo").with_columns(pl.col("planned").fill_null(0).cum_sum())
    return list(zip(filled["period"].to_list(), filled["planned"].to_list(), strict=True))


def minus(one: Figure, other: Figure) -> Figure:
    """The difference, or the first reason why there is none."""
    if one.value is None or other.value is None:
        return Figure(missing=one.missing or other.missing)
    return Figure(one.value - other.value)


def divided(one: Figure, other: Figure, without: Missing, *, only_positive: bool = False) -> Figure:
    """The ratio; `without` is the reason where the denominator is zero (or negative, where only a positive one has a sense)."""
    if one.value is None or other.value is None:
        return Figure(missing=one.missing or other.missing)
    if other.value == 0 or (only_positive and other.value < 0):
        return Figure(missing=without)
    return Figure(one.value / other.value)


def _known(value: Fraction | int | None, missing: Missing) -> Figure:
    return Figure(missing=missing) if value is None else Figure(Fraction(value))


def _planned_value(planned: list[Fraction], elapsed: int) -> Figure:
    if not planned or not planned[-1]:
        return Figure(missing=Missing.NO_PLAN)
    if elapsed <= 0:
        return Figure(missing=Missing.PLAN_NOT_BEGUN)
    return Figure(planned[min(elapsed, len(planned)) - 1])


def _earned_schedule(planned: list[Fraction], ev: Figure) -> Figure:
    """Periods of the plan whose planned value was earned; more than the whole plan is not earned."""
    if ev.value is None:
        return ev
    earned = max(ev.value, Fraction(0))
    full = sum(value <= earned for value in planned)
    if full == len(planned):
        return Figure(Fraction(planned.index(planned[-1]) + 1))
    before = planned[full - 1] if full else Fraction(0)
    return Figure(full + (earned - before) / (planned[full] - before))


def _estimates(
    bac: Figure, ev: Figure, ac: Figure, cpi: Figure, spi: Figure, to_go: int | None
) -> dict[Estimate, Figure]:
    left = minus(bac, ev)
    both = times(cpi, spi)
    return {
        Estimate.AS_BUDGETED: plus(ac, left),
        Estimate.COST_EFFICIENCY: divided(bac, cpi, Missing.NOTHING_EARNED),
        Estimate.COST_AND_SCHEDULE: plus(ac, divided(left, both, Missing.NOTHING_EARNED)),
        Estimate.BOTTOM_UP: plus(ac, _known(to_go, Missing.NO_ESTIMATE)),
    }


def plus(one: Figure, other: Figure) -> Figure:
    if one.value is None or other.value is None:
        return Figure(missing=one.missing or other.missing)
    return Figure(one.value + other.value)


def times(one: Figure, other: Figure) -> Figure:
    if one.value is None or other.value is None:
        return Figure(missing=one.missing or other.missing)
    return Figure(one.value * other.value)


def _completed(name: Estimate, eac: Figure, bac: Figure, ev: Figure, ac: Figure) -> AtCompletion:
    left = minus(eac, ac)
    to_reach = divided(minus(bac, ev), left, Missing.NO_FUNDS_LEFT, only_positive=True)
    return AtCompletion(name, eac, etc=left, vac=minus(bac, eac), tcpi=to_reach)


def _periods_between(first: date, other: date) -> int:
    return (other.year - first.year) * 12 + other.month - first.month
