"""What is due of whom: for the list of what waits, and for the clock that reminds once a period."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.kpis.models import Indicator, Standing
from portfolio.kpis.periods import MONTHS, due_on, last_due, newest_ended
from portfolio.notifications.outbox import owe
from portfolio.people.models import Institution
from portfolio.people.permissions import Permission
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.projects.visibility import visible_to

MOST_PROJECTS = 400
"""Projects of one person that are looked at; more than anybody measures in a day."""


@dataclass(frozen=True, slots=True)
class DueProject:
    """A project in which somebody has something to measure. `due`: the day by which the earliest of them is."""

    project_id: uuid.UUID
    title: str
    number: str
    institution: str
    indicators: int
    due: date


def _is_unmeasured(as_at: date, *, overdue: bool) -> ColumnElement[bool]:
    """A condition on `Indicator` joined with its `Standing`: a period that ended (or is overdue) was not measured."""
    newest = {f: last_due(f, as_at) if overdue else newest_ended(f, as_at) for f in MONTHS}
    waits = or_(
        *(
            and_(
                col(Indicator.frequency) == frequency,
                col(Indicator.measured_from) <= period,
                or_(col(Standing.period_on).is_(None), col(Standing.period_on) < period),
                or_(
                    col(Indicator.measured_until).is_(None),
                    col(Standing.period_on).is_(None),
                    col(Standing.period_on) < col(Indicator.measured_until),
                ),
            )
            for frequency, period in newest.items()
        )
    )
    return and_(col(Indicator.stopped_on).is_(None), waits)


def due_for(session: Session, viewer: Viewer, at: datetime, as_at: date) -> Sequence[DueProject]:
    """What a person owns and has not measured, by project; `viewer` is narrowed to those who may measure."""
    viewer = viewer.narrowed(Permission.KPI_WRITE)
    if not viewer.grants:
        return []
    rows = session.execute(
        select(
            col(Project.id), col(Initiative.title), col(Initiative.number), col(Institution.name), col(Indicator.frequency),
            func.count().label("n"),
        )
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .join(Institution, col(Institution.id) == col(Initiative.institution_id))
        .join(Indicator, col(Indicator.project_id) == col(Project.id))
        .outerjoin(Standing, col(Standing.indicator_id) == col(Indicator.id))
        .where(
            col(Indicator.owner_id) == viewer.person_id, visible_to(viewer, at), _is_unmeasured(as_at, overdue=False)
        )
        .group_by(
            col(Project.id), col(Initiative.title), col(Initiative.number), col(Institution.name), col(Indicator.frequency)
        )
        .order_by(col(Project.id))
        .limit(MOST_PROJECTS)
    )  # fmt: skip
    found: dict[uuid.UUID, DueProject] = {}
    for id_, title, number, institution, frequency, n in rows:
        due = due_on(newest_ended(frequency, as_at))
        before = found.get(id_)
        count, earliest = (n, due) if before is None else (before.indicators + n, min(before.due, due))
        found[id_] = DueProject(id_, title or "", number or "", institution, count, earliest)
    return list(found.values())


def remind(session: Session, as_at: date) -> int:
    """Owe each owner one notice for each project with overdue measurements and return how many are new.

    Once for each newest overdue period: run twice, or after days of standstill, it tells nobody twice.
    """
    rows = session.execute(
        select(
            col(Indicator.owner_id),
            col(Project.id),
            col(Project.case_id),
            col(Initiative.title),
            func.count().label("n"),
        )
        .join(Project, col(Project.id) == col(Indicator.project_id))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .outerjoin(Standing, col(Standing.indicator_id) == col(Indicator.id))
        .where(col(Indicator.owner_id).is_not(None), _is_unmeasured(as_at, overdue=True))
        .group_by(col(Indicator.owner_id), col(Project.id), col(Project.case_id), col(Initiative.title))
        .order_by(col(Project.id), col(Indicator.owner_id))
    ).all()
    period = max(last_due(frequency, as_at) for frequency in MONTHS)
    told = 0
    for owner, project_id, case_id, title, n in rows:
        told += owe(
            session,
            "measurements_overdue",
            [] if owner is None else [owner],
            subject_id=case_id,
            path=f"/projects/{project_id}/indicators/measure",
            once_key=f"kpi:{project_id}:{period}",
            title=title or "",
            indicators=n,
        )
    return told
