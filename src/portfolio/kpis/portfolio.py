"""The scorecard of the whole portfolio: results of every indicator by family and institution, computed in batches.

SQL picks the rows in the viewer's scope, Polars judges them by the same rules as `rules.judge` (a test holds the two
together), and only counts are kept: a hundred thousand indicators never stand in memory at once.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl
from sqlalchemy import ColumnElement, Select, String, cast, select, type_coerce
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.kpis.models import CurveRevision, Indicator, Standing, TargetPoint
from portfolio.kpis.periods import DUE_DAYS, MONTHS, last_due
from portfolio.kpis.rules import STALE_PERIODS
from portfolio.kpis.terms import Curve, Direction, Family, IndicatorKind, Result
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.projects.visibility import visible_to

BATCH = 20_000
"""Indicators of one batch: about 30 MB with their targets."""

INDICATORS = {
    "id": pl.String,
    "institution_id": pl.String,
    "family": pl.String,
    "direction": pl.String,
    "frequency": pl.String,
    "curve": pl.String,
    "tolerance": pl.Int64,
    "baseline": pl.Int64,
    "baseline_on": pl.Date,
    "measured_from": pl.Date,
    "measured_until": pl.Date,
    "period_on": pl.Date,
    "value": pl.Int64,
}
"""One row an indicator; `period_on` is null where nothing was measured, `value` also where it was declared not available."""

COUNTED = {**INDICATORS, "project_id": pl.String}
"""The same with the project that an indicator is of."""

POINTS = {"id": pl.String, "on": pl.Date, "target": pl.Int64}
"""One row a dated target of the curve in force."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many indicators of one institution and family have each result."""

    institution_id: uuid.UUID
    family: Family
    counts: dict[Result, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def tallies(
    session: Session, viewer: Viewer, at: datetime, as_at: date, only: ColumnElement[bool] | None = None
) -> list[Tally]:
    """By institution and family, of the projects that the viewer may find; context and stopped indicators are left out.

    `only`: a further condition on `Indicator`.
    """
    summed: dict[tuple[str, str, str], int] = {}
    conditions = [visible_to(viewer, at), *([] if only is None else [only])]
    for judged in judged_batches(session, as_at, *conditions):
        counted = judged.group_by("institution_id", "family", "result").agg(pl.len().alias("n"))
        for institution, family, result, n in counted.iter_rows():
            key = (institution, family, result)
            summed[key] = summed.get(key, 0) + n
    found: dict[tuple[str, str], Tally] = {}
    for (institution, family, result), n in sorted(summed.items()):
        tally = found.setdefault((institution, family), Tally(uuid.UUID(institution), Family(family), {}))
        tally.counts[Result(result)] = n
    return list(found.values())


def judged_batches(session: Session, as_at: date, *conditions: ColumnElement[bool]) -> Iterator[pl.DataFrame]:
    """Counted indicators by id, some thousands at a time, each with its result: frames as `judge_frame` gives them."""
    for indicators, points in _batches(session, *conditions):
        yield judge_frame(indicators, points, as_at)


def _batches(session: Session, *conditions: ColumnElement[bool]) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """With the targets of their curves in force."""
    last: uuid.UUID | None = None
    while True:
        query = _rows().where(*conditions)
        rows = session.execute(query if last is None else query.where(col(Indicator.id) > last)).all()
        if not rows:
            return
        indicators = pl.DataFrame([tuple(row) for row in rows], schema=COUNTED, orient="row")
        first, last = uuid.UUID(rows[0][0]), uuid.UUID(rows[-1][0])
        yield indicators, _points(session, first, last)
        if len(rows) < BATCH:
            return


def _rows() -> Select[*tuple[Any, ...]]:
    """The columns of `COUNTED`: ids and enum members as the texts that are stored, so that no row costs any Python."""
    return (
        select(
            _text(Indicator.id), _text(Initiative.institution_id), _stored(Indicator.family), _stored(Indicator.direction),
            _stored(Indicator.frequency), _stored(CurveRevision.curve), col(Indicator.tolerance), col(Indicator.baseline),
            col(Indicator.baseline_on), col(Indicator.measured_from), col(Indicator.measured_until),
            col(Standing.period_on), col(Standing.value), _text(Indicator.project_id),
        )
        .select_from(Indicator)
        .join(Project, col(Project.id) == col(Indicator.project_id))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .outerjoin(Standing, col(Standing.indicator_id) == col(Indicator.id))
        .outerjoin(
            CurveRevision,
            (col(CurveRevision.indicator_id) == col(Indicator.id))
            & (col(CurveRevision.revision) == col(Indicator.revision)),
        )
        .where(
            col(Indicator.kind) == IndicatorKind.INDICATOR,
            col(Indicator.is_context).is_(False),
            col(Indicator.stopped_on).is_(None),
        )
        .order_by(col(Indicator.id))
        .limit(BATCH)
    )  # fmt: skip


def _text(column: Any) -> ColumnElement[str]:
    return cast(column, String)


def _stored(column: Any) -> ColumnElement[str]:
    return type_coerce(column, String)


def _points(session: Session, first: uuid.UUID, last: uuid.UUID) -> pl.DataFrame:
    rows = session.execute(
        select(_text(TargetPoint.indicator_id), col(TargetPoint.due_on), col(TargetPoint.value))
        .join(
            Indicator,
            (col(Indicator.id) == col(TargetPoint.indicator_id))
            & (col(Indicator.revision) == col(TargetPoint.revision)),
        )
        .where(col(TargetPoint.indicator_id).between(first, last))
    ).all()
    return pl.DataFrame([tuple(row) for row in rows], schema=POINTS, orient="row")


def judge_frame(indicators: pl.DataFrame, points: pl.DataFrame, as_at: date) -> pl.DataFrame:
    """`INDICATORS` with `target` (at the period measured; null before the curve begins) and `result`, a `Result` value."""
    sizes = pl.DataFrame(
        [(frequency.value, months, last_due(frequency, as_at)) for frequency, months in MONTHS.items()],
        schema={"frequency": pl.String, "months": pl.Int64, "due": pl.Date},
        orient="row",
    )
    first = _end_of("measured_from")
    last = pl.min_horizontal(pl.col("due"), _end_of("measured_until"))
    behind = (_month(last) - _month(pl.col("period_on"))) // pl.col("months")
    is_due = pl.lit(as_at) > first + pl.duration(days=DUE_DAYS)
    result = (
        pl.when(pl.col("points").is_null()).then(pl.lit(Result.CANNOT_TELL.value))
        .when(pl.col("period_on").is_null() & is_due).then(pl.lit(Result.CANNOT_TELL.value))
        .when(pl.col("period_on").is_null()).then(pl.lit(Result.TOO_EARLY.value))
        .when(pl.col("value").is_null() | (behind >= STALE_PERIODS)).then(pl.lit(Result.CANNOT_TELL.value))
        .when(pl.col("target").is_null()).then(pl.lit(Result.TOO_EARLY.value))
        .when(_is_met()).then(pl.lit(Result.MET.value))
        .otherwise(pl.lit(Result.NOT_MET.value))
    )  # fmt: skip
    return (
        indicators.join(sizes, on="frequency", how="left")
        .join(_targets(indicators, points), on="id", how="left")
        .with_columns(result=result)
        .drop("months", "due", "points")
    )


def _end_of(day: str) -> pl.Expr:
    """The last day of the calendar period that holds a day; null for null."""
    value = pl.col(day)
    expression = pl.lit(None, dtype=pl.Date)
    for frequency, months in MONTHS.items():
        end = value.dt.truncate(f"{months}mo").dt.offset_by(f"{months}mo").dt.offset_by("-1d")
        expression = pl.when(pl.col("frequency") == frequency.value).then(end).otherwise(expression)
    return expression


def _month(day: pl.Expr) -> pl.Expr:
    return day.dt.year().cast(pl.Int64) * 12 + day.dt.month().cast(pl.Int64)


def _is_met() -> pl.Expr:
    value, target, tolerance = pl.col("value"), pl.col("target"), pl.col("tolerance")
    return (
        pl.when(pl.col("direction") == Direction.UP.value).then(value >= target - tolerance)
        .when(pl.col("direction") == Direction.DOWN.value).then(value <= target + tolerance)
        .otherwise((value - target).abs() <= tolerance)
    )  # fmt: skip


def _targets(indicators: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    """By indicator: how many points its curve has, and what it asks at the period measured."""
    told = points.group_by("id").agg(pl.len().alias("points"), pl.col("on").min().alias("begins"))
    baselines = (
        indicators.join(told, on="id")
        .filter((pl.col("curve") == Curve.LINEAR.value) & (pl.col("baseline_on") < pl.col("begins")))
        .select("id", pl.col("baseline_on").alias("on"), pl.col("baseline").alias("target"))
    )
    asked = pl.concat([points, baselines]).join(indicators.select("id", "curve", "period_on"), on="id").sort("id", "on")
    here = pl.col("on") <= pl.col("period_on")
    found = asked.group_by("id", maintain_order=True).agg(
        pl.col("curve").first(),
        pl.col("period_on").first(),
        pl.col("on").filter(here).last().alias("left_on"),
        pl.col("target").filter(here).last().alias("left"),
        pl.col("on").filter(~here).first().alias("right_on"),
        pl.col("target").filter(~here).first().alias("right"),
    )
    days = (pl.col("right_on") - pl.col("left_on")).dt.total_days().cast(pl.Int128)
    gone = (pl.col("period_on") - pl.col("left_on")).dt.total_days().cast(pl.Int128)
    rise = (pl.col("right") - pl.col("left")).cast(pl.Int128)
    between = pl.col("left") + ((2 * rise * gone + days) // (2 * days)).cast(pl.Int64)
    is_line = (pl.col("curve") == Curve.LINEAR.value) & pl.col("right_on").is_not_null()
    target = pl.when(is_line).then(between).otherwise(pl.col("left"))
    return told.select("id", "points").join(found.select("id", target.alias("target")), on="id", how="left")
