"""Results counted by project, once a night and not at each request: kept beside the indicators, and gone when one of them changes."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
from sqlalchemy import ColumnElement, delete, exists, func, insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.db.base import utc_now
from portfolio.db.engine import Database
from portfolio.kpis.models import CurveRevision, Indicator, Measurement, ProjectTally
from portfolio.kpis.portfolio import Tally, judged_batches, tallies
from portfolio.kpis.terms import Family, Result
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.projects.visibility import visible_to

COUNTS = {result: result.value for result in Result}
"""The column of each result."""

PORTION = 5_000
"""Projects that are counted in one transaction."""

FEW = 500
"""Projects that changed since they were counted: up to so many are asked for by name."""

MARGIN = timedelta(minutes=1)
"""What was written within so much before a portion began may have been committed behind its back: counted again when asked."""


def portfolio_tallies(session: Session, viewer: Viewer, at: datetime, as_at: date) -> list[Tally]:
    """By institution and family, in the viewer's scope: the counts kept for the day, and what was not counted since it changed."""
    summed = _kept(session, viewer, at, as_at)
    changed = session.scalars(
        select(col(Indicator.project_id)).where(_not_counted(as_at)).distinct().limit(FEW + 1)
    ).all()  # in whose scope they are is asked below
    if not changed:
        return _in_order(summed)
    only = col(Indicator.project_id).in_(changed) if len(changed) <= FEW else _not_counted(as_at)
    for tally in tallies(session, viewer, at, as_at, only=only):
        before = summed.get((tally.institution_id, tally.family))
        summed[tally.institution_id, tally.family] = tally if before is None else _added(before, tally)
    return _in_order(summed)


def _in_order(summed: Mapping[tuple[uuid.UUID, Family], Tally]) -> list[Tally]:
    return [summed[key] for key in sorted(summed, key=lambda key: (str(key[0]), key[1].value))]


def _added(one: Tally, other: Tally) -> Tally:
    results = {*one.counts, *other.counts}
    return replace(one, counts={result: one.counts.get(result, 0) + other.counts.get(result, 0) for result in results})


def _kept(session: Session, viewer: Viewer, at: datetime, as_at: date) -> dict[tuple[uuid.UUID, Family], Tally]:
    sums = [func.sum(getattr(ProjectTally, name)) for name in COUNTS.values()]
    rows = session.execute(
        select(col(Initiative.institution_id), col(ProjectTally.family), *sums)
        .select_from(ProjectTally)
        .join(Project, col(Project.id) == col(ProjectTally.project_id))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .where(visible_to(viewer, at), col(ProjectTally.as_at) == as_at)
        .group_by(col(Initiative.institution_id), col(ProjectTally.family))
        .order_by(col(Initiative.institution_id), col(ProjectTally.family))
    )
    found = {}
    for institution, family, *counted in rows:
        counts = {result: int(n) for result, n in zip(COUNTS, counted, strict=True) if n}
        found[institution, family] = Tally(institution, family, counts)
    return found


def _not_counted(as_at: date) -> ColumnElement[bool]:
    """A condition on `Indicator`: nothing is kept of its project for the day."""
    return ~exists().where(col(ProjectTally.project_id) == col(Indicator.project_id), col(ProjectTally.as_at) == as_at)


def forget(session: Session, project_id: uuid.UUID) -> None:
    """What was counted of a project holds no longer: the same transaction changes one of its indicators or values."""
    session.execute(delete(ProjectTally).where(col(ProjectTally.project_id) == project_id))


def count_all(database: Database, as_at: date) -> int:
    """Count every project for a day and return how many have counts; some thousands in each transaction."""
    last: uuid.UUID | None = None
    counted = 0
    while True:
        began = utc_now()
        with database.writing() as session:
            projects = _portion(session, last)
            if not projects:
                return counted
            counted += _count(session, projects[0], projects[-1], as_at)
        with database.writing() as session:
            _forget_changed(session, projects[0], projects[-1], began - MARGIN)
        last = projects[-1]


def _portion(session: Session, after: uuid.UUID | None) -> Sequence[uuid.UUID]:
    query = select(col(Indicator.project_id)).distinct().order_by(col(Indicator.project_id)).limit(PORTION)
    return session.scalars(query if after is None else query.where(col(Indicator.project_id) > after)).all()


def _count(session: Session, first: uuid.UUID, last: uuid.UUID, as_at: date) -> int:
    session.execute(delete(ProjectTally).where(col(ProjectTally.project_id).between(first, last)))
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for judged in judged_batches(session, as_at, col(Indicator.project_id).between(first, last)):
        for project, family, result, n in judged.group_by("project_id", "family", "result").agg(pl.len()).iter_rows():
            here = counts.setdefault((project, family), {})
            here[result] = here.get(result, 0) + n
    rows: list[dict[str, Any]] = [
        {
            "project_id": uuid.UUID(project),
            "family": Family(family),
            "as_at": as_at,
            **{name: found.get(name, 0) for name in COUNTS.values()},
        }
        for (project, family), found in counts.items()
    ]
    if rows:
        session.execute(insert(ProjectTally), rows)
    return len({project for project, _family in counts})


def _forget_changed(session: Session, first: uuid.UUID, last: uuid.UUID, since: datetime) -> None:
    """Of projects whose values or curves were written while their portion was counted."""
    for model in (Measurement, CurveRevision):
        changed = (
            select(col(Indicator.project_id))
            .join(model, col(model.indicator_id) == col(Indicator.id))
            .where(col(model.created_at) >= since)
        )
        session.execute(
            delete(ProjectTally)
            .where(col(ProjectTally.project_id).between(first, last), col(ProjectTally.project_id).in_(changed))
            .execution_options(synchronize_session=False)
        )
