"""What a computed rating was reckoned from, kept beside it: the figures behind each dimension, and the formula's version."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from portfolio.audit.canon import digest
from portfolio.monitoring.facts import Read, rating_facts
from portfolio.monitoring.rating_formula import CAP, FIRST_PLAN_BP, FORMULA, LEAST_COVERAGE, Scale
from portfolio.monitoring.ratings import FACTS
from portfolio.monitoring.variance import both_variances

BEHIND = pl.Schema(
    {
        "planned_cost": pl.Int64(),
        "cost_used": pl.Int64(),
        "cost_source": pl.String(),
        "currency": pl.String(),
        "planned_start": pl.Date(),
        "planned_finish": pl.Date(),
        "finish_used": pl.Date(),
        "finish_source": pl.String(),
        "first_planned_start": pl.Date(),
        "first_planned_finish": pl.Date(),
        "first_schedule_days": pl.Int64(),
    }
)
"""What the two variances of `FACTS` were reckoned from, and the delay against the first approved plan, in days."""

INPUTS = pl.Schema({**FACTS, **BEHIND})


def inputs_of(read: Read, quality: pl.DataFrame) -> pl.DataFrame:
    """`INPUTS`, one row a project of the portion; `quality` is `data_quality.SUMMARY`. Pure."""
    used = both_variances(read.plans, read.as_at).select(
        "project", "cost_used", "cost_source", "finish_used", "finish_source", "first_schedule_days"
    )
    return (
        rating_facts(read, quality)
        .join(
            read.plans.select(
                "project",
                "planned_cost",
                "planned_start",
                "planned_finish",
                "first_planned_start",
                "first_planned_finish",
            ),
            on="project",
            how="left",
            maintain_order="left",
        )
        .join(used, on="project", how="left", maintain_order="left")
        .join(read.lives.select("project", "currency"), on="project", how="left", maintain_order="left")
        .select(list(INPUTS))
    )


def formula_version(scale: Scale) -> str:
    """Twelve digits that change with any number of the formula or of the scale."""
    parts = [
        [part.dimension.value, part.weight, part.measure.value, list(part.limits), part.more_is_better]
        for part in FORMULA
    ]
    levels = [[level.value, least] for level, least in scale.levels]
    whole = {"parts": parts, "cap": CAP, "first": FIRST_PLAN_BP, "least": LEAST_COVERAGE}
    return digest({**whole, "scale": scale.code, "levels": levels})[:12]


def as_stored(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of a frame as it is kept in a JSON column: days in ISO 8601."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}


def facts_frame(stored: Mapping[str, Any]) -> pl.DataFrame:
    """The `FACTS` that a rating keeps, as a frame of one row: what the formula gives for them is what it says.

    What a rating did not keep yet, in the version of the formula that it was made by, is not known.
    """
    return pl.DataFrame([[stored.get(name) for name in FACTS]], schema=FACTS, orient="row")
