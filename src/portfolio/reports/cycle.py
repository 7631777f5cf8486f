"""The arithmetic of the cycle book: pure Polars, minor units of one currency a row, never added up across currencies."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from portfolio.reports.portfolio_frame import AMOUNTS

ENTRIES = pl.Schema(
    {
        "initiative": pl.String(),
        "currency": pl.String(),
        "fiscal_year": pl.Int64(),
        "firmness": pl.String(),
        "budget_line": pl.String(),
        "minor": pl.Int64(),
    }
)
"""Entries of confirmed decisions that stand: `firmness` is firm or indicative."""

ASKED = pl.Schema({"initiative": pl.String(), "currency": pl.String(), "budget_line": pl.String(), "minor": pl.Int64()})
"""Costs of the frozen cases by budget line."""

CHANGES = pl.Schema(
    {
        "number": pl.String(),
        "change": pl.String(),
        "currency": pl.String(),
        **{f"{name}_{when}": pl.Int64() for name in AMOUNTS for when in ("before", "now")},
    }
)
"""`change` is new, gone or changed."""


def by_institution_and_theme(frame: pl.DataFrame) -> pl.DataFrame:
    """institution, theme, currency, initiatives, without (rows with no requested amount), and the four amounts.

    A sum over nothing known is missing, not zero.
    """
    return (
        frame.with_columns(pl.col("theme").fill_null(""))
        .group_by("institution", "theme", "currency")
        .agg(
            pl.len().cast(pl.Int64).alias("initiatives"),
            pl.col("requested").is_null().sum().cast(pl.Int64).alias("without"),
            *(_known_sum(name) for name in AMOUNTS),
        )
        .sort("institution", "theme", "currency")
    )


def by_budget_line(asked: pl.DataFrame, entries: pl.DataFrame) -> pl.DataFrame:
    """budget_line, currency, cost (of the frozen cases, whole life), firm and indicative: a row for each line that has any."""
    costs = asked.group_by("budget_line", "currency").agg(pl.col("minor").sum().alias("cost"))
    given = _by_firmness(entries, "budget_line", "currency")
    return (
        costs.join(given, on=["budget_line", "currency"], how="full", coalesce=True)
        .select("budget_line", "currency", "cost", "firm", "indicative")
        .sort("budget_line", "currency")
    )


def by_year(entries: pl.DataFrame) -> pl.DataFrame:
    """fiscal_year, currency, firm, indicative; years without any entry have no row."""
    return _by_firmness(entries, "fiscal_year", "currency").sort("fiscal_year", "currency")


def _by_firmness(entries: pl.DataFrame, *keys: str) -> pl.DataFrame:
    def of(firmness: str) -> pl.Expr:
        own = pl.col("minor").filter(pl.col("firmness") == firmness)
        return pl.when(own.len() > 0).then(own.sum()).alias(firmness)

    return entries.group_by(*keys).agg(of("firm"), of("indicative"))


def side_by_side(frame: pl.DataFrame) -> pl.DataFrame:
    """number, title, institution, state_words, currency and the four amounts, in the order of the frame."""
    return frame.select("number", "title", "institution", "state_words", "currency", *AMOUNTS)


def changes(frame: pl.DataFrame, before: Mapping[str, Sequence[Any]]) -> pl.DataFrame:
    """What differs from an earlier version, with the columns of `CHANGES`; ordered by number.

    `before`: initiative → [number, state, currency, requested, recommended, decided, committed].
    """
    names = ["number", "state", "currency", *AMOUNTS]
    earlier = pl.DataFrame(
        [[id_, *values] for id_, values in before.items()],
        schema={name: _type(name) for name in ["initiative", *names]},
        orient="row",
    )
    joined = frame.select("initiative", *names).join(earlier, on="initiative", how="full", suffix="_before")
    is_new, is_gone = pl.col("initiative_before").is_null(), pl.col("initiative").is_null()
    differs = pl.any_horizontal(
        *(pl.col(name).ne_missing(pl.col(f"{name}_before")) for name in ("state", "currency", *AMOUNTS))
    )
    return (
        joined.filter(is_new | is_gone | differs)
        .select(
            pl.coalesce("number", "number_before").alias("number"),
            pl.when(is_new)
            .then(pl.lit("new"))
            .when(is_gone)
            .then(pl.lit("gone"))
            .otherwise(pl.lit("changed"))
            .alias("change"),
            pl.coalesce("currency", "currency_before").alias("currency"),
            *(
                pl.col(f"{name}_before" if when == "before" else name).alias(f"{name}_{when}")
                for name in AMOUNTS
                for when in ("before", "now")
            ),
        )
        .sort("number", "change")
    )


def _type(name: str) -> pl.DataType:
    return pl.Int64() if name in AMOUNTS else pl.String()


def _known_sum(name: str) -> pl.Expr:
    value = pl.col(name)
    return pl.when(value.count() > 0).then(value.sum()).alias(name)
