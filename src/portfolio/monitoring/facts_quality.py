"""What the rules on data look at, from the tables: one row a project, with the columns that some room can fill.

A column that no room fills is not there, and the rules that need it say so: they are not counted as passed. The cost of the
whole is what was asked for, the approved budget and the budget what is decided for all years.
"""

from datetime import tzinfo
from typing import Any

import polars as pl
from sqlalchemy import Select, func, not_, select
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from portfolio.business_cases.models import FundingLine
from portfolio.monitoring.life_models import StageMove
from portfolio.monitoring.portion import Portion, frame, stored, text_of
from portfolio.people.models import Institution, Unit
from portfolio.projects.models import Initiative, Project
from portfolio.projects.plan.models import Baseline
from portfolio.risk.models import Risk, RiskAssessment

ABOUT = pl.Schema(
    {
        "project": pl.String(),
        "institution": pl.String(),
        "code": pl.String(),
        "title": pl.String(),
        "description": pl.String(),
        "sector": pl.String(),
        "executing_unit": pl.String(),
        "starts_on": pl.Date(),
        "ends_on": pl.Date(),
        "stage": pl.String(),
        "total_cost": pl.Int64(),
        "budget": pl.Int64(),
        "approved_budget": pl.Int64(),
        "observed_on": pl.Date(),
        "began_on": pl.Date(),
    }
)
"""What the rows of the initiative and its project say; the institution carries it out where no unit is named."""

SOURCES = pl.Schema({"project": pl.String(), "funding_sources": pl.Int64()})
"""Lines of funding in the case of the project."""

TOUCHED = pl.Schema({"project": pl.String(), "at": pl.Datetime("us", "UTC")})
"""When a record of one kind was last made for a project."""


def read_about(session: Session, portion: Portion) -> pl.DataFrame:
    """`ABOUT`, by the project's id."""
    return frame(session, _about().where(portion.holds(Project.id)), ABOUT)


def read_namesakes(session: Session, portion: Portion) -> pl.DataFrame:
    """The first three columns of `ABOUT` of projects outside the portion that have a code of one inside."""
    inside, named = aliased(Project), aliased(Initiative)
    codes = (
        select(col(named.reference))
        .join(inside, col(inside.initiative_id) == col(named.id))
        .where(portion.holds(inside.id), col(named.reference) != "")
    )
    query = (
        select(text_of(Project.id), text_of(Initiative.institution_id), col(Initiative.reference))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .where(not_(portion.holds(Project.id)), col(Initiative.reference).in_(codes))
        .order_by(col(Project.id))
    )
    return frame(session, query, pl.Schema({name: ABOUT[name] for name in ("project", "institution", "code")}))


def _about() -> Select[*tuple[Any, ...]]:
    return (
        select(
            text_of(Project.id), text_of(Initiative.institution_id), col(Initiative.reference), col(Initiative.title),
            col(Initiative.summary), col(Initiative.theme), func.coalesce(col(Unit.name), col(Institution.name)),
            col(Project.starts_on), col(Project.ends_on), stored(Project.stage), col(Initiative.requested_minor),
            col(Initiative.decided_minor), col(Initiative.decided_minor), col(Initiative.as_at), col(Project.began_on),
        )
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .join(Institution, col(Institution.id) == col(Initiative.institution_id))
        .outerjoin(Unit, col(Unit.id) == col(Initiative.unit_id))
        .order_by(col(Project.id))
    )  # fmt: skip


def read_sources(session: Session, portion: Portion) -> pl.DataFrame:
    """`SOURCES`, of projects whose case names some."""
    query = (
        select(text_of(Project.id), func.count())
        .join(FundingLine, col(FundingLine.case_id) == col(Project.case_id))
        .where(portion.holds(Project.id))
        .group_by(col(Project.id))
        .order_by(col(Project.id))
    )
    return frame(session, query, SOURCES)


def read_touched(session: Session, portion: Portion) -> list[pl.DataFrame]:
    """Frames of `TOUCHED`: approved plans, changes of stage, assessments of risks."""
    of_risks = (
        select(text_of(Risk.project_id), func.max(col(RiskAssessment.assessed_at)))
        .join(RiskAssessment, col(RiskAssessment.risk_id) == col(Risk.id))
        .where(portion.holds(Risk.project_id))
        .group_by(col(Risk.project_id))
    )
    plans = _newest(portion, Baseline.project_id, Baseline.approved_at)
    moves = _newest(portion, StageMove.project_id, StageMove.made_at)
    return [frame(session, query, TOUCHED) for query in (plans, moves, of_risks)]


def _newest(portion: Portion, project_id: Any, at: Any) -> Select[*tuple[Any, ...]]:
    return select(text_of(project_id), func.max(col(at))).where(portion.holds(project_id)).group_by(col(project_id))


def updated_on(
    about: pl.DataFrame, touched: list[pl.DataFrame], days: list[pl.DataFrame], zone: tzinfo
) -> pl.DataFrame:
    """`project` and `updated_on`: the newest of every kind of record, on the country's calendar. Pure.

    `touched` are frames of `TOUCHED`; `days` have a `project` and one column of dates.
    """
    known = [
        about.select("project", on=pl.max_horizontal("observed_on", "began_on")),
        *(one.select("project", on=pl.col("at").dt.convert_time_zone(str(zone)).dt.date()) for one in touched),
        *(one.select("project", on=pl.last()) for one in days),
    ]
    return pl.concat(known).group_by("project").agg(updated_on=pl.col("on").max())
