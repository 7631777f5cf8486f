"""The health of the portfolio in a viewer's scope, from the newest facts that the clock keeps of each project.

A rating in comment, and what rests on it, counts only for those who see it (`rating_queries`).
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.monitoring.effects import ENDED
from portfolio.monitoring.health_terms import Flag
from portfolio.monitoring.rating_models import ProjectHealth
from portfolio.monitoring.rating_queries import in_comment_shown
from portfolio.monitoring.ratios import WHOLE, whole
from portfolio.people.models import Institution
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.projects.terms import ProjectStage
from portfolio.projects.visibility import visible_to

PAGE = 50


@dataclass(frozen=True, slots=True)
class HealthAsked:
    """Nothing set means every living project of the scope. `after`: the signs and the id of the last row of a page."""

    institution_id: uuid.UUID | None = None
    stage: ProjectStage | None = None
    flag: Flag | None = None
    after: tuple[int, uuid.UUID] | None = None


@dataclass(frozen=True, slots=True)
class BodyHealth:
    """One institution, or all: counts, and sums of basis points. `compared`: ratings that could be compared."""

    institution_id: uuid.UUID | None
    institution: str
    projects: int
    rated: int
    compared: int
    gap_total: int
    optimistic: int
    checked: int
    passed: int
    errors: int
    stalest: int | None
    with_signs: int
    in_comment: int

    @property
    def gap_index_bp(self) -> int | None:
        """The mean gap as a share of the range, as `rating_gaps.gap_index` gives it."""
        return whole(Fraction(self.gap_total, self.compared)) if self.compared else None

    @property
    def optimistic_bp(self) -> int | None:
        return whole(Fraction(self.optimistic * WHOLE, self.compared)) if self.compared else None

    @property
    def quality_bp(self) -> int | None:
        return whole(Fraction(self.passed * WHOLE, self.checked)) if self.checked else None


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """One project with what this viewer may see of its facts."""

    project_id: uuid.UUID
    number: str
    title: str
    institution: str
    stage: ProjectStage
    declared: str | None
    computed: str | None
    independent: str | None
    gap_bp: int | None
    is_in_comment: bool
    checked: int
    passed: int
    stale_days: int | None
    signs: int
    flags: Sequence[dict[str, Any]]


def bodies(session: Session, viewer: Viewer, at: datetime, today: date, asked: HealthAsked) -> list[BodyHealth]:
    """By institution, in reading order; `viewer` is the whole viewer of a reading page."""
    seen = _Seen(viewer, today)
    rows = session.execute(
        _scoped(viewer, at, asked, seen, col(Institution.id), col(Institution.name), *seen.sums())
        .group_by(col(Institution.id), col(Institution.name), col(Institution.sort_key))
        .order_by(col(Institution.sort_key), col(Institution.id))
    ).all()
    return [_body(*row) for row in rows]


SUMMED = ("projects", "rated", "compared", "gap_total", "optimistic", "checked", "passed", "errors", "with_signs")


def _body(institution_id: uuid.UUID, institution: str, *figures: Any) -> BodyHealth:
    """Figures in the order of `_Seen.sums`. Sums come as decimals from one of the databases, of nothing as nothing."""
    named = dict(zip((*SUMMED, "in_comment"), (int(one or 0) for one in figures[:-1]), strict=True))
    return BodyHealth(institution_id, institution, stalest=figures[-1], **named)


def everything(found: Sequence[BodyHealth]) -> BodyHealth:
    """All institutions together."""
    stalest = [one.stalest for one in found if one.stalest is not None]
    totals = {name: sum(getattr(one, name) for one in found) for name in (*SUMMED, "in_comment")}
    return BodyHealth(None, "", stalest=max(stalest, default=None), **totals)


def lines(session: Session, viewer: Viewer, at: datetime, today: date, asked: HealthAsked) -> list[ProjectLine]:
    """Projects with most signs first, at most one more than `PAGE`: the one too many says that there are more."""
    seen = _Seen(viewer, today)
    query = _scoped(
        viewer, at, asked, seen, col(Project.id), col(Initiative.reference), col(Initiative.title),
        col(Institution.name), col(Project.stage), col(ProjectHealth.declared), seen.computed,
        col(ProjectHealth.independent), seen.gap, case((seen.comments_run, 1), else_=0),
        col(ProjectHealth.rules_checked), col(ProjectHealth.rules_passed), col(ProjectHealth.stale_days), seen.signs,
        seen.knows, col(ProjectHealth.flags), col(ProjectHealth.open_flags),
    )  # fmt: skip
    if asked.after is not None:
        signs, last = asked.after
        query = query.where(or_(seen.signs < signs, and_(seen.signs == signs, col(Project.id) > last)))
    rows = session.execute(query.order_by(seen.signs.desc(), col(Project.id)).limit(PAGE + 1)).all()
    return [
        ProjectLine(
            row[0], row[1], row[2] or "", row[3], row[4], row[5], row[6], row[7], row[8], bool(row[9]), row[10],
            row[11], row[12], row[13], row[15] if row[14] else row[16],
        )
        for row in rows
    ]  # fmt: skip


def health_row(session: Session, project_id: uuid.UUID) -> ProjectHealth | None:
    return session.get(ProjectHealth, project_id)


class _Seen:
    """The columns as this viewer may see them."""

    def __init__(self, viewer: Viewer, today: date) -> None:
        until: Any = col(ProjectHealth.comment_until)
        knows = in_comment_shown(viewer, today, until)
        self.today = today
        self.knows: Any = case((knows, 1), else_=0)
        self.comments_run = and_(knows, until >= today)
        self.computed: Any = case((knows, col(ProjectHealth.computed)), else_=col(ProjectHealth.open_computed))
        self.gap: Any = case((knows, col(ProjectHealth.gap_bp)), else_=col(ProjectHealth.open_gap_bp))
        self.signs: Any = case((knows, col(ProjectHealth.signs)), else_=col(ProjectHealth.open_signs))
        self._knows = knows

    def has(self, flag: Flag) -> ColumnElement[bool]:
        """Whether a flag is among those that this viewer may see."""
        named = f'%"{flag.value}"%'
        return or_(
            and_(self._knows, cast(col(ProjectHealth.flags), String).like(named)),
            cast(col(ProjectHealth.open_flags), String).like(named),
        )

    def sums(self) -> tuple[Any, ...]:
        """The figures of `BodyHealth`: `SUMMED`, those in comment, the oldest data."""
        return (
            func.count(),
            func.count(self.computed),
            func.count(self.gap),
            func.sum(self.gap),
            func.sum(case((self.gap > 0, 1), else_=0)),
            func.sum(col(ProjectHealth.rules_checked)),
            func.sum(col(ProjectHealth.rules_passed)),
            func.sum(col(ProjectHealth.errors)),
            func.sum(case((self.signs > 0, 1), else_=0)),
            func.sum(case((self.comments_run, 1), else_=0)),
            func.max(col(ProjectHealth.stale_days)),
        )


def _scoped(viewer: Viewer, at: datetime, asked: HealthAsked, seen: _Seen, *columns: Any) -> Select[*tuple[Any, ...]]:
    query = (
        select(*columns)
        .select_from(ProjectHealth)
        .join(Project, col(Project.id) == col(ProjectHealth.project_id))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .join(Institution, col(Institution.id) == col(Initiative.institution_id))
        .where(visible_to(viewer, at), col(Project.stage).not_in(ENDED))
    )
    if asked.institution_id is not None:
        query = query.where(col(Institution.id) == asked.institution_id)
    if asked.stage is not None:
        query = query.where(col(Project.stage) == asked.stage)
    if asked.flag is not None:
        query = query.where(seen.has(asked.flag))
    return query
