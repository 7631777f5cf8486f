"""Earned value of a whole portfolio at once: the figures that health needs, equal to those of `earned_value` (a test proves it).

Ratios are Int64 in basis points (1.0 is 10,000), times in ten-thousandths of a period, money in minor units, all rounded half
away from zero; null where a figure is not available, with one reason a project for cost and one for time.
"""

import polars as pl

from portfolio.monitoring.health_terms import Missing
from portfolio.monitoring.ratios import basis_points, rounded_division
from portfolio.monitoring.variance import first_true

PLANS = pl.Schema({"project": pl.String(), "period": pl.Date(), "planned": pl.Int64()})
"""Time-phased plans: one row a project and month (its first day), not cumulated, nothing negative; months without a row
plan nothing."""

PROGRESS = pl.Schema({"project": pl.String(), "period": pl.Date(), "earned": pl.Int64(), "actual": pl.Int64()})
"""One row a project: its newest month with earned and actual value, cumulative."""

EARNED = pl.Schema(
    {
        "project": pl.String(),
        "bac": pl.Int64(),
        "pv": pl.Int64(),
        "cv": pl.Int64(),
        "sv": pl.Int64(),
        "cpi": pl.Int64(),
        "spi": pl.Int64(),
        "eac": pl.Int64(),
        "vac": pl.Int64(),
        "es": pl.Int64(),
        "spit": pl.Int64(),
        "cost_missing": pl.String(),
        "time_missing": pl.String(),
    }
)
"""`eac` is by cost efficiency (BAC / CPI). `cost_missing` says why there is no CPI, `time_missing` why there is no SPI(t)."""

_MONTH = pl.col("period").dt.year().cast(pl.Int64) * 12 + pl.col("period").dt.month().cast(pl.Int64)


def earned_values(plans: pl.DataFrame, progress: pl.DataFrame) -> pl.DataFrame:
    """`PLANS` and `PROGRESS` in; `EARNED` out, a row for each row of progress in its order."""
    steps = _steps(plans)
    totals = steps.group_by("project").agg(
        bac=pl.col("until").max(), first=pl.col("first").first(), last=pl.col("month").max()
    )
    facts = (
        progress.with_row_index("row")
        .with_columns(now=_MONTH)
        .join(totals.filter(pl.col("bac") > 0), on="project", how="left")
        .join(_reached(steps, progress), on="project", how="left")
    )
    elapsed = pl.col("now") - pl.col("first") + 1
    return _figures(facts.with_columns(at=pl.when(elapsed > 0).then(elapsed))).sort("row").select(list(EARNED))


def _steps(plans: pl.DataFrame) -> pl.DataFrame:
    """Months that plan something, with the cumulative value before and until their end, and the plan's first month."""
    return (
        plans.drop_nulls()
        .with_columns(month=_MONTH)
        .group_by("project", "month")
        .agg(pl.col("planned").sum())
        .sort("project", "month")
        .with_columns(until=pl.col("planned").cum_sum().over("project"), first=pl.col("month").min().over("project"))
        .with_columns(before=pl.col("until") - pl.col("planned"))
        .filter((pl.col("planned") > 0) | (pl.col("month") == pl.col("first")))
    )


def _reached(steps: pl.DataFrame, progress: pl.DataFrame) -> pl.DataFrame:
    """For each project with progress: planned value at its month (`pv`), and where its earned value stands in the plan.

    The step where EV stands is the first that plans something and ends above EV; months before it count in full.
    """
    joined = steps.join(progress.select("project", "earned", now=_MONTH), on="project", how="inner")
    is_open = (pl.col("until") > pl.col("earned")) & (pl.col("planned") > 0)
    return joined.group_by("project", maintain_order=True).agg(
        pv=pl.col("until").filter(pl.col("month") <= pl.col("now")).last(),
        open_month=pl.col("month").filter(is_open).first(),
        open_before=pl.col("before").filter(is_open).first(),
        open_planned=pl.col("planned").filter(is_open).first(),
        full_month=pl.col("month").filter(pl.col("planned") > 0).last(),
    )


def _figures(facts: pl.DataFrame) -> pl.DataFrame:
    ev, ac, bac, pv = pl.col("earned"), pl.col("actual"), pl.col("bac"), pl.col("pv")
    has_plan = bac.is_not_null()
    planned = pl.when(pl.col("open_month").is_not_null()).then(pl.col("open_planned")).otherwise(1).cast(pl.Int128)
    months = pl.coalesce("open_month", pl.col("full_month") + 1) - pl.col("first")
    inside = pl.max_horizontal(ev, pl.lit(0)) - pl.col("open_before")
    reached = pl.when(ev.is_not_null() & has_plan).then(months * planned + inside.fill_null(0))
    """Earned schedule times `planned`: kept as a fraction, so that the ratio by time is rounded once."""
    return (
        facts.with_columns(pv=pl.when(has_plan & pl.col("at").is_not_null()).then(pv))
        .with_columns(
            cv=ev - ac,
            sv=ev - pl.col("pv"),
            cpi=basis_points(ev, ac),
            spi=basis_points(ev, pl.col("pv")),
            eac=rounded_division(bac.cast(pl.Int128) * ac, pl.when(ac != 0).then(ev)),
            es=basis_points(reached, planned),
        )
        .with_columns(
            vac=bac - pl.col("eac"),
            spit=basis_points(reached, planned * pl.col("at")),
            cost_missing=first_true(
                (ev.is_null(), Missing.NO_EARNED), (ac.is_null(), Missing.NO_ACTUAL), (ac == 0, Missing.NOTHING_SPENT)
            ),
            time_missing=first_true(
                (~has_plan, Missing.NO_PLAN),
                (ev.is_null(), Missing.NO_EARNED),
                (pl.col("at").is_null(), Missing.PLAN_NOT_BEGUN),
            ),
        )
    )
