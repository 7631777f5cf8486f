"""The S-curve as coordinates: templates only write them into SVG, and the table beside it says the same.

It is drawn twice, for a wide and for a narrow screen: a drawing that is only made smaller has words that nobody reads.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from portfolio.kpis.chart import Frame

DASHES = {"planned": "6 5", "committed": "2 4", "accrued": "10 3 2 3", "paid": ""}
"""Lines are told apart by their dashes, which a legend above the drawing names, not by colour."""

LEGEND_ROW = 16
TOP = LEGEND_ROW * len(DASHES) + 12
"""Room above the lines for the legend, a row each: no word stands where a line may pass."""
BELOW = 24
SAMPLE = 34
"""Length of the piece of line beside a word of the legend."""
STEPS = (10, 20, 25, 50, 100)
"""Distances between amounts of the axis, times a power of ten, of which the smallest that needs at most five is taken."""
MOST_STEPS = 5
NEAR = 45
"""How near to a side of the drawing the word of a day would leave it."""


@dataclass(frozen=True, slots=True)
class Size:
    """A drawing in picture units; `left` is room for a short amount, `months` how many are named below."""

    name: str
    width: int
    height: int
    left: int
    months: int


WIDE = Size("wide", 720, 340, 76, 5)
NARROW = Size("narrow", 320, 320, 64, 3)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its name, its points, its dashes, and where its word stands in the legend."""

    name: str
    points: str
    dashes: str
    word: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis: the amount (minor units) or the month that it stands for; `anchor` of its word."""

    at: float
    amount: int = 0
    month: date | None = None
    anchor: str = "end"


@dataclass(frozen=True, slots=True)
class Chart:
    """`left`, `top`, `floor`: the corner of the axes; `today`: where the as-at day stands, if it is within the drawing."""

    size: str
    width: int
    height: int
    left: int
    top: int
    floor: int
    lines: tuple[Line, ...]
    amounts: tuple[Tick, ...]
    months: tuple[Tick, ...]
    today: float | None

    @property
    def today_anchor(self) -> str:
        """Its word stays inside the drawing."""
        at = self.today or 0
        return "start" if at < self.left + NEAR else "end" if at > self.width - NEAR else "middle"


def charts_of(curve: pl.DataFrame, as_at: date) -> tuple[Chart, ...]:
    """The drawing for wide and for narrow screens; none where no line has two points."""
    found = (chart_of(curve, as_at, size) for size in (WIDE, NARROW))
    return tuple(chart for chart in found if chart is not None)


def chart_of(curve: pl.DataFrame, as_at: date | None = None, size: Size = WIDE) -> Chart | None:
    """From `s_curve.CURVE`; nothing where no line has two points."""
    known = {name: _known(curve, name) for name in DASHES}
    drawn = {name: points for name, points in known.items() if len(points) > 1}
    if not drawn:
        return None
    months, steps = curve["month"].to_list(), steps_to(max(v for points in drawn.values() for _m, v in points))
    frame = Frame(
        width=size.width,
        height=size.height - TOP,
        first=months[0],
        last=months[-1],
        low=min(0, *(v for points in drawn.values() for _m, v in points)),
        high=steps[-1],
        left=size.left,
        below=BELOW,
    )

    def placed(on: date, minor: int) -> tuple[float, float]:
        x, y = frame.place(on, minor)
        return x, round(y + TOP, 1)

    return Chart(
        size=size.name,
        width=size.width,
        height=size.height,
        left=size.left,
        top=TOP,
        floor=size.height - BELOW,
        lines=tuple(
            Line(
                name,
                " ".join(f"{x},{y}" for x, y in (placed(*point) for point in points)),
                DASHES[name],
                (size.left + SAMPLE + 6, 12.0 + LEGEND_ROW * place),
            )
            for place, (name, points) in enumerate(drawn.items())
        ),
        amounts=tuple(Tick(placed(months[0], minor)[1], amount=minor) for minor in steps),
        months=_month_ticks(months, size, placed),
        today=placed(as_at, 0)[0] if as_at is not None and months[0] <= as_at <= months[-1] else None,
    )


def steps_to(most: int) -> list[int]:
    """Amounts of the axis from zero to the first at or above the largest one, in even steps (minor units)."""
    unit = 1
    while True:
        for step in (unit * each for each in STEPS):
            if step * MOST_STEPS >= most:
                return [step * place for place in range(-(-max(most, 1) // step) + 1)]
        unit *= 10


def _month_ticks(
    months: Sequence[date], size: Size, placed: Callable[[date, int], tuple[float, float]]
) -> tuple[Tick, ...]:
    """The first, the last, and some between them, evenly."""
    count = min(size.months, len(months))
    places = sorted({round(n * (len(months) - 1) / max(count - 1, 1)) for n in range(count)})
    anchors = {places[0]: "start", places[-1]: "end"}
    return tuple(
        Tick(placed(months[place], 0)[0], month=months[place], anchor=anchors.get(place, "middle")) for place in places
    )


def _known(curve: pl.DataFrame, name: str) -> Sequence[tuple[date, int]]:
    return [(row["month"], row[name]) for row in curve.iter_rows(named=True) if row[name] is not None]
