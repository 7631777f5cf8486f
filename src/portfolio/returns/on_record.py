"""What the record knows of what a return declares: the financial system, the milestones, the computed rating, the return before."""

from dataclasses import dataclass
from datetime import date

import polars as pl
from sqlalchemy.orm import Session

from portfolio.monitoring.health_terms import RatingKind
from portfolio.monitoring.money_facts import money_facts, reported_until, total
from portfolio.monitoring.rating_making import today_of
from portfolio.monitoring.rating_models import Rating
from portfolio.monitoring.rating_periods import period_end
from portfolio.monitoring.rating_queries import ratings_of
from portfolio.packs.schema import CountryPack
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Project
from portfolio.projects.plan.queries import read_plan
from portfolio.projects.plan.rules import progress
from portfolio.returns.doubts import Doubted, Known, Said, doubts
from portfolio.returns.models import ProgressReturn
from portfolio.returns.queries import period_before


@dataclass(frozen=True, slots=True)
class Paid:
    """Minor units that the financial system says are paid up to the end of a period; `until` is the last month with a figure."""

    minor: int | None
    until: date | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What the milestones say today: basis points of the work, and the last expected day."""

    physical_bp: int | None
    finish: date | None


def said_by(row: ProgressReturn | None) -> Said:
    if row is None:
        return Said()
    return Said(row.physical_bp, row.paid_minor, row.forecast_finish, row.forecast_cost_minor)


def paid_on_record(session: Session, pack: CountryPack, project: Project, row: ProgressReturn) -> Paid:
    """In the currency of the return; nothing where the project's is another."""
    facts, end = money_facts(session, pack, project), period_end(row.period_on)
    if facts.currency != row.currency:
        return Paid(None, None)
    months = facts.months.filter(pl.col("month") <= end)
    if "paid" not in months.columns:
        return Paid(None, None)
    return Paid(total(months, "paid"), reported_until(months, end))


def plan_on_record(session: Session, project: Project) -> Plan:
    plan = read_plan(session, project.id)
    done = progress(plan.items.values())
    expected = [day for day in plan.expected.values() if day is not None]
    return Plan(None if done is None else int(done * 10_000), max(expected, default=None))


def computed_rating(
    session: Session, viewer: Viewer, pack: CountryPack, project: Project, row: ProgressReturn
) -> Rating | None:
    """The computed rating of the period that this person may see. `viewer` is the whole viewer."""
    found = ratings_of(session, viewer, project, today_of(session, pack))
    kinds = [rating for rating in found if rating.kind is RatingKind.COMPUTED and rating.period_on == row.period_on]
    return kinds[0] if kinds else None


def doubts_of(session: Session, pack: CountryPack, project: Project, row: ProgressReturn) -> list[Doubted]:
    """What is unusual of a return as it is now, confirmed or not."""
    known = Known(
        currency=row.currency,
        period_end=period_end(row.period_on),
        before=said_by(period_before(session, row)),
        paid_on_record=paid_on_record(session, pack, project, row).minor,
    )
    return doubts(said_by(row), known)
