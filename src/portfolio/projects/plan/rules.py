"""How a milestone stands on a day, what a change of one date means for others, and how far a plan is. Pure: no clock, no rows."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from portfolio.projects.plan.terms import ItemState, PlanItemKind


@dataclass(frozen=True, slots=True)
class Item:
    """A milestone with its dates: `first` and `current` are those of the approved plans, nothing where it is in none.

    `weight` is what stands in its form, `approved_weight` what the plan approved at present holds.
    """

    id: uuid.UUID
    title: str
    kind: PlanItemKind = PlanItemKind.MILESTONE
    first: date | None = None
    current: date | None = None
    forecast: date | None = None
    actual: date | None = None
    starts: date | None = None
    weight: int | None = None
    approved_weight: int | None = None
    percent: int = 0
    has_left: bool = False

    @property
    def expected(self) -> date | None:
        """The day on which it was reached, or is expected to be."""
        return self.actual or self.forecast


def variance_days(due: date | None, forecast: date | None, actual: date | None, as_at: date) -> int | None:
    """Days by which something is early (positive) or late (negative) against an approved date; nothing without one.

    The US IT Dashboard's formula: planned finish − Y, where Y is the actual finish, else the forecast if it is later than the
    as-at date, else the as-at date.
    """
    if due is None:
        return None
    end = actual or max(forecast or as_at, as_at)
    return (due - end).days


def state_of(item: Item, as_at: date) -> ItemState:
    """Against the current plan, else the first; without either, its own forecast is all it can be held to."""
    if item.has_left:
        return ItemState.LEFT
    due = item.current or item.first
    if item.actual is not None:
        return ItemState.REACHED_LATE if due is not None and item.actual > due else ItemState.REACHED
    held_to = due or item.forecast
    if held_to is None:
        return ItemState.UNDATED
    if held_to < as_at:
        return ItemState.LATE
    return ItemState.WILL_BE_LATE if item.forecast is not None and item.forecast > held_to else ItemState.ON_TIME


LATE_STATES = frozenset({ItemState.LATE, ItemState.WILL_BE_LATE})


@dataclass(frozen=True, slots=True)
class Progress:
    """Physical progress and what it was reckoned from.

    `share`: 0 to 1, nothing for an empty plan. `counted`: the milestones that count; `unweighed`: those of them without a
    weight, in which case all count the same; `waiting`: those that stand in no approved plan yet, and do not count.
    """

    share: Fraction | None
    counted: Sequence[Item]
    unweighed: Sequence[Item]
    waiting: Sequence[Item]
    is_weighted: bool
    is_approved: bool


def reckon_progress(items: Iterable[Item]) -> Progress:
    """Physical progress over the plan approved at present, by the weights that were approved with it.

    What is in no approved plan counts from when a plan with it is approved: an edit that nobody decided must move neither
    the milestones that count nor their weights. Before any approved plan all count, by the weights in their forms. Where one
    of those that count lacks a weight, or all are 0, each counts the same. What was reached counts whole.
    """
    standing = [item for item in items if not item.has_left]
    approved = [item for item in standing if item.current is not None]
    counted = approved or standing
    weights = [item.approved_weight if approved else item.weight for item in counted]
    unweighed = [item for item, weight in zip(counted, weights, strict=True) if weight is None]
    is_weighted = bool(counted) and not unweighed and sum(weight or 0 for weight in weights) > 0
    points = [weight or 0 for weight in weights] if is_weighted else [1] * len(counted)
    done = sum(point * (100 if item.actual else item.percent) for point, item in zip(points, counted, strict=True))
    return Progress(
        share=Fraction(done, 100 * sum(points)) if counted else None,
        counted=counted,
        unweighed=unweighed,
        waiting=[item for item in standing if item.current is None] if approved else [],
        is_weighted=is_weighted,
        is_approved=bool(approved),
    )


def progress(items: Iterable[Item]) -> Fraction | None:
    """`Progress.share` alone."""
    return reckon_progress(items).share


def days_overdue(item: Item, as_at: date) -> int | None:
    """Days since an open milestone should have been reached: by the approved plan, else by its own forecast.

    Nothing for what was reached, left the plan or is not due yet.
    """
    held_to = item.current or item.first or item.forecast
    if item.actual is not None or item.has_left or held_to is None or held_to >= as_at:
        return None
    return (as_at - held_to).days


def needs_new_forecast(item: Item, as_at: date) -> bool:
    """Whether an open milestone is still expected on a day that has passed."""
    return item.actual is None and not item.has_left and item.forecast is not None and item.forecast < as_at


def next_of(items: Iterable[Item], as_at: date) -> Item | None:
    """What is to be reached next: the earliest expected from that day on, then by title. What has passed is overdue, not next."""
    ahead = [
        item
        for item in items
        if item.actual is None and not item.has_left and item.forecast is not None and item.forecast >= as_at
    ]
    return min(ahead, key=lambda item: (item.forecast or date.max, item.title, item.id), default=None)


def overdue(items: Iterable[Item], as_at: date) -> list[tuple[Item, int]]:
    """Each overdue milestone with its days, the longest first."""
    found = [(item, days) for item in items if (days := days_overdue(item, as_at)) is not None]
    return sorted(found, key=lambda one: (-one[1], one[0].title, one[0].id))


def later_by(day: date, days: int) -> date:
    """`day` and so many days, within what a date can hold: what is stored never makes a page fail."""
    return date.fromordinal(min(max(day.toordinal() + days, date.min.toordinal()), date.max.toordinal()))


@dataclass(frozen=True, slots=True)
class Edge:
    """`milestone` cannot be reached before `needs` plus `lag` days."""

    milestone: uuid.UUID
    needs: uuid.UUID
    lag: int = 0


def cycle_through(edges: Iterable[Edge], milestone: uuid.UUID, needs: uuid.UUID) -> Sequence[uuid.UUID] | None:
    """The circle that `milestone needs needs` would close, from `milestone` back to itself; nothing where it closes none.

    `edges` must hold all that `needs` needs, directly or through others.
    """
    if milestone == needs:
        return [milestone, milestone]
    after = _by(edges, "milestone")
    came_from: dict[uuid.UUID, uuid.UUID] = {needs: milestone}
    waiting = [needs]
    while waiting:
        here = waiting.pop()
        for edge in after.get(here, ()):
            if edge.needs == milestone:
                return _way_back(came_from, milestone, here)
            if edge.needs not in came_from:
                came_from[edge.needs] = here
                waiting.append(edge.needs)
    return None


def _way_back(came_from: Mapping[uuid.UUID, uuid.UUID], milestone: uuid.UUID, last: uuid.UUID) -> list[uuid.UUID]:
    way = [milestone, last]
    while way[-1] != milestone:
        way.append(came_from[way[-1]])
    return way[::-1]


def _by(edges: Iterable[Edge], end: str) -> dict[uuid.UUID, list[Edge]]:
    found: dict[uuid.UUID, list[Edge]] = {}
    for edge in edges:
        found.setdefault(getattr(edge, end), []).append(edge)
    return found


@dataclass(frozen=True, slots=True)
class KnockOn:
    """A milestone that cannot be reached when its forecast says: `earliest` is the first day on which it could be."""

    id: uuid.UUID
    forecast: date
    earliest: date

    @property
    def days(self) -> int:
        return (self.earliest - self.forecast).days


def knock_on(
    expected: Mapping[uuid.UUID, date | None],
    reached: Collection[uuid.UUID],
    edges: Sequence[Edge],
    moved: uuid.UUID,
    to: date,
) -> list[KnockOn]:
    """What moving one date to `to` means for all that needs it, directly or through others, the earliest first.

    Nothing is moved: each stands with its own forecast beside the first day on which it could be. What was reached or has
    no forecast is not judged, and passes nothing on. The edges hold no circle.
    """
    needed_by, needs = _by(edges, "needs"), _by(edges, "milestone")
    days: dict[uuid.UUID, date | None] = {**expected, moved: to}
    found = []
    for here in _in_order(needed_by, moved)[1:]:
        forecast = days.get(here)
        if forecast is None or here in reached:
            continue
        bounds = [later_by(day, edge.lag) for edge in needs[here] if (day := days.get(edge.needs)) is not None]
        earliest = max(bounds, default=forecast)
        if earliest > forecast:
            found.append(KnockOn(here, forecast, earliest))
            days[here] = earliest
    return sorted(found, key=lambda one: (one.earliest, one.forecast, one.id))


def _in_order(needed_by: Mapping[uuid.UUID, Sequence[Edge]], start: uuid.UUID) -> list[uuid.UUID]:
    """All that needs `start`, each after everything on the way to it (depth first, finished last comes first)."""
    order: list[uuid.UUID] = []
    seen = {start}
    stack = [(start, iter(needed_by.get(start, ())))]
    while stack:
        here, onward = stack[-1]
        edge = next((edge for edge in onward if edge.milestone not in seen), None)
        if edge is None:
            order.append(here)
            stack.pop()
        else:
            seen.add(edge.milestone)
            stack.append((edge.milestone, iter(needed_by.get(edge.milestone, ()))))
    return order[::-1]


@dataclass(frozen=True, slots=True)
class Clash:
    """A forecast that lies before what it needs allows."""

    edge: Edge
    forecast: date
    allowed: date

    @property
    def days(self) -> int:
        return (self.allowed - self.forecast).days


def clashes(
    expected: Mapping[uuid.UUID, date | None], reached: Collection[uuid.UUID], edges: Iterable[Edge]
) -> list[Clash]:
    """Dependencies that the present forecasts contradict, the worst first."""
    found = []
    for edge in edges:
        own, other = expected.get(edge.milestone), expected.get(edge.needs)
        if own is None or other is None or edge.milestone in reached:
            continue
        allowed = later_by(other, edge.lag)
        if own < allowed:
            found.append(Clash(edge, own, allowed))
    return sorted(found, key=lambda clash: (-clash.days, clash.edge.milestone, clash.edge.needs))
