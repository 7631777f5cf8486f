"""Drawings of an indicator as coordinates: templates only write them into SVG, and a table beside it says the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

Point = tuple[date, int]

AXIS_LEFT, AXIS_BELOW = 72, 22
"""Room beside and below the drawing for the words of its axes."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The window that dates and values are drawn in: picture units, y downwards."""

    width: int
    height: int
    first: date
    last: date
    low: int
    high: int
    margin: int = 4
    left: int = 0
    below: int = 0

    def place(self, on: date, value: int) -> tuple[float, float]:
        span = max((self.last - self.first).days, 1)
        rise = max(self.high - self.low, 1)
        x = self.left + self.margin + (on - self.first).days / span * (self.width - self.left - 2 * self.margin)
        floor = self.height - self.below - self.margin
        y = floor - (value - self.low) / rise * (floor - self.margin)
        return round(x, 1), round(y, 1)

    def path(self, points: Sequence[Point]) -> str:
        """For the `points` of a polyline."""
        return " ".join(f"{x},{y}" for x, y in (self.place(*point) for point in points))


@dataclass(frozen=True, slots=True)
class Drawing:
    """`lines`: the measured values, one line for each stretch without a gap; a missing period is a gap, never zero.

    `ends`: first and last day, least and most value, where axes are shown.
    """

    width: int
    height: int
    lines: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]
    target: str = ""
    ends: tuple[date, date, int, int] | None = None


def draw(
    measured: Sequence[tuple[date, int | None]],
    target: Sequence[Point] = (),
    *,
    width: int = 120,
    height: int = 32,
    axes: bool = False,
) -> Drawing | None:
    """Nothing where no value is known. `target`: corners of the promised line, by date. `axes`: leave room for their words."""
    known = [(on, value) for on, value in measured if value is not None]
    if not known:
        return None
    everything = [*known, *target]
    frame = Frame(
        width=width,
        height=height,
        first=min(on for on, _value in everything),
        last=max(on for on, _value in everything),
        low=min(value for _on, value in everything),
        high=max(value for _on, value in everything),
        left=AXIS_LEFT if axes else 0,
        below=AXIS_BELOW if axes else 0,
    )
    return Drawing(
        width,
        height,
        lines=tuple(frame.path(stretch) for stretch in _stretches(measured)),
        dots=tuple(frame.place(on, value) for on, value in known),
        target=frame.path(target),
        ends=(frame.first, frame.last, frame.low, frame.high) if axes else None,
    )


def _stretches(measured: Sequence[tuple[date, int | None]]) -> list[list[Point]]:
    found: list[list[Point]] = [[]]
    for on, value in measured:
        if value is None:
            found.append([])
        else:
            found[-1].append((on, value))
    return [stretch for stretch in found if len(stretch) > 1]
