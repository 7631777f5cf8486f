"""Risks across projects, for whoever may find them: heat map, causes that several share, exposure, what is out or late."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import Tier
from portfolio.people.models import Institution
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.projects.visibility import visible_to
from portfolio.risk.matrix_view import Place
from portfolio.risk.models import Risk, RiskEscalation
from portfolio.risk.paging import PAGE, Cursor, Ends, beyond, ordered, page_of
from portfolio.risk.terms import LIVE, EscalationState

MOST_SHOWN = 100
SHARED_BY = 2
"""Projects from which on a cause is a shared one."""

SHARED: Mapping[str, Any] = {
    "catalogue": Risk.catalogue,
    "supplier": Risk.supplier,
    "component": Risk.component,
}
"""By what causes are shared: parameter of the address → column."""


@dataclass(frozen=True, slots=True)
class PortfolioAsked:
    """Nothing set means every living risk that the person may find. `cell`: residual likelihood and impact."""

    cell: Place | None = None
    institution_id: uuid.UUID | None = None
    out: bool = False
    late: bool = False
    shared_by: str = ""
    shared: str = ""


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that living risks of several projects rest on."""

    by: str
    value: str
    projects: int
    risks: int


@dataclass(frozen=True, slots=True)
class Exposure:
    """What risks of one institution may oblige to pay, in minor units of one currency; nothing where none states it."""

    institution_id: uuid.UUID
    institution: str
    currency: str
    risks: int
    out: int
    contingent_minor: int | None


@dataclass(frozen=True, slots=True)
class Found:
    """A risk with its project."""

    risk: Risk
    title: str
    institution: str


def _living(viewer: Viewer, at: datetime, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Risk)
        .join(Project, col(Project.id) == col(Risk.project_id))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .join(Institution, col(Institution.id) == col(Initiative.institution_id))
        .where(visible_to(viewer, at), col(Risk.state).in_(LIVE))
    )


def out_of_tolerance(pack: CountryPack) -> ColumnElement[bool]:
    """Rated beyond what a project carries by itself."""
    return col(Risk.rank) > pack.risk.rank(pack.risk.tolerance[Tier.OPERATIONAL])


def heat(session: Session, viewer: Viewer, pack: CountryPack, at: datetime) -> tuple[dict[Place, int], int]:
    """How many living risks stand where by their residual rating, and how many are rated on another matrix."""
    place = col(Risk.matrix), col(Risk.residual_likelihood), col(Risk.residual_impact)
    rows = session.execute(_living(viewer, at, *place, func.count()).group_by(*place).order_by(*place)).all()
    here = {(row[1], row[2]): row[3] for row in rows if row[0] == pack.risk.matrix}
    return here, sum(row[3] for row in rows if row[0] != pack.risk.matrix)


def shared_causes(session: Session, viewer: Viewer, at: datetime) -> list[Cause]:
    """Causes of living risks in two projects or more, the widest first; suppliers and components as they are written."""
    found = []
    for by, column in SHARED.items():
        projects = func.count(func.distinct(col(Risk.project_id)))
        rows = session.execute(
            _living(viewer, at, col(column), projects, func.count())
            .where(col(column) != "")
            .group_by(col(column))
            .having(projects >= SHARED_BY)
            .order_by(projects.desc(), col(column))
            .limit(MOST_SHOWN)
        ).all()
        found += [Cause(by, row[0], row[1], row[2]) for row in rows]
    return sorted(found, key=lambda cause: (-cause.projects, -cause.risks, cause.by, cause.value))


def exposure(session: Session, viewer: Viewer, pack: CountryPack, at: datetime) -> list[Exposure]:
    """One row an institution and currency: amounts of two currencies are never added. Institutions in reading order."""
    rows = session.execute(
        _living(
            viewer,
            at,
            col(Institution.id),
            col(Institution.name),
            col(Risk.currency),
            func.count(),
            func.sum(_one(out_of_tolerance(pack))),
            func.sum(col(Risk.contingent_minor)),
        )
        .group_by(col(Institution.id), col(Institution.name), col(Institution.sort_key), col(Risk.currency))
        .order_by(col(Institution.sort_key), col(Risk.currency))
    ).all()
    return [
        Exposure(row[0], row[1], row[2], row[3], int(row[4]), None if row[5] is None else int(row[5])) for row in rows
    ]


def _one(condition: ColumnElement[bool]) -> Any:
    """1 where it holds, else 0: summed, it counts on both databases."""
    return case((condition, 1), else_=0)


def found_risks(
    session: Session,
    viewer: Viewer,
    pack: CountryPack,
    at: datetime,
    asked: PortfolioAsked,
    cursor: Cursor | None = None,
) -> tuple[list[Found], Ends]:
    """One page of the living risks asked for, the worst first, and where the pages beside it begin."""
    query = _living(viewer, at, Risk, col(Initiative.title), col(Institution.name)).where(*_conditions(pack, at, asked))
    if cursor is not None:
        query = query.where(beyond(cursor))
    rows = session.execute(query.order_by(*ordered(cursor)).limit(PAGE + 1)).all()
    kept, ends = page_of(rows, [row[0] for row in rows], cursor)
    return [Found(row[0], row[1] or "", row[2]) for row in kept], ends


def count_risks(session: Session, viewer: Viewer, pack: CountryPack, at: datetime, asked: PortfolioAsked) -> int:
    """How many living risks are asked for, on all pages."""
    return session.scalar(_living(viewer, at, func.count()).where(*_conditions(pack, at, asked))) or 0


def _conditions(pack: CountryPack, at: datetime, asked: PortfolioAsked) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.cell is not None:
        found += [
            col(Risk.matrix) == pack.risk.matrix,
            col(Risk.residual_likelihood) == asked.cell[0],
            col(Risk.residual_impact) == asked.cell[1],
        ]
    if asked.institution_id is not None:
        found.append(col(Institution.id) == asked.institution_id)
    if asked.out:
        found.append(out_of_tolerance(pack))
    if asked.late:
        found.append(col(Risk.next_review_on) < at.astimezone(pack.zone).date())
    if asked.shared_by in SHARED and asked.shared:
        found.append(col(SHARED[asked.shared_by]) == asked.shared)
    return found


def open_escalations(session: Session, viewer: Viewer, at: datetime) -> list[tuple[RiskEscalation, Found]]:
    """Those that wait for an answer, the one due first on top."""
    rows = session.execute(
        _living(viewer, at, RiskEscalation, Risk, col(Initiative.title), col(Institution.name))
        .join(RiskEscalation, col(RiskEscalation.risk_id) == col(Risk.id))
        .where(col(RiskEscalation.state) == EscalationState.OPEN)
        .order_by(col(RiskEscalation.due_on), col(RiskEscalation.id))
        .limit(MOST_SHOWN)
    ).all()
    return [(row[0], Found(row[1], row[2] or "", row[3])) for row in rows]
