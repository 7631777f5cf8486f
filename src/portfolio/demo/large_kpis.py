"""Measurements in bulk, for measurements of this program: one indicator a project of `--size large`, so many months of values.

Rows like the forms make, by the same tables; the values are vouched for as one batch a transaction, the rest row by row. The
newest values stand in their own rows.
"""

import random
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.bulk import insert_batch, insert_rows
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.base import new_id
from portfolio.db.engine import Database
from portfolio.demo.large import SEED, SOURCE, columns
from portfolio.kpis.models import CurveRevision, Indicator, Measurement, Standing, TargetPoint
from portfolio.kpis.periods import next_period, period_of
from portfolio.kpis.standing import RECENT
from portfolio.kpis.terms import Curve, Direction, Family, Frequency, MeasuredBy, UnitKind
from portfolio.people.viewer import SYSTEM
from portfolio.projects.models import Initiative, Project

BATCH = 400
"""Projects of one transaction: 24,000 measurements of sixty months."""

LAST = date(2026, 10, 31)
AT = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
SCALE = 4


def load_measurements(
    database: Database, months: int = 60, most: int | None = None, say: Callable[[str], None] = lambda _text: None
) -> int:
    """Add an indicator with `months` values to each large project, or to the first `most`; returns how many values."""
    draw = random.Random(SEED)  # noqa: S311  numbers for measurements, not for secrets
    with database.reading() as session:
        query = (
            select(col(Project.id))
            .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
            .where(col(Initiative.source) == SOURCE)
            .order_by(col(Project.id))
        )
        projects = list(session.scalars(query if most is None else query.limit(most)))
    periods = _months(months)
    for start in range(0, len(projects), BATCH):
        batch = projects[start : start + BATCH]
        with database.writing() as session:
            _batch(session, draw, batch, periods)
            record(session, SYSTEM, Tag.MEASUREMENTS_RECORDED, None, values=len(batch) * months, first=start)
        say(f"{start + len(batch)}/{len(projects)} projects measured")
    return len(projects) * months


def _months(count: int) -> list[date]:
    """The last `count` months up to `LAST`, oldest first."""
    year, month = divmod(LAST.year * 12 + LAST.month - count, 12)
    first = date(year, month + 1, 1)
    found = [period_of(Frequency.MONTHLY, first)]
    while found[-1] < LAST:
        found.append(next_period(Frequency.MONTHLY, found[-1]))
    return found


def _batch(session: Session, draw: random.Random, projects: list[uuid.UUID], periods: list[date]) -> None:
    indicators, curves, targets, values, standings = [], [], [], [], []
    for project_id in projects:
        one = new_id()
        family, start = draw.choice(list(Family)), draw.randint(100_000, 900_000)
        rise = draw.randint(500, 6_000)
        indicators.append(
            columns(
                Indicator,
                id=one,
                created_at=AT,
                project_id=project_id,
                family=family,
                name="Indicador para mediciones",
                unit_kind=UnitKind.RATIO,
                scale=SCALE,
                direction=Direction.UP,
                frequency=Frequency.MONTHLY,
                baseline=start,
                baseline_on=periods[0],
                revision=1,
                measured_from=periods[0],
            )
        )
        curves.append(
            columns(
                CurveRevision, id=new_id(), created_at=AT, indicator_id=one, revision=1, curve=Curve.LINEAR, tolerance=0
            )
        )
        promised = start + rise * len(periods)
        targets.append(
            columns(TargetPoint, id=new_id(), created_at=AT, indicator_id=one, revision=1, due_on=LAST, value=promised)
        )
        series = [start + rise * step + draw.randint(-9_000, 9_000) for step in range(len(periods))]
        values += [_value(one, period, value) for period, value in zip(periods, series, strict=True)]
        recent = [[str(period), value] for period, value in zip(periods, series, strict=True)][-RECENT:]
        standings.append({"indicator_id": one, "period_on": LAST, "value": series[-1], "recent": recent})
    for model, rows in (
        (Indicator, indicators),
        (CurveRevision, curves),
        (TargetPoint, targets),
    ):
        insert_rows(session, model, rows)
    insert_batch(session, Measurement, values)
    session.connection().execute(insert(Standing.__table__), standings)  # type: ignore[attr-defined]


def _value(indicator_id: uuid.UUID, period: date, value: int) -> dict[str, Any]:
    return {
        "id": new_id(),
        "created_at": AT,
        "indicator_id": indicator_id,
        "period_on": period,
        "cut": "",
        "ordinal": 0,
        "value": value,
        "as_at": period,
        "measured_by": MeasuredBy.SYSTEM,
        "data_source": "",
        "note": "",
        "reason": "",
        "is_unusual": False,
        "by_id": None,
        "upload_id": None,
        "batch_id": None,
    }
