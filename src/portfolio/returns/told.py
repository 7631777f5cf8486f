"""What returns say, as frames for the rules of monitoring: declared ratings, when each was handed in, narratives, progress."""

import uuid
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import ColumnElement, Select, exists, literal, select
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from portfolio.labels import label
from portfolio.monitoring.early_warning import NARRATIVES
from portfolio.monitoring.early_warning import RETURNS as HANDED
from portfolio.monitoring.health_terms import Dimension, RatingKind
from portfolio.monitoring.portion import Portion, frame, only, stored, text_of
from portfolio.monitoring.rating_gaps import RATINGS
from portfolio.monitoring.rating_periods import period_end
from portfolio.monitoring.told import PROGRESS, Declared, Told, register_declared, register_progress, register_told
from portfolio.people.queries import names
from portfolio.projects.models import Initiative, Project
from portfolio.returns.models import ProgressReturn as Row
from portfolio.returns.queries import moves_of
from portfolio.returns.terms import ReturnState

COUNTING = (ReturnState.SUBMITTED, ReturnState.VERIFIED, ReturnState.PUBLISHED)
"""What the sponsor signed counts as said; a return that was sent back does not."""

BY_PERIOD = pl.Schema({"project": pl.String(), "period": pl.Date(), "physical_bp": pl.Int64()})
"""One row a signed return: the first day of its period, and the work done in basis points."""


def told_of(session: Session, portion: Portion) -> Told:
    """Five statements, however many projects."""
    progress = frame(session, _newest(portion), PROGRESS)
    return Told(
        frame(session, _declared(portion), RATINGS),
        frame(session, _handed(portion), HANDED),
        frame(session, _narratives(portion), NARRATIVES),
        progress.unique(["project"], keep="last", maintain_order=True),
        progress_frame(session, portion),
    )


def stated_until(session: Session, project_id: uuid.UUID, as_at: date) -> tuple[date, int] | None:
    """The physical progress of the newest signed return whose period was over on that day."""
    rows = progress_frame(session, only(project_id)).rows()
    over = [(period, share) for _project, period, share in rows if period_end(period) <= as_at]
    return over[-1] if over else None


def progress_frame(session: Session, portion: Portion) -> pl.DataFrame:
    """`BY_PERIOD`, by project and period: earned value is reckoned from it."""
    query = (
        select(text_of(Row.project_id), col(Row.period_on), col(Row.physical_bp))
        .where(portion.holds(Row.project_id), col(Row.state).in_(COUNTING), col(Row.physical_bp).is_not(None))
        .order_by(col(Row.project_id), col(Row.period_on), col(Row.edition))
    )
    return frame(session, query, BY_PERIOD).unique(["project", "period"], keep="last", maintain_order=True)


def _of(portion: Portion, *columns: Any) -> Select[*tuple[Any, ...]]:
    """These columns, after project and institution; the last signed edition of each period is the one that counts."""
    return (
        select(text_of(Row.project_id), text_of(Initiative.institution_id), *columns)
        .join(Project, col(Project.id) == col(Row.project_id))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .where(portion.holds(Row.project_id))
        .order_by(col(Row.project_id), col(Row.period_on), col(Row.edition))
    )


def _declared(portion: Portion) -> Select[*tuple[Any, ...]]:
    query = _of(portion, col(Row.period_on), literal(RatingKind.DECLARED.value), col(Row.scale), stored(Row.level))
    return query.where(col(Row.state).in_(COUNTING), col(Row.level).is_not(None), _is_last())


def _handed(portion: Portion) -> Select[*tuple[Any, ...]]:
    query = _of(portion, col(Row.period_on), col(Row.due_on), col(Row.submitted_on))
    return query.where(col(Row.edition) == 1)


def _narratives(portion: Portion) -> Select[*tuple[Any, ...]]:
    query = _of(portion, col(Row.period_on), col(Row.done))
    return query.where(col(Row.state).in_(COUNTING), _is_last())


def _newest(portion: Portion) -> Select[*tuple[Any, ...]]:
    """In the order of periods: the last row of a project is its newest return."""
    return (
        select(text_of(Row.project_id), col(Row.period_on), col(Row.physical_bp), col(Row.forecast_cost_minor))
        .where(portion.holds(Row.project_id), col(Row.state).in_(COUNTING))
        .order_by(col(Row.project_id), col(Row.period_on), col(Row.edition))
    )


def describe(session: Session, project_id: uuid.UUID, period: date) -> Declared | None:
    """What stands behind the declared rating of a period: who signed, when, and what it rests on."""
    row = session.scalar(
        select(Row)
        .where(col(Row.project_id) == project_id, col(Row.period_on) == period, col(Row.state).in_(COUNTING))
        .order_by(col(Row.edition).desc())
        .limit(1)
    )
    if row is None:
        return None
    signed = [move for move in moves_of(session, row.id) if move.move == "sign"]
    signer = signed[-1].made_by_id if signed else None
    return Declared(
        who=names(session, [signer]).get(signer, "") if signer else "",
        on=row.submitted_on,
        evidence=[
            (label(dimension), text)
            for dimension, text in (
                (Dimension.COST, row.evidence_cost),
                (Dimension.SCHEDULE, row.evidence_schedule),
                (Dimension.INDICATORS, row.evidence_results),
            )
        ],
        route="returns.return",
        parameter="return_id",
        return_id=row.id,
    )


def _is_last() -> ColumnElement[bool]:
    later = aliased(Row)
    return ~exists().where(
        col(later.project_id) == col(Row.project_id),
        col(later.period_on) == col(Row.period_on),
        col(later.edition) > col(Row.edition),
        col(later.state).in_(COUNTING),
    )


register_told(told_of)
register_declared(describe)
register_progress(stated_until)
