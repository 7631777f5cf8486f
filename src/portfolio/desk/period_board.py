"""The board of a period for the bodies that oversee: returns, ratings in comment, where projects stand, what comes next."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.execution.models import ExecutionEntry
from portfolio.execution.queries import counts
from portfolio.execution.terms import Flow
from portfolio.monitoring.effects import ENDED
from portfolio.monitoring.health_terms import RatingKind
from portfolio.monitoring.rating_models import Rating
from portfolio.monitoring.rating_queries import in_comment_shown
from portfolio.people.models import Institution
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Milestone, Project, ProjectStanding
from portfolio.projects.plan.models import Baseline, BaselineItem
from portfolio.projects.terms import ProjectStage, Standing
from portfolio.projects.visibility import visible_to
from portfolio.returns.models import ProgressReturn
from portfolio.returns.terms import ReturnState

NEXT_DAYS = 30
"""Days in which a milestone is due «next»."""
MOST = 25
"""Rows of a list; the rest is counted."""
PERIODS = 8

SIGNED = (ReturnState.SUBMITTED, ReturnState.VERIFIED, ReturnState.PUBLISHED)


@dataclass(frozen=True, slots=True)
class PeriodReturns:
    """Returns of one period by where they stand, each in one of `handed_in`, `sent_back`, `overdue` or still to come.

    `handed_in`: signed, and not sent back since; `handed_late`: of these, after their day. `overdue`: never signed though the day is
    over; the tile and the list of overdue returns count the same. `sent_back`: signed once, and open again.
    """

    period: date
    due_on: date
    asked: int
    handed_in: int
    handed_late: int
    overdue: int
    sent_back: int
    verified: int
    published: int

    @property
    def late(self) -> int:
        """Late so far: handed in after the day, or not yet though it is over."""
        return self.handed_late + self.overdue


@dataclass(frozen=True, slots=True)
class PeriodMoney:
    """Planned and paid in the months of a period, in minor units of one currency."""

    currency: str
    planned: int | None
    paid: int | None


@dataclass(frozen=True, slots=True)
class StageCount:
    """How many projects of a stage are on course, at risk, suspended."""

    stage: ProjectStage
    by_standing: dict[Standing, int]

    @property
    def total(self) -> int:
        return sum(self.by_standing.values())


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of a list: a project, and the day that it is about."""

    key: uuid.UUID
    project_id: uuid.UUID
    number: str
    title: str
    institution: str
    what: str
    on: date


def returns_by_period(session: Session, viewer: Viewer, at: datetime, today: date) -> list[PeriodReturns]:
    """The newest period first. A correction counts with what it corrects."""
    is_handed = col(ProgressReturn.state).in_(SIGNED)
    rows = session.execute(
        _in_scope(
            viewer,
            at,
            ProgressReturn,
            col(ProgressReturn.period_on),
            func.max(col(ProgressReturn.due_on)),
            func.count(),
            _many(is_handed),
            _many(and_(is_handed, col(ProgressReturn.submitted_on) > col(ProgressReturn.due_on))),
            _many(_is_overdue(today)),
            _many(and_(col(ProgressReturn.submitted_on).is_not(None), ~is_handed)),
            _many(col(ProgressReturn.state).in_((ReturnState.VERIFIED, ReturnState.PUBLISHED))),
            _many(col(ProgressReturn.state) == ReturnState.PUBLISHED),
        )
        .where(col(ProgressReturn.edition) == 1)
        .group_by(col(ProgressReturn.period_on))
        .order_by(col(ProgressReturn.period_on).desc())
        .limit(PERIODS)
    ).all()
    return [PeriodReturns(row[0], row[1], *(int(value) for value in row[2:])) for row in rows]


def _is_overdue(today: date) -> Any:
    """Never handed in though its day is over."""
    return and_(
        col(ProgressReturn.submitted_on).is_(None),
        col(ProgressReturn.due_on) < today,
        col(ProgressReturn.state).not_in(SIGNED),
    )


def late_returns(session: Session, viewer: Viewer, at: datetime, today: date) -> tuple[Sequence[Listed], int]:
    """Returns that are not handed in though their day is over, the longest overdue first; and how many there are."""
    overdue = and_(_is_overdue(today), col(ProgressReturn.edition) == 1)
    return _listed(session, viewer, at, ProgressReturn, overdue, col(ProgressReturn.due_on), None)


def next_milestones(session: Session, viewer: Viewer, at: datetime, today: date) -> tuple[Sequence[Listed], int]:
    """Milestones that are expected in the next days, the nearest first; and how many there are."""
    due = and_(
        col(Milestone.actual_on).is_(None),
        col(Milestone.left_on).is_(None),
        col(Milestone.forecast_on).between(today, today + timedelta(days=NEXT_DAYS)),
        col(Project.stage).not_in(ENDED),
    )
    return _listed(session, viewer, at, Milestone, due, col(Milestone.forecast_on), col(Milestone.title))


def overdue_milestones(session: Session, viewer: Viewer, at: datetime, today: date) -> tuple[Sequence[Listed], int]:
    """Milestones whose day in the plan in force (else as promised, else as expected) is over and that are not reached."""
    newest = (
        select(func.max(col(Baseline.number)))
        .where(col(Baseline.project_id) == col(Milestone.project_id))
        .correlate(Milestone)
        .scalar_subquery()
    )
    approved = (
        select(col(BaselineItem.due_on))
        .join(Baseline, col(Baseline.id) == col(BaselineItem.baseline_id))
        .where(col(BaselineItem.milestone_id) == col(Milestone.id), col(Baseline.number) == newest)
        .correlate(Milestone)
        .scalar_subquery()
    )
    day = func.coalesce(approved, col(Milestone.promised_on), col(Milestone.forecast_on))
    overdue = and_(
        col(Milestone.actual_on).is_(None),
        col(Milestone.left_on).is_(None),
        col(Project.stage).not_in(ENDED),
        day < today,
    )
    return _listed(session, viewer, at, Milestone, overdue, day, col(Milestone.title))


def money_of(session: Session, viewer: Viewer, at: datetime, first: date, last: date) -> list[PeriodMoney]:
    """What was planned and paid in the months of a period, by currency; what nobody reported is nothing, not zero."""
    flow = col(ExecutionEntry.flow)
    rows = session.execute(
        _in_scope(
            viewer,
            at,
            ExecutionEntry,
            col(ExecutionEntry.currency),
            *(func.sum(case((flow == one, col(ExecutionEntry.amount_minor)))) for one in (Flow.PLANNED, Flow.PAID)),
        )
        .where(
            counts(),
            col(ExecutionEntry.month).between(first, last),
            flow.in_((Flow.PLANNED, Flow.PAID)),
        )
        .group_by(col(ExecutionEntry.currency))
        .order_by(col(ExecutionEntry.currency))
    ).all()
    return [PeriodMoney(row[0], *(None if minor is None else int(minor) for minor in row[1:])) for row in rows]


def ratings_in_comment(session: Session, viewer: Viewer, at: datetime, today: date) -> tuple[Sequence[Listed], int]:
    """Computed ratings in comment that this person may see, the one that ends first on top; and how many there are."""
    until: Any = col(Rating.comment_until)
    running = and_(col(Rating.kind) == RatingKind.COMPUTED, until >= today, in_comment_shown(viewer, today, until))
    return _listed(session, viewer, at, Rating, running, until, None)


def stages(session: Session, viewer: Viewer, at: datetime) -> list[StageCount]:
    """Every stage with projects, in the order of the road."""
    newest = (
        select(col(ProjectStanding.standing))
        .where(col(ProjectStanding.project_id) == col(Project.id))
        .order_by(col(ProjectStanding.set_at).desc(), col(ProjectStanding.id).desc())
        .limit(1)
        .correlate(Project)
        .scalar_subquery()
    )
    rows = session.execute(
        select(col(Project.stage), newest, func.count())
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .where(visible_to(viewer, at))
        .group_by(col(Project.stage), newest)
    ).all()
    found: dict[ProjectStage, dict[Standing, int]] = {}
    for stage, standing, count in rows:
        known = Standing.ON_COURSE if standing is None else Standing(standing)
        counts = found.setdefault(stage, {})
        counts[known] = counts.get(known, 0) + count
    return [StageCount(stage, found[stage]) for stage in ProjectStage if stage in found]


def _in_scope(viewer: Viewer, at: datetime, model: Any, *columns: Any) -> Select[*tuple[Any, ...]]:
    """Rows of a table with a project, with project, initiative and institution, of what the viewer may find."""
    return (
        select(*columns)
        .select_from(model)
        .join(Project, col(Project.id) == col(model.project_id))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .join(Institution, col(Institution.id) == col(Initiative.institution_id))
        .where(visible_to(viewer, at))
    )


def _listed(
    session: Session, viewer: Viewer, at: datetime, model: Any, condition: Any, day: Any, what: Any
) -> tuple[Sequence[Listed], int]:
    total = session.scalar(_in_scope(viewer, at, model, func.count()).where(condition)) or 0
    named = col(Initiative.title) if what is None else what
    rows = session.execute(
        _in_scope(
            viewer, at, model, col(model.id), col(Project.id), col(Initiative.reference), col(Initiative.title),
            col(Institution.name), named, day,
        )
        .where(condition)
        .order_by(day, col(model.id))
        .limit(MOST)
    ).all()  # fmt: skip
    return [Listed(row[0], row[1], row[2], row[3] or "", row[4], row[5] or "", row[6]) for row in rows], total


def _many(condition: Any) -> Any:
    """How many rows meet it, alike on both databases."""
    return func.sum(case((condition, 1), else_=0))
