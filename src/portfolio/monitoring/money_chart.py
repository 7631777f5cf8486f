"""The S-curve as coordinates: templates only write them into SVG, and the table beside it says the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from portfolio.kpis.chart import Frame

WIDTH, HEIGHT = 720, 260
LEFT, BELOW = 150, 24
"""Room beside the lines for an amount of thirteen digits with its currency, and below for the months."""

DASHES = {"planned": "6 5", "committed": "2 4", "paid": ""}
"""Lines are told apart by their dashes and the words at their ends, not by colour."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its name, its points, its dashes, and where its word stands."""

    name: str
    points: str
    dashes: str
    word: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Chart:
    """`left`: where the lines begin; `ends`: first and last month, least and most amount."""

    width: int
    height: int
    left: int
    lines: tuple[Line, ...]
    ends: tuple[date, date, int, int]


def chart_of(curve: pl.DataFrame) -> Chart | None:
    """From `s_curve.CURVE`; nothing where no line has two points."""
    known = {name: _known(curve, name) for name in DASHES}
    values = [value for points in known.values() for _month, value in points]
    if len(values) < 2:
        return None
    months = curve["month"].to_list()
    frame = Frame(
        width=WIDTH, height=HEIGHT, first=months[0], last=months[-1], low=0, high=max(values), left=LEFT, below=BELOW
    )
    drawn = {name: points for name, points in known.items() if len(points) > 1}
    words = _apart({name: frame.place(*points[-1]) for name, points in drawn.items()})
    lines = tuple(Line(name, frame.path(points), DASHES[name], words[name]) for name, points in drawn.items())
    return Chart(WIDTH, HEIGHT, LEFT, lines, (months[0], months[-1], 0, max(values))) if lines else None


def _apart(ends: dict[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    """Places for the words, just above the ends of their lines, so that no word covers another."""
    placed: dict[str, tuple[float, float]] = {}
    lowest = 12.0
    for name, (x, y) in sorted(ends.items(), key=lambda item: item[1][1]):
        lowest = max(y - 6, lowest)
        placed[name] = (x, lowest)
        lowest += 15
    return placed


def _known(curve: pl.DataFrame, name: str) -> Sequence[tuple[date, int]]:
    return [(row["month"], row[name]) for row in curve.iter_rows(named=True) if row[name] is not None]
