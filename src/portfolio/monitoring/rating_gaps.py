"""Declared, computed and independent ratings in one row, the gap between them, and flags for ratings that ask for a question.

A gap is counted in levels of one scale, and as a share of that scale's range (one level of five is 25 %, of three 50 %), so that
institutions on different scales can be listed together. Ratings on different scales are never compared: the gap is not
available, with that reason. Positive means more confident than the other rating.

Why: between 2009 and 2012, 47 % of the investments of the US IT Dashboard kept one rating in every period (GAO-13-98), and
65 % turned out riskier than their declared rating said (GAO, 2016). Limits below are ours.
"""

import polars as pl

from portfolio.monitoring.health_terms import Flag, Missing, RatingKind
from portfolio.monitoring.rating_formula import SCALES
from portfolio.monitoring.ratios import basis_points, rounded_division
from portfolio.monitoring.variance import first_true

RATINGS = pl.Schema(
    {
        "project": pl.String(),
        "institution": pl.String(),
        "period": pl.Date(),
        "kind": pl.String(),
        "scale": pl.String(),
        "level": pl.String(),
    }
)
"""One row a project, period and kind (values of `RatingKind`); `scale` is a key of `SCALES`, `level` one of its levels."""

GAPS = pl.Schema(
    {
        "project": pl.String(),
        "institution": pl.String(),
        "period": pl.Date(),
        "scale": pl.String(),
        "declared": pl.String(),
        "computed": pl.String(),
        "independent": pl.String(),
        "gap_computed": pl.Int64(),
        "gap_computed_bp": pl.Int64(),
        "gap_computed_missing": pl.String(),
        "gap_independent": pl.Int64(),
        "gap_independent_bp": pl.Int64(),
        "gap_independent_missing": pl.String(),
    }
)
"""One row a declared rating, by project and period; `scale` is that of the declared rating."""

INDEX = pl.Schema(
    {
        "institution": pl.String(),
        "declared": pl.Int64(),
        "compared": pl.Int64(),
        "gap_index_bp": pl.Int64(),
        "optimistic_bp": pl.Int64(),
        "index_missing": pl.String(),
    }
)
"""One row an institution: how many declared ratings, how many of them could be compared with the computed one, the mean gap as a
share of the range, and the share of those compared that are more confident than the computed one."""

FLAGS = pl.Schema(
    {
        "project": pl.String(),
        "institution": pl.String(),
        "flag": pl.String(),
        "number": pl.Int64(),
        "against": pl.Int64(),
        "level": pl.String(),
        "other": pl.String(),
    }
)
"""A flag with its reasons as data: what was counted and the limit it was held against; levels where it is about levels."""

NEVER_MOVES_AFTER = 4
"""Periods in a row with one declared level after which somebody is asked: a year of quarterly returns."""

CONTRADICTS_FROM_BP = 5_000
"""Half the range of a scale: two levels of five, one of three."""

_RANKS = pl.DataFrame(
    [(s.code, level.value, s.rank(level), s.steps) for s in SCALES.values() for level, _least in s.levels],
    schema={"scale": pl.String(), "level": pl.String(), "rank": pl.Int64(), "steps": pl.Int64()},
    orient="row",
)


def gaps(ratings: pl.DataFrame) -> pl.DataFrame:
    """`RATINGS` in, `GAPS` out, by project and period. Raises `ValueError` for a level that is not of its scale."""
    ranked = ratings.join(_RANKS, on=["scale", "level"], how="left", maintain_order="left")
    if ranked["rank"].null_count():
        raise ValueError("a rating has a level that is not one of its scale")
    key = ["project", "period"]
    found = ranked.filter(pl.col("kind") == RatingKind.DECLARED.value).rename({"level": "declared"}).drop("kind")
    for kind in (RatingKind.COMPUTED, RatingKind.INDEPENDENT):
        name = kind.value
        other = ranked.filter(pl.col("kind") == name).select(
            *key, pl.col("level").alias(name), _scale=pl.col("scale"), _rank=pl.col("rank")
        )
        same = pl.col("_scale") == pl.col("scale")
        gap = pl.when(same).then(pl.col("rank") - pl.col("_rank"))
        found = (
            found.join(other, on=key, how="left", maintain_order="left")
            .with_columns(
                gap.alias(f"gap_{name}"),
                basis_points(gap, pl.col("steps")).alias(f"gap_{name}_bp"),
                first_true((pl.col("_scale").is_null(), Missing.NOT_RATED), (~same, Missing.OTHER_SCALE)).alias(
                    f"gap_{name}_missing"
                ),
            )
            .drop("_scale", "_rank")
        )
    return found.sort(key).select(list(GAPS))


def gap_index(found: pl.DataFrame) -> pl.DataFrame:
    """`GAPS` of one period in, `INDEX` out: the most optimistic institution first, those without an index last."""
    gap = pl.col("gap_computed_bp")
    return (
        found.group_by("institution")
        .agg(
            declared=pl.len().cast(pl.Int64),
            compared=gap.count().cast(pl.Int64),
            total=gap.sum(),
            optimistic=(gap > 0).sum().cast(pl.Int64),
        )
        .with_columns(
            gap_index_bp=rounded_division(pl.col("total"), pl.col("compared")),
            optimistic_bp=basis_points(pl.col("optimistic"), pl.col("compared")),
            index_missing=first_true((pl.col("compared") == 0, Missing.NOT_RATED)),
        )
        .sort("gap_index_bp", "institution", descending=[True, False], nulls_last=True)
        .select(list(INDEX))
    )


def never_moves(ratings: pl.DataFrame, after: int = NEVER_MOVES_AFTER) -> pl.DataFrame:
    """`RATINGS` in, `FLAGS` out: projects whose newest declared ratings, `after` periods or more, are one level of one scale.

    Periods in which nothing was declared are not counted and break nothing: silence is another flag's matter.
    """
    declared = ratings.filter(pl.col("kind") == RatingKind.DECLARED.value).sort(
        "project", "period", descending=[False, True]
    )
    newest = pl.struct("scale", "level").first().over("project")
    run = (pl.struct("scale", "level") == newest).cast(pl.Int64).cum_min().over("project")
    return (
        declared.with_columns(_same=run)
        .group_by("project", maintain_order=True)
        .agg(pl.col("institution").first(), pl.col("level").first(), number=pl.col("_same").sum())
        .filter(pl.col("number") >= after)
        .with_columns(
            flag=pl.lit(Flag.NEVER_MOVES.value), against=pl.lit(after, pl.Int64()), other=pl.lit(None, pl.String())
        )
        .select(list(FLAGS))
    )


def contradictions(found: pl.DataFrame, from_bp: int = CONTRADICTS_FROM_BP) -> pl.DataFrame:
    """`GAPS` in, `FLAGS` out: declared ratings at least so far from the computed or the independent one, on either side.

    `number` is the gap in levels (positive: more confident), `against` the limit in basis points of the scale's range.
    """
    parts = []
    for name, flag in (
        (RatingKind.COMPUTED.value, Flag.CONTRADICTS_COMPUTED),
        (RatingKind.INDEPENDENT.value, Flag.CONTRADICTS_INDEPENDENT),
    ):
        parts.append(
            found.filter(pl.col(f"gap_{name}_bp").abs() >= from_bp).select(
                "project",
                "institution",
                flag=pl.lit(flag.value),
                number=pl.col(f"gap_{name}"),
                against=pl.lit(from_bp, pl.Int64()),
                level=pl.col("declared"),
                other=pl.col(name),
            )
        )
    return pl.concat(parts)
