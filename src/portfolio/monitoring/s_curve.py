"""The S-curve (planned, committed, accrued, paid, forecast by month) and where the year's spending is heading.

What was not reported is not zero: a month up to the as-at date without a paid amount leaves the cumulative sum as it was and
marks it incomplete from there on. Amounts are minor units of one currency; a month is its first day.

Forecast at year end: what was paid, plus what those who deliver forecast for the months left; where they forecast nothing, the
year's plan at the pace kept so far (planned year × paid / planned to date). Both thresholds and the month from which they
are stricter are ours: no country publishes any, and the year's last quarter is when money can still be moved.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from portfolio.monitoring.health_terms import Execution, Missing
from portfolio.monitoring.ratios import WHOLE, basis_points, rounded_division
from portfolio.monitoring.variance import first_true

FLOWS = pl.Schema(
    {
        "month": pl.Date(),
        "planned": pl.Int64(),
        "committed": pl.Int64(),
        "accrued": pl.Int64(),
        "paid": pl.Int64(),
        "forecast": pl.Int64(),
    }
)
"""One row a month and line, not cumulated; null is «not reported»; several rows of a month add up."""

CURVE = pl.Schema({**FLOWS, "committed_complete": pl.Boolean(), "paid_complete": pl.Boolean()})
"""One row a month without gaps, cumulated. `committed`, `accrued` and `paid` end with the as-at month; `forecast` begins there."""

YEAR = pl.Schema(
    {
        "project": pl.String(),
        "budget": pl.Int64(),
        "planned_year": pl.Int64(),
        "planned_to_date": pl.Int64(),
        "paid": pl.Int64(),
        "forecast_rest": pl.Int64(),
    }
)
"""One row a project: its budget of the year, what its plan has for the year and up to the as-at month, what was paid, and what
is forecast for the months left (null: nobody forecast)."""

YEAR_END = pl.Schema(
    {
        "project": pl.String(),
        "at_year_end": pl.Int64(),
        "is_declared": pl.Boolean(),
        "execution_bp": pl.Int64(),
        "unspent": pl.Int64(),
        "execution": pl.String(),
        "execution_missing": pl.String(),
    }
)
"""`is_declared` tells a forecast of theirs from the pace so far; `execution_bp` is forecast over budget in basis points."""


@dataclass(frozen=True, slots=True)
class ExecutionLimits:
    """From `from_month` of the fiscal year on (1 is its first): watch below `watch_bp`, under-executed below `under_bp`."""

    from_month: int
    watch_bp: int
    under_bp: int


LIMITS = (ExecutionLimits(4, 8_500, 7_000), ExecutionLimits(10, 9_500, 8_500))
"""Ours. Nothing is said in the first quarter: appropriations open late and a pace of weeks foretells nothing."""

OVER_BP = WHOLE
"""Spending is never forecast above the year's budget without being said."""


def s_curve(flows: pl.DataFrame, as_at: date) -> pl.DataFrame:
    """`FLOWS` in, `CURVE` out, oldest month first. The forecast starts from what was paid by the as-at month."""
    now = pl.lit(as_at.replace(day=1), dtype=pl.Date())
    months = _by_month(flows)
    if months.is_empty():
        return CURVE.to_frame()
    past = pl.col("month") <= now
    return (
        months.with_columns(
            planned=pl.col("planned").fill_null(0).cum_sum(),
            _paid=pl.when(past).then(pl.col("paid").fill_null(0)).otherwise(0).cum_sum(),
            _ahead=pl.when(~past).then(pl.col("forecast").fill_null(0)).otherwise(0).cum_sum(),
            committed=_cumulated("committed", past),
            accrued=_cumulated("accrued", past),
            committed_complete=pl.when(past).then(pl.col("committed").is_null().cum_sum() == 0),
            paid_complete=pl.when(past).then(pl.col("paid").is_null().cum_sum() == 0),
        )
        .with_columns(
            paid=pl.when(past).then(pl.col("_paid")),
            forecast=pl.when((pl.col("month") >= now) & pl.col("forecast").is_not_null().any()).then(
                pl.col("_paid") + pl.col("_ahead")
            ),
        )
        .select(list(CURVE))
    )


def _cumulated(name: str, past: pl.Expr) -> pl.Expr:
    """The sum up to each month that is over or runs; nothing at all where no month was ever reported."""
    return pl.when(past & pl.col(name).is_not_null().any()).then(pl.col(name).fill_null(0).cum_sum())


def year_end(years: pl.DataFrame, month_of_year: int, limits: tuple[ExecutionLimits, ...] = LIMITS) -> pl.DataFrame:
    """`YEAR` in, `YEAR_END` out in the same order; `month_of_year` (1 to 12) counts from the first of the fiscal year.

    Raises `ValueError` for a month outside the year.
    """
    if not 1 <= month_of_year <= 12:
        raise ValueError("a fiscal year has twelve months")
    declared = pl.col("paid") + pl.col("forecast_rest")
    at_pace = rounded_division(pl.col("planned_year").cast(pl.Int128) * pl.col("paid"), pl.col("planned_to_date"))
    budget, expected = pl.col("budget"), pl.col("at_year_end")
    return (
        years.with_columns(at_year_end=pl.coalesce(declared, at_pace), is_declared=declared.is_not_null())
        .with_columns(execution_bp=basis_points(expected, pl.when(budget > 0).then(budget)), unspent=budget - expected)
        .with_columns(
            execution=_execution(month_of_year, limits),
            is_declared=pl.when(expected.is_not_null()).then(pl.col("is_declared")),
            execution_missing=first_true(
                (budget.is_null() | (budget <= 0), Missing.NO_BUDGET),
                (pl.col("paid").is_null(), Missing.NO_ACTUAL),
                (expected.is_null(), Missing.NO_FORECAST),
            ),
        )
        .select(list(YEAR_END))
    )


def limits_in(month_of_year: int, limits: tuple[ExecutionLimits, ...] = LIMITS) -> ExecutionLimits | None:
    """The limits of that month: the last that have begun; none early in the year."""
    begun = [each for each in limits if each.from_month <= month_of_year]
    return max(begun, key=lambda each: each.from_month) if begun else None


def _execution(month_of_year: int, limits: tuple[ExecutionLimits, ...]) -> pl.Expr:
    share, current = pl.col("execution_bp"), limits_in(month_of_year, limits)
    under, watch = (current.under_bp, current.watch_bp) if current else (0, 0)
    return (
        pl.when(share.is_null())
        .then(None)
        .when(share > OVER_BP)
        .then(pl.lit(Execution.OVER.value))
        .when(share < under)
        .then(pl.lit(Execution.UNDER.value))
        .when(share < watch)
        .then(pl.lit(Execution.WATCH.value))
        .otherwise(pl.lit(Execution.ON_COURSE.value))
    )


def _by_month(flows: pl.DataFrame) -> pl.DataFrame:
    """One row a month without gaps; a sum of nothing reported stays null."""
    amounts = [name for name in FLOWS if name != "month"]
    summed = [pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()).alias(name) for name in amounts]
    summed_up = (
        flows.filter(pl.col("month").is_not_null())
        .with_columns(pl.col("month").dt.truncate("1mo"))
        .group_by("month")
        .agg(summed)
        .sort("month")
    )
    return summed_up if summed_up.is_empty() else summed_up.upsample("month", every="1mo")
