"""The two baselines of one project, and where it stood against them, as they were known on a past day.

Approved plans, the ledger, amounts and what was handed in carry their days. The forecast of a milestone does not: it is kept as it
is now and only the trail knows that it was another, so what a plan was expected to end on is not available for a past day, and
neither is the cost that a return expected where a newer one has taken its place.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import polars as pl
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.execution.queries import KnownOn
from portfolio.monitoring import facts_money, facts_plan
from portfolio.monitoring.life_models import StageMove
from portfolio.monitoring.money_facts import by_year, decided_by_line
from portfolio.monitoring.portion import only
from portfolio.monitoring.rating_periods import period_end
from portfolio.monitoring.told import Stated, Told, progress_until, read_told
from portfolio.monitoring.variance import BOTH_PLANS
from portfolio.packs.schema import CountryPack
from portfolio.projects.models import Project
from portfolio.projects.plan.models import Baseline, BaselineItem, Milestone
from portfolio.projects.terms import ProjectStage

OVER = (ProjectStage.OPERATING, ProjectStage.CLOSED)


def plans_then(session: Session, pack: CountryPack, project: Project, day: date) -> pl.DataFrame:
    """`variance.BOTH_PLANS` of one row; what is not known of the day is null."""
    portion, known = only(project.id), KnownOn(day, pack.zone)
    lives = facts_plan.read_lives(session, portion)
    decided = by_year(decided_by_line(session, project, day))
    ledger = facts_money.read_decided(session, pack, portion, known)
    spent = facts_money.read_spent(session, portion, lives, day, known)
    first_decided = ledger["first_decided"].to_list()
    projected, actual = _costs(read_told(session, portion), spent, ledger, day)
    plans = _approved(session, project, day)
    begun = project.starts_on or project.began_on
    first, current = (plans[0], plans[-1]) if plans else (None, None)
    row = {
        "project": lives["project"].item(),
        "planned_cost": sum(decided.values()) if decided else None,
        "projected_cost": projected,
        "actual_cost": actual,
        "planned_start": (current.starts if current else None) or begun,
        "planned_finish": current.finish if current else project.ends_on,
        "projected_finish": None,
        "actual_finish": _finished(session, pack, project, current, day),
        "first_planned_cost": first_decided[0] if first_decided else None,
        "first_planned_start": (first.starts if first else None) or begun,
        "first_planned_finish": first.finish if first else project.ends_on,
    }
    return pl.DataFrame([row], schema=BOTH_PLANS)


def _approved(session: Session, project: Project, day: date) -> list[Any]:
    """Plans approved up to the day, the first on top: `id`, `starts`, `finish`."""
    query: Select[Any, Any, Any] = (
        select(
            col(Baseline.id).label("id"),
            func.min(col(BaselineItem.starts_on)).label("starts"),
            func.max(col(BaselineItem.due_on)).label("finish"),
        )
        .join(BaselineItem, col(BaselineItem.baseline_id) == col(Baseline.id))
        .where(col(Baseline.project_id) == project.id, col(Baseline.approved_on) <= day)
        .group_by(col(Baseline.id), col(Baseline.number))
        .order_by(col(Baseline.number))
    )
    return list(session.execute(query))


def _finished(session: Session, pack: CountryPack, project: Project, current: Any, day: date) -> date | None:
    """The day of the last milestone of the plan of then, if all were reached by the day or the project was over."""
    if current is None:
        return None
    reached = session.scalars(
        select(col(Milestone.actual_on))
        .join(BaselineItem, col(BaselineItem.milestone_id) == col(Milestone.id))
        .where(col(BaselineItem.baseline_id) == current.id)
    ).all()
    come = [on for on in reached if on is not None and on <= day]
    if not come or (len(come) < len(reached) and _stage_then(session, pack, project, day) not in OVER):
        return None
    return max(come)


def _stage_then(session: Session, pack: CountryPack, project: Project, day: date) -> ProjectStage | None:
    """The stage that the last move up to the day led to; nothing where no move is on record by then."""
    after = datetime.combine(day + timedelta(days=1), time(), pack.zone).astimezone(UTC)
    return session.scalar(
        select(col(StageMove.after))
        .where(col(StageMove.project_id) == project.id, col(StageMove.made_at) < after)
        .order_by(col(StageMove.made_at).desc(), col(StageMove.id).desc())
        .limit(1)
    )


def _costs(told: Told, spent: pl.DataFrame, ledger: pl.DataFrame, day: date) -> tuple[int | None, int | None]:
    """The projected and the actual cost as known then.

    What the newest return expects counts if it was handed in by then; if only an earlier one was, its figure is not kept apart,
    and nothing takes its place.
    """
    handed = told.returns.filter(pl.col("submitted_on") <= day)["period"].to_list()
    newest = told.progress["period"].to_list()
    is_newest = bool(handed and newest and newest[0] <= max(handed))
    found = facts_money.at_the_end(spent, told.progress if is_newest else told.progress.clear(), ledger)
    if found.is_empty():
        return None, None
    projected = None if handed and not is_newest else found["projected_cost"].item()
    return projected, found["actual_cost"].item()


def stated_then(session: Session, project: Project, day: date) -> Stated | None:
    """The newest physical progress of the periods handed in by a day."""
    handed = read_told(session, only(project.id)).returns.filter(pl.col("submitted_on") <= day)["period"].to_list()
    return progress_until(session, project.id, min(day, period_end(max(handed)))) if handed else None
