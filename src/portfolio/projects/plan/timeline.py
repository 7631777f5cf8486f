"""A plan as plain shapes: where each date lies on a line, in per cent of its width, so that it fits any screen. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from portfolio.projects.plan.limits import Limits
from portfolio.projects.plan.rules import Item, state_of
from portfolio.projects.plan.terms import ItemState

ROW, HEAD, MARGIN = 44, 26, 3.0
"""Height of a row and of the head in pixels; per cent kept free at either end."""
MOST_TICKS = 6
LONGEST = 44
"""Characters of a title that fit a telephone; the table has it whole."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One row: places in per cent, nothing where there is no such date. `y`: of its line; `slip_*`: from approved to expected."""

    title: str
    y: int
    state: ItemState
    first: float | None
    current: float | None
    expected: float | None
    is_reached: bool
    slip_from: float | None
    slip_to: float | None


@dataclass(frozen=True, slots=True)
class Tick:
    """The first day of a month, at its place."""

    place: float
    day: date


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole drawing; `today` is nothing when the day lies outside. `clipped`: dates drawn at an edge beyond which they lie."""

    height: int
    marks: Sequence[Mark]
    ticks: Sequence[Tick]
    today: float | None
    clipped: int = 0


def timeline(items: Iterable[Item], as_at: date, limits: Limits) -> Timeline | None:
    """Those that stand and have any date, in the order given; nothing where no two days differ.

    A date outside `limits`, stored before there were any, is drawn at the edge: it would squeeze all others into a point.
    """
    drawn = [item for item in items if not item.has_left and (item.first or item.current or item.expected)]
    days = [day for item in drawn for day in (item.first, item.current, item.expected, item.starts) if day]
    if not days:
        return None
    within = [day for day in [*days, as_at] if limits.has(day)] or [as_at]
    begin, end = min(within), max(within)
    if begin == end:
        return None
    scale = _Scale(begin, end)
    return Timeline(
        height=HEAD + ROW * len(drawn) + 4,
        marks=[_mark(item, number, scale, as_at) for number, item in enumerate(drawn)],
        ticks=[Tick(scale.place(day), day) for day in _ticks(begin, end)],
        today=scale.place(as_at),
        clipped=sum(not begin <= day <= end for day in days),
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    begin: date
    end: date

    def place(self, day: date) -> float:
        day = min(max(day, self.begin), self.end)
        share = (day - self.begin).days / (self.end - self.begin).days
        return round(MARGIN + share * (100 - 2 * MARGIN), 2)

    def place_or_none(self, day: date | None) -> float | None:
        return None if day is None else self.place(day)


def _mark(item: Item, number: int, scale: _Scale, as_at: date) -> Mark:
    approved, expected = item.current or item.first, item.expected
    begins = item.starts if item.starts is not None and expected is not None else approved
    ends = [scale.place(day) for day in (begins, expected) if day is not None]
    return Mark(
        title=item.title if len(item.title) <= LONGEST else item.title[: LONGEST - 1].rstrip() + "…",
        y=HEAD + ROW * number + 29,
        state=state_of(item, as_at),
        first=scale.place_or_none(item.first),
        current=scale.place_or_none(item.current),
        expected=scale.place_or_none(expected),
        is_reached=item.actual is not None,
        slip_from=min(ends) if len(ends) > 1 else None,
        slip_to=max(ends) if len(ends) > 1 else None,
    )


def _ticks(begin: date, end: date) -> list[date]:
    """First days of months, at most `MOST_TICKS`, the same number of months apart."""
    months = [
        date(number // 12, number % 12 + 1, 1)
        for number in range(begin.year * 12 + begin.month, end.year * 12 + end.month)
    ]
    step = -(-len(months) // MOST_TICKS) if months else 1
    return months[::step]
