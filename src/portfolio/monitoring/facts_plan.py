"""Dates and milestones of projects from their plans, as frames: what was approved first and last, what is expected, what came.

Where no plan was approved, the case's own dates stand in: what was promised is the only thing the project can be held to.
"""

from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.monitoring.early_warning import REPLANS
from portfolio.monitoring.portion import Portion, frame, stored, text_of
from portfolio.projects.models import Initiative, Project
from portfolio.projects.plan.models import Baseline, BaselineItem, Milestone
from portfolio.projects.terms import ProjectStage

LIVES = pl.Schema(
    {
        "project": pl.String(),
        "institution": pl.String(),
        "stage": pl.String(),
        "began_on": pl.Date(),
        "starts_on": pl.Date(),
        "ends_on": pl.Date(),
        "currency": pl.String(),
        "decided": pl.Int64(),
    }
)
"""One row a project, by its id. `decided` is what is decided now, in minor units."""

MILESTONES = pl.Schema(
    {
        "project": pl.String(),
        "milestones": pl.Int64(),
        "reached": pl.Int64(),
        "expected_finish": pl.Date(),
        "last_reached": pl.Date(),
        "milestones_due": pl.Int64(),
        "milestones_reached": pl.Int64(),
        "weight": pl.Int64(),
        "weight_due": pl.Int64(),
    }
)
"""One row a project with milestones that no plan left out. Due: approved (else promised) for a day up to the as-at date."""

APPROVED = pl.Schema({"project": pl.String(), "number": pl.Int64(), "starts_on": pl.Date(), "finish": pl.Date()})
"""One row an approved plan, first and last ones alike."""

DATES = pl.Schema(
    {
        "project": pl.String(),
        "planned_start": pl.Date(),
        "planned_finish": pl.Date(),
        "projected_finish": pl.Date(),
        "actual_finish": pl.Date(),
        "first_planned_start": pl.Date(),
        "first_planned_finish": pl.Date(),
    }
)

_OVER = (ProjectStage.OPERATING.value, ProjectStage.CLOSED.value)


def read_lives(session: Session, portion: Portion) -> pl.DataFrame:
    """`LIVES`."""
    query = (
        select(
            text_of(Project.id), text_of(Initiative.institution_id), stored(Project.stage), col(Project.began_on),
            col(Project.starts_on), col(Project.ends_on), col(Initiative.currency), col(Initiative.decided_minor),
        )
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .where(portion.holds(Project.id))
        .order_by(col(Project.id))
    )  # fmt: skip
    return frame(session, query, LIVES)


def read_approved(session: Session, portion: Portion) -> pl.DataFrame:
    """`APPROVED`, by project and number."""
    query = (
        select(
            text_of(Baseline.project_id), col(Baseline.number), func.min(col(BaselineItem.starts_on)),
            func.max(col(BaselineItem.due_on)),
        )
        .join(BaselineItem, col(BaselineItem.baseline_id) == col(Baseline.id))
        .where(portion.holds(Baseline.project_id))
        .group_by(col(Baseline.project_id), col(Baseline.number))
        .order_by(col(Baseline.project_id), col(Baseline.number))
    )  # fmt: skip
    return frame(session, query, APPROVED)


def read_milestones(session: Session, portion: Portion, as_at: date) -> pl.DataFrame:
    """`MILESTONES` as at a date: what was reached later is not reached yet."""
    return frame(session, _milestones(portion, as_at), MILESTONES)


def _milestones(portion: Portion, as_at: date) -> Select[*tuple[Any, ...]]:
    newest = (
        select(col(Baseline.project_id).label("project_id"), func.max(col(Baseline.number)).label("number"))
        .where(portion.holds(Baseline.project_id))
        .group_by(col(Baseline.project_id))
        .subquery()
    )
    item = (
        select(
            col(BaselineItem.milestone_id).label("milestone_id"), col(BaselineItem.due_on).label("due_on"),
            col(BaselineItem.weight).label("weight"),
        )
        .join(Baseline, col(Baseline.id) == col(BaselineItem.baseline_id))
        .join(newest, and_(newest.c.project_id == col(Baseline.project_id), newest.c.number == col(Baseline.number)))
        .subquery()
    )  # fmt: skip
    reached = col(Milestone.actual_on) <= as_at
    due = func.coalesce(item.c.due_on, col(Milestone.promised_on)) <= as_at
    weight = func.coalesce(item.c.weight, col(Milestone.weight), 1)
    return (
        select(
            text_of(Milestone.project_id),
            func.count(),
            func.sum(case((reached, 1), else_=0)),
            func.max(func.coalesce(col(Milestone.actual_on), col(Milestone.forecast_on))),
            func.max(case((reached, col(Milestone.actual_on)))),
            func.sum(case((due, 1), else_=0)),
            func.sum(case((and_(due, reached), 1), else_=0)),
            func.sum(weight),
            func.sum(case((due, weight), else_=0)),
        )
        .outerjoin(item, item.c.milestone_id == col(Milestone.id))
        .where(
            portion.holds(Milestone.project_id), or_(col(Milestone.left_on).is_(None), col(Milestone.left_on) > as_at)
        )
        .group_by(col(Milestone.project_id))
        .order_by(col(Milestone.project_id))
    )


def read_replans(session: Session, portion: Portion) -> pl.DataFrame:
    """`early_warning.REPLANS`: every approved plan but the first."""
    query = (
        select(text_of(Baseline.project_id), text_of(Initiative.institution_id), col(Baseline.approved_on))
        .join(Project, col(Project.id) == col(Baseline.project_id))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .where(portion.holds(Baseline.project_id), col(Baseline.number) > 1)
        .order_by(col(Baseline.project_id), col(Baseline.number))
    )
    return frame(session, query, REPLANS)


def dates_of(lives: pl.DataFrame, approved: pl.DataFrame, milestones: pl.DataFrame) -> pl.DataFrame:
    """`DATES`, one row a project of `LIVES`. Pure.

    Finished is what operates or is closed, and what reached all its milestones: on the day of the last one.
    """
    plans = approved.group_by("project", maintain_order=True).agg(
        pl.col("starts_on").first().alias("first_start"),
        pl.col("finish").first().alias("first_finish"),
        pl.col("starts_on").last().alias("start"),
        pl.col("finish").last(),
    )
    begun = pl.coalesce("starts_on", "began_on")
    is_over = pl.col("stage").is_in(_OVER) | (pl.col("milestones") == pl.col("reached"))
    return (
        lives.join(plans, on="project", how="left", maintain_order="left")
        .join(milestones, on="project", how="left", maintain_order="left")
        .select(
            "project",
            planned_start=pl.coalesce(pl.col("start"), begun),
            planned_finish=pl.coalesce("finish", "ends_on"),
            projected_finish=pl.col("expected_finish"),
            actual_finish=pl.when(is_over).then(pl.col("last_reached")),
            first_planned_start=pl.coalesce(pl.col("first_start"), begun),
            first_planned_finish=pl.coalesce("first_finish", "ends_on"),
        )
    )
