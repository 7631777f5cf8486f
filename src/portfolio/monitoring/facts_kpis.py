"""Indicators of projects as frames: how many can be determined and are met, how many have targets, when they were measured."""

from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.kpis.models import CurveRevision, Indicator, Standing, TargetPoint
from portfolio.kpis.portfolio import INDICATORS, POINTS, judge_frame
from portfolio.kpis.terms import IndicatorKind, Result
from portfolio.monitoring.portion import Portion, frame, stored, text_of
from portfolio.projects.models import Initiative, Project

WITH_PROJECT = pl.Schema({**INDICATORS, "project": pl.String})

RESULTS = pl.Schema({"project": pl.String(), "indicators_determined": pl.Int64(), "indicators_met": pl.Int64()})
"""One row a project with indicators that count; determined is met or not met."""

PROMISED = pl.Schema(
    {
        "project": pl.String(),
        "targets": pl.Int64(),
        "zero_targets": pl.Int64(),
        "achieved": pl.Int64(),
        "zero_achieved": pl.Int64(),
        "measured_on": pl.Date(),
    }
)
"""One row a project with such indicators: those with a target, whose last target is zero, with a value, whose value is zero;
and the newest period that was measured."""


def read_indicators(session: Session, portion: Portion) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`WITH_PROJECT` and `kpis.portfolio.POINTS` of the indicators that count: no benefit, no context, none that stopped."""
    return frame(session, _indicators(portion), WITH_PROJECT), frame(session, _points(portion), pl.Schema(POINTS))


def _counts(portion: Portion) -> tuple[ColumnElement[bool], ...]:
    return (
        portion.holds(Indicator.project_id),
        col(Indicator.kind) == IndicatorKind.INDICATOR,
        col(Indicator.is_context).is_(False),
        col(Indicator.stopped_on).is_(None),
    )


def _indicators(portion: Portion) -> Select[*tuple[Any, ...]]:
    in_force = and_(
        col(CurveRevision.indicator_id) == col(Indicator.id), col(CurveRevision.revision) == col(Indicator.revision)
    )
    return (
        select(
            text_of(Indicator.id), text_of(Initiative.institution_id), stored(Indicator.family),
            stored(Indicator.direction), stored(Indicator.frequency), stored(CurveRevision.curve),
            col(Indicator.tolerance), col(Indicator.baseline), col(Indicator.baseline_on), col(Indicator.measured_from),
            col(Indicator.measured_until), col(Standing.period_on), col(Standing.value), text_of(Indicator.project_id),
        )
        .select_from(Indicator)
        .join(Project, col(Project.id) == col(Indicator.project_id))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .outerjoin(Standing, col(Standing.indicator_id) == col(Indicator.id))
        .outerjoin(CurveRevision, in_force)
        .where(*_counts(portion))
        .order_by(col(Indicator.project_id), col(Indicator.id))
    )  # fmt: skip


def _points(portion: Portion) -> Select[*tuple[Any, ...]]:
    of_curve = and_(
        col(Indicator.id) == col(TargetPoint.indicator_id), col(Indicator.revision) == col(TargetPoint.revision)
    )
    return (
        select(text_of(TargetPoint.indicator_id), col(TargetPoint.due_on), col(TargetPoint.value))
        .join(Indicator, of_curve)
        .where(*_counts(portion))
        .order_by(col(TargetPoint.indicator_id), col(TargetPoint.due_on))
    )


def results_of(indicators: pl.DataFrame, points: pl.DataFrame, as_at: date) -> pl.DataFrame:
    """`RESULTS`, by the rule that the scorecard uses. Pure."""
    result = pl.col("result")
    return (
        judge_frame(indicators, points, as_at)
        .group_by("project", maintain_order=True)
        .agg(
            indicators_determined=result.is_in([Result.MET.value, Result.NOT_MET.value]).sum().cast(pl.Int64),
            indicators_met=(result == Result.MET.value).sum().cast(pl.Int64),
        )
        .select(list(RESULTS))
    )


def promised_of(indicators: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    """`PROMISED`. Pure."""
    last = points.sort("id", "on").group_by("id", maintain_order=True).agg(pl.col("target").last().alias("promise"))
    return (
        indicators.join(last, on="id", how="left", maintain_order="left")
        .group_by("project", maintain_order=True)
        .agg(
            targets=pl.col("promise").count().cast(pl.Int64),
            zero_targets=(pl.col("promise") == 0).sum().cast(pl.Int64),
            achieved=pl.col("value").count().cast(pl.Int64),
            zero_achieved=(pl.col("value") == 0).sum().cast(pl.Int64),
            measured_on=pl.col("period_on").max(),
        )
        .select(list(PROMISED))
    )
