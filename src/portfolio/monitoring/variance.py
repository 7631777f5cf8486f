"""Cost and schedule variance by the published formulas of the US IT Dashboard, for whole portfolios at once.

Source: GSA, "IT Collect: Variance Score Algorithms" (GSA/ITDB-schema). With it 2,455 of 2,455 cost variances and 1,550 of
1,550 schedule variances of the Dashboard's own extract of 2012 come out to the last digit (as at 31 August 2012).

Cost        (planned − X) / planned; X is the actual cost only where an actual cost *and* an actual completion date exist,
            else the projected cost.
Schedule    planned finish − Y, in days; Y is the actual finish, else the projected one where it lies after the as-at date,
            else the as-at date. As a share it is divided by the planned duration (planned finish − planned start).
Sign        negative is over budget, or late.
Bands       on either side: up to 10.00 % low, up to 30.00 % medium, beyond it high. The share as shown, in hundredths of a
            percent rounded half away from zero, is what is judged, so that nobody reads "10.00 %: medium".

Ours, where the formulas are silent: without an actual and a projected finish the as-at date stands in only once the planned
finish has passed (the project is at least so late); before that nothing is known and the figure is not available.
"""

from datetime import date

import polars as pl

from portfolio.monitoring.health_terms import Band, Missing, Source
from portfolio.monitoring.ratios import basis_points

PLAN = pl.Schema(
    {
        "project": pl.String(),
        "planned_cost": pl.Int64(),
        "projected_cost": pl.Int64(),
        "actual_cost": pl.Int64(),
        "planned_start": pl.Date(),
        "planned_finish": pl.Date(),
        "projected_finish": pl.Date(),
        "actual_finish": pl.Date(),
    }
)
"""One row a project; costs in minor units of one currency a row; what is not known is null."""

VARIANCES = pl.Schema(
    {
        "project": pl.String(),
        "cost_used": pl.Int64(),
        "cost_source": pl.String(),
        "cost_variance": pl.Int64(),
        "cost_variance_bp": pl.Int64(),
        "cost_band": pl.String(),
        "cost_missing": pl.String(),
        "finish_used": pl.Date(),
        "finish_source": pl.String(),
        "schedule_days": pl.Int64(),
        "schedule_variance_bp": pl.Int64(),
        "schedule_band": pl.String(),
        "schedule_missing": pl.String(),
        "schedule_share_missing": pl.String(),
    }
)
"""Sources, bands and reasons (`*_missing`) are values of `health_terms`; shares in basis points; costs in minor units."""

FIRST = ("planned_cost", "planned_start", "planned_finish")
"""Columns of a baseline; the first approved ones are called `first_…` in `BOTH_PLANS`."""

BOTH_PLANS = pl.Schema({**PLAN, **{f"first_{name}": PLAN[name] for name in FIRST}})

LOW_TO = 1_000
MEDIUM_TO = 3_000
"""Upper ends of the bands in basis points, the end included (published: 10 % and 30 %)."""


def variances(plans: pl.DataFrame, as_at: date) -> pl.DataFrame:
    """`PLAN` in, `VARIANCES` out, row by row in the same order."""
    return _schedule(_cost(plans), as_at).select(list(VARIANCES))


def both_variances(plans: pl.DataFrame, as_at: date) -> pl.DataFrame:
    """`BOTH_PLANS` in; `VARIANCES` against the current baseline, and the same columns `first_…` against the first approved.

    Always both: a re-baseline moves the first set of columns and never the second.
    """
    current = variances(plans, as_at)
    against_first = plans.drop(FIRST).rename({f"first_{name}": name for name in FIRST})
    first = variances(against_first, as_at).drop("project")
    return pl.concat([current, first.select(pl.all().name.prefix("first_"))], how="horizontal")


def band(share_bp: pl.Expr) -> pl.Expr:
    """The band of a share in basis points; null for nothing."""
    return (
        pl.when(share_bp.abs() <= LOW_TO)
        .then(pl.lit(Band.LOW.value))
        .when(share_bp.abs() <= MEDIUM_TO)
        .then(pl.lit(Band.MEDIUM.value))
        .when(share_bp.is_not_null())
        .then(pl.lit(Band.HIGH.value))
    )


def _cost(plans: pl.DataFrame) -> pl.DataFrame:
    is_actual = pl.col("actual_cost").is_not_null() & pl.col("actual_finish").is_not_null()
    planned, used = pl.col("planned_cost"), pl.col("cost_used")
    missing = first_true(
        (planned.is_null(), Missing.NO_PLANNED_COST),
        (planned == 0, Missing.ZERO_PLANNED_COST),
        (used.is_null(), Missing.NO_COST),
        (pl.col("cost_variance_bp").is_null(), Missing.OUT_OF_RANGE),
    )
    return (
        plans.with_columns(
            cost_used=pl.when(is_actual).then(pl.col("actual_cost")).otherwise(pl.col("projected_cost")),
            cost_source=first_true(
                (is_actual, Source.ACTUAL), (pl.col("projected_cost").is_not_null(), Source.PROJECTED)
            ),
        )
        .with_columns(cost_variance=planned - used, cost_variance_bp=basis_points(planned - used, planned))
        .with_columns(cost_band=band(pl.col("cost_variance_bp")), cost_missing=missing)
    )


def _schedule(plans: pl.DataFrame, as_at: date) -> pl.DataFrame:
    planned, projected, actual = pl.col("planned_finish"), pl.col("projected_finish"), pl.col("actual_finish")
    today = pl.lit(as_at, dtype=pl.Date())
    is_known = projected.is_not_null() | (planned < today)
    used = pl.when(actual.is_not_null()).then(actual).when(projected > today).then(projected).when(is_known).then(today)
    duration = (planned - pl.col("planned_start")).dt.total_days()
    missing = first_true(
        (planned.is_null(), Missing.NO_PLANNED_FINISH), (pl.col("finish_used").is_null(), Missing.NO_FINISH)
    )
    share_missing = first_true(
        (pl.col("schedule_days").is_null(), pl.col("schedule_missing")),
        (pl.col("planned_start").is_null(), Missing.NO_PLANNED_START),
        (duration <= 0, Missing.NO_DURATION),
    )
    return (
        plans.with_columns(
            finish_used=used,
            finish_source=first_true(
                (actual.is_not_null(), Source.ACTUAL), (projected > today, Source.PROJECTED), (is_known, Source.AS_AT)
            ),
        )
        .with_columns(schedule_days=(planned - pl.col("finish_used")).dt.total_days(), schedule_missing=missing)
        .with_columns(
            schedule_variance_bp=basis_points(pl.col("schedule_days"), pl.when(duration > 0).then(duration)),
            schedule_share_missing=share_missing,
        )
        .with_columns(schedule_band=band(pl.col("schedule_variance_bp")))
    )


def first_true(*choices: tuple[pl.Expr, Missing | Source | pl.Expr]) -> pl.Expr:
    """The value of the first condition that holds; null where none does."""
    found = pl.coalesce(
        [
            pl.when(condition).then(value if isinstance(value, pl.Expr) else pl.lit(value.value))
            for condition, value in choices
        ]
    )
    return found.cast(pl.String())
