"""Flags of health as lines with their reasons, from frames or from what was kept of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from portfolio.labels import label
from portfolio.monitoring.health_terms import Flag
from portfolio.monitoring.health_words import flag_sentence


@dataclass(frozen=True, slots=True)
class Sign:
    """An early sign: what it is called, and what was counted."""

    title: str
    sentence: str


def flag_sentences(flags: pl.DataFrame) -> list[Sign]:
    """`rating_gaps.FLAGS` in words, in the same order."""
    return kept_flags(flags.iter_rows(named=True))


def kept_flags(flags: Iterable[Mapping[str, Any]]) -> list[Sign]:
    """Rows of `rating_gaps.FLAGS` as `ProjectHealth` keeps them."""
    return [
        Sign(
            label(Flag(row["flag"])),
            flag_sentence(Flag(row["flag"]), row["number"], row["against"], row["level"], row["other"]),
        )
        for row in flags
    ]
