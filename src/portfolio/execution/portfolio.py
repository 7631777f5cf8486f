"""Money of the projects in a fiscal year: the list of the budget office, and planned against executed as a file (stable codes)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.db.clock import now
from portfolio.documents.csv_out import csv_bytes
from portfolio.documents.out_columns import Column, ColumnKind
from portfolio.execution.models import ExecutionDifference, ExecutionEntry
from portfolio.execution.queries import counts
from portfolio.execution.terms import DifferenceState, Flow
from portfolio.people.models import Institution
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.projects.visibility import visible_to

PAGE = 50
"""Projects of one page."""


@dataclass(frozen=True, slots=True)
class Line:
    """A project's totals of the year in minor units of its currency; a flow that nobody reported is not there."""

    project_id: uuid.UUID
    title: str
    number: str
    institution: str
    currency: str
    totals: dict[Flow, int]


def _in_year(bounds: tuple[date, date]) -> ColumnElement[bool]:
    return and_(col(ExecutionEntry.month) >= bounds[0], col(ExecutionEntry.month) < bounds[1])


def lines_of(
    session: Session, viewer: Viewer, bounds: tuple[date, date], after: tuple[str, uuid.UUID] | None = None
) -> list[Line]:
    """Projects with amounts in the year by number, at most `PAGE` and one more, which says that others follow."""
    query = (
        select(Project, Initiative, col(Institution.name))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .join(Institution, col(Institution.id) == col(Initiative.institution_id))
        .where(
            visible_to(viewer, now(session)),
            exists().where(col(ExecutionEntry.project_id) == col(Project.id), _in_year(bounds)),
        )
        .order_by(col(Initiative.reference), col(Project.id))
        .limit(PAGE + 1)
    )
    if after is not None:
        number, project_id = after
        query = query.where(
            or_(
                col(Initiative.reference) > number,
                and_(col(Initiative.reference) == number, col(Project.id) > project_id),
            )
        )
    rows = session.execute(query).all()
    totals = _totals(session, [project.id for project, _initiative, _name in rows], bounds)
    return [
        Line(
            project.id,
            initiative.title or "",
            initiative.reference,
            name,
            initiative.currency,
            totals.get((project.id, initiative.currency), {}),
        )
        for project, initiative, name in rows
    ]


def totals_by_currency(
    session: Session, viewer: Viewer, bounds: tuple[date, date]
) -> list[tuple[str, dict[Flow, int]]]:
    """Of every project with amounts in the year, on whatever page: currency and totals in its minor units."""
    rows = session.execute(
        select(col(ExecutionEntry.currency), col(ExecutionEntry.flow), func.sum(col(ExecutionEntry.amount_minor)))
        .join(Project, col(Project.id) == col(ExecutionEntry.project_id))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .where(visible_to(viewer, now(session)), _in_year(bounds), counts())
        .group_by(col(ExecutionEntry.currency), col(ExecutionEntry.flow))
    )
    found: dict[str, dict[Flow, int]] = {}
    for currency, flow, total in rows:
        found.setdefault(currency, {})[flow] = int(total or 0)
    return sorted(found.items())


def _totals(
    session: Session, projects: Sequence[uuid.UUID], bounds: tuple[date, date]
) -> dict[tuple[uuid.UUID, str], dict[Flow, int]]:
    rows = session.execute(
        select(
            col(ExecutionEntry.project_id),
            col(ExecutionEntry.currency),
            col(ExecutionEntry.flow),
            func.sum(col(ExecutionEntry.amount_minor)),
        )
        .where(col(ExecutionEntry.project_id).in_(projects), _in_year(bounds), counts())
        .group_by(col(ExecutionEntry.project_id), col(ExecutionEntry.currency), col(ExecutionEntry.flow))
    )
    found: dict[tuple[uuid.UUID, str], dict[Flow, int]] = {}
    for project_id, currency, flow, total in rows:
        found.setdefault((project_id, currency), {})[flow] = int(total or 0)
    return found


def open_differences(session: Session) -> int:
    """Rows of every file that wait for a person."""
    query = select(func.count()).select_from(ExecutionDifference)
    return session.scalar(query.where(col(ExecutionDifference.state) == DifferenceState.OPEN)) or 0


_NAMES = [flow.value for flow in Flow]


def exported(session: Session, viewer: Viewer, bounds: tuple[date, date]) -> bytes:
    """Planned and executed by project, line and month of the year, as CSV; a blank is «not reported».

    Names of columns are stable codes; amounts are decimals with a point, months the first day of each.
    """
    rows = session.execute(
        select(
            col(Initiative.reference), col(Institution.name), col(ExecutionEntry.line), col(ExecutionEntry.month),
            col(ExecutionEntry.currency), col(ExecutionEntry.flow), func.sum(col(ExecutionEntry.amount_minor)),
        )
        .select_from(ExecutionEntry)
        .join(Project, col(Project.id) == col(ExecutionEntry.project_id))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .join(Institution, col(Institution.id) == col(Initiative.institution_id))
        .where(visible_to(viewer, now(session)), _in_year(bounds), counts())
        .group_by(
            col(Initiative.reference), col(Institution.name), col(ExecutionEntry.line), col(ExecutionEntry.month),
            col(ExecutionEntry.currency), col(ExecutionEntry.flow),
        )
    )  # fmt: skip
    by_key: dict[tuple[Any, ...], dict[str, int]] = {}
    for *key, flow, total in rows:
        by_key.setdefault(tuple(key), {})[flow.value] = int(total or 0)
    frame = pl.DataFrame(
        [(*key, *(totals.get(name) for name in _NAMES)) for key, totals in by_key.items()],
        schema={**dict(_KEYS), **dict.fromkeys(_NAMES, pl.Int64())},
        orient="row",
    ).sort("project", "line", "month", "currency")
    return b"\xef\xbb\xbf" + csv_bytes(_COLUMNS, frame, header=True)


_KEYS: list[tuple[str, Any]] = [
    ("project", pl.String()),
    ("institution", pl.String()),
    ("line", pl.String()),
    ("month", pl.Date()),
    ("currency", pl.String()),
]
_COLUMNS = [
    *(Column(name, name, ColumnKind.DATE if name == "month" else ColumnKind.TEXT) for name, _kind in _KEYS),
    *(Column(name, name, ColumnKind.MONEY, currency_column="currency") for name in _NAMES),
]
