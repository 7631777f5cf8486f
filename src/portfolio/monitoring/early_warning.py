"""Early signs that a project is in trouble before its figures say so: late returns, re-plans, a story that stands still, ratings
above the evidence. Each sign is a row with what was counted and the limit it was held against; limits are ours.

A sign asks a question of the project. It decides nothing and is never about a person.

Similarity of two narratives is the share of word pairs they have in common (Jaccard index of the pairs of neighbouring words,
without case, accents, punctuation and numbers): the same for both orders, cheap for a hundred thousand projects, and it can be
told in a sentence. Numbers are left out because figures have fields of their own: last quarter's paragraph with this quarter's
percentage is last quarter's paragraph.
"""

from datetime import date, timedelta

import polars as pl

from portfolio.monitoring.health_terms import Dimension, Flag
from portfolio.monitoring.quality_rule import plain
from portfolio.monitoring.rating_formula import FORMULA, SCALES
from portfolio.monitoring.rating_gaps import FLAGS
from portfolio.monitoring.ratings import RATED
from portfolio.monitoring.ratios import basis_points

RETURNS = pl.Schema(
    {
        "project": pl.String(),
        "institution": pl.String(),
        "period": pl.Date(),
        "due_on": pl.Date(),
        "submitted_on": pl.Date(),
    }
)
"""One row a progress return that was ever due; `submitted_on` is the first time it was handed in, null for not yet."""

REPLANS = pl.Schema({"project": pl.String(), "institution": pl.String(), "on": pl.Date()})
"""One row a decided re-baseline or change of the plan."""

NARRATIVES = pl.Schema(
    {"project": pl.String(), "institution": pl.String(), "period": pl.Date(), "narrative": pl.String()}
)
"""The narratives of returns; only the newest two of a project are looked at."""

DECLARED = pl.Schema({"project": pl.String(), "institution": pl.String(), "scale": pl.String(), "level": pl.String()})
"""The newest declared rating of each project."""

SIGNS = pl.Schema(
    {"project": pl.String(), "institution": pl.String(), "signs": pl.Int64(), "flags": pl.List(pl.String())}
)
"""One row a project with signs, most signs first: how many different ones, and which."""

WITHIN_DAYS = 365
LATE_FROM = 2
REPLANS_FROM = 2
UNCHANGED_FROM_BP = 8_000
"""Of twenty words one may be another before a narrative stops counting as unchanged."""

CONFIDENT_FROM_BP = 7_500
"""Upper part of a scale's range: the two best levels of five, the best of three."""

POOR_UP_TO = 2
"""Score of a dimension, of 5, that does not go with a confident rating."""


def late_returns(returns: pl.DataFrame, as_at: date, late_from: int = LATE_FROM) -> pl.DataFrame:
    """`RETURNS` in, `FLAGS` out: projects with so many late returns among those due in the last year.

    `number` is how many were late, `against` the limit. Late is handed in after the day, or not yet though the day has passed.
    """
    today = pl.lit(as_at, pl.Date())
    late = (pl.col("submitted_on") > pl.col("due_on")) | (pl.col("submitted_on").is_null() & (pl.col("due_on") < today))
    counted = (
        returns.filter(pl.col("due_on").is_between(as_at - timedelta(WITHIN_DAYS), as_at))
        .group_by("project", "institution")
        .agg(number=late.sum().cast(pl.Int64))
        .filter(pl.col("number") >= late_from)
    )
    return _flagged(counted, Flag.LATE_RETURNS, late_from)


def missing_returns(returns: pl.DataFrame, as_at: date) -> pl.DataFrame:
    """`RETURNS` in, `FLAGS` out: projects whose oldest open return is overdue; `number` is by how many days."""
    today = pl.lit(as_at, pl.Date())
    overdue = (
        returns.filter(pl.col("submitted_on").is_null() & (pl.col("due_on") < today))
        .group_by("project", "institution")
        .agg(number=(today - pl.col("due_on").min()).dt.total_days())
    )
    return _flagged(overdue, Flag.RETURN_MISSING, 0)


def replanned(replans: pl.DataFrame, as_at: date, replans_from: int = REPLANS_FROM) -> pl.DataFrame:
    """`REPLANS` in, `FLAGS` out: projects re-planned so often in the last year."""
    counted = (
        replans.filter(pl.col("on").is_between(as_at - timedelta(WITHIN_DAYS), as_at))
        .group_by("project", "institution")
        .agg(number=pl.len().cast(pl.Int64))
        .filter(pl.col("number") >= replans_from)
    )
    return _flagged(counted, Flag.REPLANNED, replans_from)


def unchanged_narratives(narratives: pl.DataFrame, from_bp: int = UNCHANGED_FROM_BP) -> pl.DataFrame:
    """`NARRATIVES` in, `FLAGS` out: projects whose newest narrative repeats the one before; `number` is the similarity in basis
    points. A narrative that says nothing is not unchanged: it is missing, which is another matter."""
    newest = (
        narratives.sort("project", "period")
        .group_by("project", maintain_order=True)
        .agg(
            pl.col("institution").last(),
            now=pl.col("narrative").last(),
            before=pl.col("narrative").slice(-2, 1).first(),
            told=pl.len(),
        )
        .filter(pl.col("told") > 1)
    )
    alike = with_similarity(newest, "now", "before", "number").filter(pl.col("number") >= from_bp)
    return _flagged(alike, Flag.UNCHANGED_NARRATIVE, from_bp)


def with_similarity(frame: pl.DataFrame, one: str, other: str, name: str) -> pl.DataFrame:
    """The frame with a column more: the share of the word pairs of two texts that both have, in basis points.

    Null where one of them has no words; texts of one word are compared as that word.
    """
    first, second = pl.col("_first"), pl.col("_second")
    both = pl.col("_both")
    return (
        frame.with_columns(_first=_words(one), _second=_words(other))
        .with_columns(_first=_pairs("_first"), _second=_pairs("_second"))
        .with_columns(_both=first.list.set_intersection(second).list.len().cast(pl.Int64))
        .with_columns(_either=first.list.len().cast(pl.Int64) + second.list.len().cast(pl.Int64) - both)
        .with_columns(
            pl.when((first.list.len() > 0) & (second.list.len() > 0))
            .then(basis_points(both, pl.col("_either")))
            .alias(name)
        )
        .drop("_first", "_second", "_both", "_either")
    )


def _words(column: str) -> pl.Expr:
    return plain(column).str.extract_all(r"\p{L}+")


def _pairs(words: str) -> pl.Expr:
    """The different pairs of neighbouring words. A column of its own each: expressions that repeat are reckoned as often."""
    pair = pl.concat_str(pl.element(), pl.element().shift(-1), separator=" ")
    pairs = pl.col(words).list.eval(pair).list.drop_nulls().list.unique()
    return pl.when(pl.col(words).list.len() == 1).then(pl.col(words)).otherwise(pairs)


def rated_above_evidence(declared: pl.DataFrame, rated: pl.DataFrame) -> pl.DataFrame:
    """`DECLARED` and `ratings.RATED` in, `FLAGS` out: one row a dimension that scores poorly under a confident declared rating.

    `number` is the score, `against` the highest score that counts as poor, `other` the dimension. Raises `ValueError` for a
    frame of computed ratings of another shape.
    """
    if rated.schema != RATED:
        raise ValueError("computed ratings of another shape")
    confident = [
        (scale.code, level.value)
        for scale in SCALES.values()
        for level, _least in scale.levels
        if scale.rank(level) * 10_000 >= CONFIDENT_FROM_BP * scale.steps
    ]
    levels = pl.DataFrame(confident, schema={"scale": pl.String(), "level": pl.String()}, orient="row")
    joined = declared.join(levels, on=["scale", "level"], how="inner").join(
        rated.drop("scale", "level"), on="project", how="inner"
    )
    return pl.concat([_poor(joined, part.dimension) for part in FORMULA]).sort("project", "other")


def _poor(joined: pl.DataFrame, dimension: Dimension) -> pl.DataFrame:
    score = pl.col(f"{dimension.value}_score")
    return joined.filter(score <= POOR_UP_TO).select(
        "project",
        "institution",
        flag=pl.lit(Flag.RATED_ABOVE_EVIDENCE.value),
        number=score,
        against=pl.lit(POOR_UP_TO, pl.Int64()),
        level="level",
        other=pl.lit(dimension.value),
    )


def signs(*flags: pl.DataFrame) -> pl.DataFrame:
    """Frames of `FLAGS` in, `SIGNS` out. A flag that comes several times (one a dimension) is one sign."""
    return (
        pl.concat(flags)
        .group_by("project", "institution")
        .agg(flags=pl.col("flag").unique().sort())
        .with_columns(signs=pl.col("flags").list.len().cast(pl.Int64))
        .sort("signs", "project", descending=[True, False])
        .select(list(SIGNS))
    )


def _flagged(counted: pl.DataFrame, flag: Flag, against: int) -> pl.DataFrame:
    return (
        counted.with_columns(
            flag=pl.lit(flag.value),
            against=pl.lit(against, pl.Int64()),
            level=pl.lit(None, pl.String()),
            other=pl.lit(None, pl.String()),
        )
        .sort("project")
        .select(list(FLAGS))
    )
