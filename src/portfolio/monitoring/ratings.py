"""The computed rating of every project, with the score of each dimension and the reason for each that is not available."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from portfolio.monitoring.health_terms import Confidence, Dimension, Missing
from portfolio.monitoring.rating_formula import (
    CAP,
    FIRST_PLAN_BP,
    FORMULA,
    LEAST_COVERAGE,
    WORST_SCORE,
    Part,
    Scale,
)
from portfolio.monitoring.ratios import basis_points
from portfolio.monitoring.variance import first_true

FACTS = pl.Schema(
    {
        "project": pl.String(),
        "cost_variance_bp": pl.Int64(),
        "cost_missing": pl.String(),
        "schedule_variance_bp": pl.Int64(),
        "schedule_share_missing": pl.String(),
        "first_schedule_variance_bp": pl.Int64(),
        "milestones_due": pl.Int64(),
        "milestones_reached": pl.Int64(),
        "indicators_determined": pl.Int64(),
        "indicators_met": pl.Int64(),
        "severe_risks": pl.Int64(),
        "rules_checked": pl.Int64(),
        "rules_passed": pl.Int64(),
    }
)
"""One row a project; null is «not known». Variances as in `variance.VARIANCES`, `first_…` against the first approved plan.
`severe_risks` are open risks out of tolerance, null where the project keeps no register; rules are those of `data_quality`."""

RATED = pl.Schema(
    {
        "project": pl.String(),
        "scale": pl.String(),
        "level": pl.String(),
        "score": pl.Int64(),
        "coverage": pl.Int64(),
        "is_capped": pl.Boolean(),
        "rating_missing": pl.String(),
        **{
            f"{part.dimension.value}_{name}": kind
            for part in FORMULA
            for name, kind in (("measure", pl.Int64()), ("score", pl.Int64()), ("missing", pl.String()))
        },
    }
)
"""`score` in hundredths (100 to 500), `coverage` is the weight (of 100) that was available; for each dimension its measure (basis
points or a count), its score 1 to 5, and why it is missing."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One dimension of one rating: its measure and score, or why it is missing. Words are in `health_words`."""

    part: Part
    measure: int | None
    score: int | None
    missing: Missing | None


def computed_ratings(facts: pl.DataFrame, scale: Scale) -> pl.DataFrame:
    """`FACTS` in, `RATED` out on that scale, in the same order."""
    measured = facts.with_columns(
        **{f"{dimension.value}_measure": expression for dimension, expression in _MEASURES.items()},
    ).with_columns(
        **{f"{part.dimension.value}_score": _score(part) for part in FORMULA},
        **{f"{part.dimension.value}_missing": _missing(part) for part in FORMULA},
    )
    scores = [(part.weight, pl.col(f"{part.dimension.value}_score")) for part in FORMULA]
    coverage = pl.sum_horizontal(pl.when(score.is_not_null()).then(weight).otherwise(0) for weight, score in scores)
    mean = pl.sum_horizontal(score * weight * 100 for weight, score in scores) // pl.col("coverage")
    is_worst = pl.any_horizontal((score == WORST_SCORE).fill_null(False) for _weight, score in scores)
    is_late_at_first = (pl.col("first_schedule_variance_bp") < -FIRST_PLAN_BP).fill_null(False)
    is_known = pl.col("coverage") >= LEAST_COVERAGE
    return (
        measured.with_columns(coverage=coverage.cast(pl.Int64))
        .with_columns(_mean=pl.when(is_known).then(mean))
        .with_columns(is_capped=pl.when(is_known).then((is_worst | is_late_at_first) & (pl.col("_mean") > CAP)))
        .with_columns(score=pl.when("is_capped").then(CAP).otherwise(pl.col("_mean")).cast(pl.Int64))
        .with_columns(
            scale=pl.lit(scale.code),
            level=_level(scale),
            rating_missing=first_true((~is_known, Missing.TOO_LITTLE_KNOWN)),
        )
        .select(list(RATED))
    )


def reasons(rated: dict[str, Any]) -> tuple[Reason, ...]:
    """What a row of `RATED` is made of, in the order of the formula: the page's explanation of the rating."""
    found = []
    for part in FORMULA:
        name = part.dimension.value
        missing = rated[f"{name}_missing"]
        found.append(
            Reason(part, rated[f"{name}_measure"], rated[f"{name}_score"], Missing(missing) if missing else None)
        )
    return tuple(found)


def level_of(score: int, scale: Scale) -> Confidence:
    """The level of a score in hundredths. Raises `ValueError` below 100: no dimension scores less than 1."""
    for level, least in scale.levels:
        if score >= least:
            return level
    raise ValueError("a score is 100 at least")


def _beyond(variance: str) -> pl.Expr:
    """How far over or late, from a variance whose negative side is the bad one; null stays null."""
    return pl.when(pl.col(variance) < 0).then(-pl.col(variance)).when(pl.col(variance) >= 0).then(0)


_MEASURES = {
    Dimension.COST: _beyond("cost_variance_bp"),
    Dimension.SCHEDULE: _beyond("schedule_variance_bp"),
    Dimension.MILESTONES: basis_points(pl.col("milestones_reached"), pl.col("milestones_due")),
    Dimension.INDICATORS: basis_points(pl.col("indicators_met"), pl.col("indicators_determined")),
    Dimension.RISKS: pl.col("severe_risks"),
    Dimension.DATA_QUALITY: basis_points(pl.col("rules_passed"), pl.col("rules_checked")),
}

_WHY = {Dimension.COST: "cost_missing", Dimension.SCHEDULE: "schedule_share_missing"}
"""Columns that know better than the formula why a dimension is missing."""


def _score(part: Part) -> pl.Expr:
    measure = pl.col(f"{part.dimension.value}_measure")
    reached = [measure >= limit if part.more_is_better else measure <= limit for limit in part.limits]
    steps = [pl.when(holds).then(points) for holds, points in zip(reached, (5, 4, 3, 2), strict=True)]
    return pl.coalesce([*steps, pl.when(measure.is_not_null()).then(WORST_SCORE)]).cast(pl.Int64)


def _missing(part: Part) -> pl.Expr:
    why = pl.col(_WHY[part.dimension]) if part.dimension in _WHY else pl.lit(None, dtype=pl.String())
    is_missing = pl.col(f"{part.dimension.value}_measure").is_null()
    return pl.when(is_missing).then(why.fill_null(part.missing.value))


def _level(scale: Scale) -> pl.Expr:
    steps = [pl.when(pl.col("score") >= least).then(pl.lit(name.value)) for name, least in scale.levels]
    return pl.coalesce(steps).cast(pl.String())
