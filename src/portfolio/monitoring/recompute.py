"""The newest facts of every project are reckoned again and kept for lists: data quality, gaps, early signs.

Portion by portion, each read in one look and written in one transaction: nobody waits, and no portfolio is too large.
"""

import uuid
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from portfolio.db.clock import now
from portfolio.db.engine import Database
from portfolio.monitoring import early_warning, facts_plan, facts_ratings, rating_gaps
from portfolio.monitoring.facts import check_portion, rating_facts, read_facts
from portfolio.monitoring.health_terms import RatingKind
from portfolio.monitoring.portion import SIZE, Portion, only, portions
from portfolio.monitoring.rating_formula import scale_on
from portfolio.monitoring.rating_models import ProjectHealth
from portfolio.monitoring.ratings import computed_ratings
from portfolio.packs.schema import CountryPack

HEALTH = pl.Schema(
    {
        "project": pl.String(),
        "rules_checked": pl.Int64(),
        "rules_passed": pl.Int64(),
        "errors": pl.Int64(),
        "warnings": pl.Int64(),
        "stale_days": pl.Int64(),
        "failed": pl.String(),
        "coverage": pl.Int64(),
        "declared": pl.String(),
        "computed": pl.String(),
        "independent": pl.String(),
        "gap_bp": pl.Int64(),
        "comment_until": pl.Date(),
        "flags": pl.List(pl.Struct(rating_gaps.FLAGS)),
        "signs": pl.Int64(),
        "open_computed": pl.String(),
        "open_gap_bp": pl.Int64(),
        "open_flags": pl.List(pl.Struct(rating_gaps.FLAGS)),
        "open_signs": pl.Int64(),
        "declared_on": pl.Date(),
        "computed_on": pl.Date(),
        "open_computed_on": pl.Date(),
    }
)
"""One row a project: what `ProjectHealth` keeps of it."""


def recompute_all(database: Database, pack: CountryPack, size: int = SIZE, as_at: date | None = None) -> int:
    """Make `project_health` again, as at today or another day; how many projects. Safe to do twice, and while people work."""
    with database.reading() as session:
        found, day = list(portions(session, size)), as_at or now(session).astimezone(pack.zone).date()
    return sum(recompute(database, pack, portion, day) for portion in found)


def recompute(database: Database, pack: CountryPack, portion: Portion, as_at: date) -> int:
    """One portion: read in one session, written in another."""
    with database.reading() as session:
        rows = health_of(session, pack, portion, as_at)
    stored = [_stored(row, as_at) for row in rows.iter_rows(named=True)]
    with database.writing() as session:
        write(session, portion, stored)
    return len(stored)


def refresh(session: Session, pack: CountryPack, project_id: uuid.UUID) -> None:
    """One project, now and in the caller's transaction: what was just handed in or filed contradicts no row that is kept of it."""
    today, mine = now(session).astimezone(pack.zone).date(), only(project_id)
    write(session, mine, [_stored(row, today) for row in health_of(session, pack, mine, today).iter_rows(named=True)])


def write(session: Session, portion: Portion, rows: list[dict[str, Any]]) -> None:
    """The rows of the portion's projects, in place of those that were there."""
    connection, table = session.connection(), ProjectHealth.__table__  # type: ignore[attr-defined]
    connection.execute(delete(table).where(portion.holds(table.c.project_id)))
    if rows:
        connection.execute(insert(table), rows)


def health_of(session: Session, pack: CountryPack, portion: Portion, as_at: date) -> pl.DataFrame:
    """`HEALTH` of a portion as at a date, from the tables."""
    read = read_facts(session, pack, portion, as_at)
    checked = check_portion(session, pack, portion, read)
    now_rated = computed_ratings(rating_facts(read, checked.summary), scale_on(as_at))
    told = read.told
    ratings = facts_ratings.read_ratings(session, portion)
    rated = facts_ratings.read_rated(session, portion, as_at)
    outside = pl.concat(
        [
            rating_gaps.never_moves(told.declared),
            early_warning.late_returns(told.returns, as_at),
            early_warning.missing_returns(told.returns, as_at),
            early_warning.replanned(facts_plan.read_replans(session, portion), as_at),
            early_warning.unchanged_narratives(told.narratives),
        ]
    )
    everything = judged(told.declared, ratings, rated, outside)
    in_sight = judged(
        told.declared, facts_ratings.open_on(ratings, as_at), facts_ratings.open_on(rated, as_at), outside
    ).select("project", *(pl.col(name).alias(f"open_{name}") for name in IN_COMMENT))
    failed = checked.findings.group_by("project").agg(failed=pl.col("rule").sort().str.join(" "))
    found = checked.summary
    for more in (failed, now_rated.select("project", "coverage"), last_comment(ratings), everything, in_sight):
        found = found.join(more, on="project", how="left", maintain_order="left")
    return found.with_columns(
        pl.col("failed").fill_null(""), *(pl.col(name).fill_null(0) for name in ("signs", "open_signs", "coverage"))
    ).select(list(HEALTH))


IN_COMMENT = ("computed", "computed_on", "gap_bp", "flags", "signs")
"""What is kept twice: with the ratings in comment, and without."""


def judged(declared: pl.DataFrame, ratings: pl.DataFrame, rated: pl.DataFrame, outside: pl.DataFrame) -> pl.DataFrame:
    """What ratings say of each project that has some or a sign: levels, gap, flags, how many signs. Pure.

    `ratings` and `rated` (`facts_ratings`) are the computed and independent ones that count; `outside` are flags that rest
    on no rating. The gap is that of the newest period for which a rating was declared.
    """
    rows = pl.concat([declared, facts_ratings.last_of_each(ratings)])
    newest_gaps = rating_gaps.gaps(rows).unique(["project"], keep="last", maintain_order=True)
    newest = declared.sort("project", "period").unique(["project"], keep="last", maintain_order=True)
    flags = pl.concat(
        [
            outside,
            rating_gaps.contradictions(newest_gaps),
            early_warning.rated_above_evidence(
                newest.select("project", "institution", "scale", "level"), facts_ratings.newest_rated(rated)
            ),
        ]
    )
    levels = _levels(rows)
    told = flags.group_by("project", maintain_order=True).agg(flags=pl.struct(list(rating_gaps.FLAGS)))
    counted = early_warning.signs(flags).select("project", "signs")
    return (
        pl.concat([levels.select("project"), flags.select("project")])
        .unique(maintain_order=True)
        .join(levels, on="project", how="left", maintain_order="left")
        .join(newest_gaps.select("project", gap_bp="gap_computed_bp"), on="project", how="left", maintain_order="left")
        .join(told, on="project", how="left", maintain_order="left")
        .join(counted, on="project", how="left", maintain_order="left")
    )


def _levels(rows: pl.DataFrame) -> pl.DataFrame:
    """`project` and the newest level of each kind of rating; `declared_on` and `computed_on`: the first day of its period."""
    newest = rows.sort("project", "period").unique(["project", "kind"], keep="last", maintain_order=True)
    found = rows.select("project").unique(maintain_order=True)
    for kind in RatingKind:
        mine = newest.filter(pl.col("kind") == kind.value).select(
            "project", pl.col("level").alias(kind.value), *_periods(kind)
        )
        found = found.join(mine, on="project", how="left", maintain_order="left")
    return found


def _periods(kind: RatingKind) -> list[pl.Expr]:
    return [] if kind is RatingKind.INDEPENDENT else [pl.col("period").alias(f"{kind.value}_on")]


def last_comment(ratings: pl.DataFrame) -> pl.DataFrame:
    """`project` and the last day of comment of its newest computed rating, whether over or not. Pure."""
    computed = ratings.filter(pl.col("kind") == RatingKind.COMPUTED.value)
    return computed.group_by("project", maintain_order=True).agg(comment_until=pl.col("comment_until").max())


def _stored(row: dict[str, Any], as_at: date) -> dict[str, Any]:
    """A row of `HEALTH` as the table keeps it."""
    found = {name: value for name, value in row.items() if name != "project"}
    return {
        **found,
        "project_id": uuid.UUID(row["project"]),
        "as_at": as_at,
        "flags": row["flags"] or [],
        "open_flags": row["open_flags"] or [],
    }
