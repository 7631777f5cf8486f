"""The board of a period for the bodies that oversee: returns, ratings in comment, where projects stand, what comes next."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.monitoring.effects import ENDED
from portfolio.monitoring.health_terms import RatingKind
from portfolio.monitoring.rating_models import Rating
from portfolio.monitoring.rating_queries import in_comment_shown
from portfolio.people.models import Institution
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Milestone, Project, ProjectStanding
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
    """Returns of one period by where they stand. `late`: handed in after their day, or not yet though it is over."""

    period: date
    due_on: date
    asked: int
    handed_in: int
    late: int
    sent_back: int
    verified: int
    published: int


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
    is_handed = col(ProgressReturn.submitted_on).is_not(None)
    rows = session.execute(
        _in_scope(
            viewer,
            at,
            ProgressReturn,
            col(ProgressReturn.period_on),
            func.max(col(ProgressReturn.due_on)),
            func.count(),
            _many(is_handed),
            _many(_is_late(today)),
            _many(col(ProgressReturn.state) == ReturnState.RETURNED),
            _many(col(ProgressReturn.state).in_((ReturnState.VERIFIED, ReturnState.PUBLISHED))),
            _many(col(ProgressReturn.state) == ReturnState.PUBLISHED),
        )
        .where(col(ProgressReturn.edition) == 1)
        .group_by(col(ProgressReturn.period_on))
        .order_by(col(ProgressReturn.period_on).desc())
        .limit(PERIODS)
    ).all()
    return [PeriodReturns(row[0], row[1], *(int(value) for value in row[2:])) for row in rows]


def _is_late(today: date) -> Any:
    handed = col(ProgressReturn.submitted_on)
    return or_(handed > col(ProgressReturn.due_on), and_(handed.is_(None), col(ProgressReturn.due_on) < today))


def late_returns(session: Session, viewer: Viewer, at: datetime, today: date) -> tuple[Sequence[Listed], int]:
    """Returns that are not handed in though their day is over, the longest overdue first; and how many there are."""
    overdue = and_(
        col(ProgressReturn.submitted_on).is_(None),
        col(ProgressReturn.due_on) < today,
        col(ProgressReturn.edition) == 1,
        col(ProgressReturn.state) != ReturnState.PUBLISHED,
    )
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
