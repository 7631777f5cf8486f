"""Ratings of projects as frames: the stored ones of all periods, and what the newest computed ones say of each dimension."""

from datetime import date, timedelta

import polars as pl
from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.monitoring.health_terms import RatingKind
from portfolio.monitoring.portion import Portion, frame, stored, text_of
from portfolio.monitoring.rating_gaps import RATINGS
from portfolio.monitoring.rating_models import Rating
from portfolio.monitoring.ratings import RATED
from portfolio.projects.models import Initiative, Project

STORED = pl.Schema({**RATINGS, "ordinal": pl.Int64(), "comment_until": pl.Date()})
"""Every stored rating: several of one period and kind where one was made again."""

LOOKS_BACK = timedelta(days=400)
"""How old a computed rating may be for its dimensions to speak of the present: a year, and the days of comment."""

_RECKONED = pl.Schema(
    {
        "project": pl.String(),
        "period": pl.Date(),
        "ordinal": pl.Int64(),
        "comment_until": pl.Date(),
        "reckoned": pl.String(),
    }
)
_INSIDE = pl.Struct({name: kind for name, kind in RATED.items() if name != "project"})


def read_ratings(session: Session, portion: Portion) -> pl.DataFrame:
    """`STORED`, by project and period."""
    query = (
        select(
            text_of(Rating.project_id), text_of(Initiative.institution_id), col(Rating.period_on), stored(Rating.kind),
            col(Rating.scale), stored(Rating.level), col(Rating.ordinal), col(Rating.comment_until),
        )
        .join(Project, col(Project.id) == col(Rating.project_id))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .where(portion.holds(Rating.project_id))
        .order_by(col(Rating.project_id), col(Rating.period_on), col(Rating.kind), col(Rating.ordinal))
    )  # fmt: skip
    return frame(session, query, STORED)


def read_rated(session: Session, portion: Portion, as_at: date) -> pl.DataFrame:
    """`ratings.RATED` with `period`, `ordinal` and `comment_until`, of the computed ratings of about a year."""
    query = (
        select(
            text_of(Rating.project_id), col(Rating.period_on), col(Rating.ordinal), col(Rating.comment_until),
            cast(col(Rating.reckoned), String),
        )
        .where(
            portion.holds(Rating.project_id),
            col(Rating.kind) == RatingKind.COMPUTED,
            col(Rating.period_on) >= as_at - LOOKS_BACK,
        )
        .order_by(col(Rating.project_id), col(Rating.period_on), col(Rating.ordinal))
    )  # fmt: skip
    found = frame(session, query, _RECKONED)
    inside = pl.col("reckoned").str.json_decode(_INSIDE)
    return found.with_columns(inside).unnest("reckoned")


def open_on(ratings: pl.DataFrame, as_at: date) -> pl.DataFrame:
    """Those that everybody may see: their last day of comment is over, or they never had one. Pure."""
    return ratings.filter(pl.col("comment_until").is_null() | (pl.col("comment_until") < as_at))


def last_of_each(ratings: pl.DataFrame) -> pl.DataFrame:
    """`rating_gaps.RATINGS`: of each project, period and kind the one that was made last. Pure."""
    return ratings.unique(["project", "period", "kind"], keep="last", maintain_order=True).select(list(RATINGS))


def newest_rated(rated: pl.DataFrame) -> pl.DataFrame:
    """`ratings.RATED`: of each project the last one of its newest period. Pure."""
    return rated.unique(["project"], keep="last", maintain_order=True).select(list(RATED))
