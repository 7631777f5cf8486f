"""The health of a portfolio: variance against both baselines, earned value, data quality, computed rating, gaps and early signs.

Pure: frames in, frames out. Whoever reads the tables fills the frames; whoever shows the result translates its codes. Everything
but the check for codes given twice looks at one project at a time, so a large portfolio may be reckoned in portions, if data
quality (`data_quality.check_data`) is run over the whole.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from portfolio.monitoring import early_warning, rating_gaps
from portfolio.monitoring.earned_portfolio import earned_values
from portfolio.monitoring.health_terms import RatingKind
from portfolio.monitoring.rating_formula import Scale
from portfolio.monitoring.ratings import FACTS, computed_ratings
from portfolio.monitoring.variance import both_variances

COUNTS = pl.Schema(
    {name: FACTS[name] for name in list(FACTS) if name.startswith(("milestones", "indicators", "severe"))}
)
"""What the rating takes from milestones, indicators and risks, beside `project`."""


@dataclass(frozen=True, slots=True)
class Portfolio:
    """What is known at the as-at date; the schema of each frame is that of the module named.

    `plans` (`variance.BOTH_PLANS`) has every project once; the others may leave projects out: what is not there is not known.
    """

    plans: pl.DataFrame
    phased: pl.DataFrame
    """`earned_portfolio.PLANS`"""
    progress: pl.DataFrame
    """`earned_portfolio.PROGRESS`"""
    counts: pl.DataFrame
    """`project` and `COUNTS`"""
    quality: pl.DataFrame
    """`data_quality.SUMMARY`"""
    ratings: pl.DataFrame
    """`rating_gaps.RATINGS`: declared and independent ones of all periods, computed ones of the periods before this"""
    returns: pl.DataFrame
    """`early_warning.RETURNS`"""
    replans: pl.DataFrame
    """`early_warning.REPLANS`"""
    narratives: pl.DataFrame
    """`early_warning.NARRATIVES`"""


@dataclass(frozen=True, slots=True)
class Health:
    """What was reckoned: one row a project in `variances`, `earned`, `rated`; `gaps` of this period; every flag; signs counted."""

    variances: pl.DataFrame
    earned: pl.DataFrame
    rated: pl.DataFrame
    gaps: pl.DataFrame
    flags: pl.DataFrame
    signs: pl.DataFrame


def health(portfolio: Portfolio, period: date, as_at: date, scale: Scale) -> Health:
    """Reckon all of it. `period` is the first day of the period that is rated; variances are against the current baseline in
    the rating, against both in `variances`."""
    variances = both_variances(portfolio.plans, as_at)
    facts = (
        variances.select(
            "project",
            "cost_variance_bp",
            "cost_missing",
            "schedule_variance_bp",
            "schedule_share_missing",
            "first_schedule_variance_bp",
        )
        .join(portfolio.counts, on="project", how="left", maintain_order="left")
        .join(
            portfolio.quality.select("project", "rules_checked", "rules_passed"),
            on="project",
            how="left",
            maintain_order="left",
        )
        .select(list(FACTS))
    )
    rated = computed_ratings(facts, scale)
    found = rating_gaps.gaps(_of_period(portfolio.ratings, rated, period))
    newest = found.select("project", "institution", "scale", level="declared")
    flags = pl.concat(
        [
            rating_gaps.never_moves(portfolio.ratings),
            rating_gaps.contradictions(found),
            early_warning.late_returns(portfolio.returns, as_at),
            early_warning.missing_returns(portfolio.returns, as_at),
            early_warning.replanned(portfolio.replans, as_at),
            early_warning.unchanged_narratives(portfolio.narratives),
            early_warning.rated_above_evidence(newest, rated),
        ]
    )
    return Health(
        variances=variances,
        earned=earned_values(portfolio.phased, portfolio.progress),
        rated=rated,
        gaps=found,
        flags=flags,
        signs=early_warning.signs(flags),
    )


def _of_period(ratings: pl.DataFrame, rated: pl.DataFrame, period: date) -> pl.DataFrame:
    """The ratings of this period, the computed ones being those just reckoned."""
    given = ratings.filter((pl.col("period") == period) & (pl.col("kind") != RatingKind.COMPUTED.value))
    bodies = given.select("project", "institution").unique()
    computed = (
        rated.filter(pl.col("level").is_not_null())
        .join(bodies, on="project", how="inner")
        .select(
            "project",
            "institution",
            period=pl.lit(period, pl.Date()),
            kind=pl.lit(RatingKind.COMPUTED.value),
            scale="scale",
            level="level",
        )
    )
    return pl.concat([given, computed])
