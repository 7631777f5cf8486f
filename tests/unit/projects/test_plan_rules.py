"""Late and on time, circles, and what a moved date means for others: for any plan."""

import uuid
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.projects.plan.rules import (
    Edge,
    Item,
    clashes,
    cycle_through,
    knock_on,
    needs_new_forecast,
    next_of,
    overdue,
    progress,
    reckon_progress,
    state_of,
    variance_days,
)
from portfolio.projects.plan.terms import ItemState

AS_AT = date(2026, 11, 23)
DAYS = st.dates(date(2025, 1, 1), date(2028, 12, 31))
MAYBE = st.none() | DAYS


def key(number: int) -> uuid.UUID:
    return uuid.UUID(int=number)


def an_item(number: int = 1, **more: object) -> Item:
    return Item(id=key(number), title=f"Item {number}", **more)  # type: ignore[arg-type]


@given(DAYS, MAYBE, MAYBE, DAYS)
def test_late_is_negative_and_early_positive(
    due: date, forecast: date | None, actual: date | None, as_at: date
) -> None:
    days = variance_days(due, forecast, actual, as_at)
    assert days is not None
    end = due - timedelta(days)
    assert (days < 0) == (end > due)
    if actual is not None:
        assert end == actual
    else:
        assert end >= as_at, "what is not reached ends today at the earliest"
        assert end == max(forecast or as_at, as_at)


def test_without_an_approved_date_there_is_no_variance() -> None:
    assert variance_days(None, AS_AT, AS_AT, AS_AT) is None


@given(DAYS, DAYS, DAYS)
def test_waiting_never_makes_an_open_milestone_look_better(due: date, forecast: date, as_at: date) -> None:
    today, tomorrow = (variance_days(due, forecast, None, as_at + timedelta(days)) for days in (0, 1))
    assert today is not None
    assert tomorrow is not None
    assert tomorrow <= today


@pytest.mark.parametrize(
    ("dates", "state"),
    [
        ({}, ItemState.UNDATED),
        ({"forecast": date(2026, 12, 1)}, ItemState.ON_TIME),
        ({"forecast": date(2026, 11, 22)}, ItemState.LATE),
        ({"current": date(2026, 11, 23), "forecast": date(2026, 11, 23)}, ItemState.ON_TIME),
        ({"current": date(2026, 11, 22), "forecast": date(2027, 1, 1)}, ItemState.LATE),
        ({"current": date(2026, 12, 1), "forecast": date(2026, 12, 2)}, ItemState.WILL_BE_LATE),
        ({"first": date(2026, 11, 1), "current": date(2026, 12, 1), "forecast": date(2026, 12, 1)}, ItemState.ON_TIME),
        ({"first": date(2026, 11, 1), "forecast": date(2026, 12, 1)}, ItemState.LATE),
        ({"current": date(2026, 11, 1), "actual": date(2026, 11, 1)}, ItemState.REACHED),
        ({"current": date(2026, 11, 1), "actual": date(2026, 11, 2)}, ItemState.REACHED_LATE),
        ({"actual": date(2026, 11, 2)}, ItemState.REACHED),
        ({"current": date(2026, 1, 1), "has_left": True}, ItemState.LEFT),
    ],
)
def test_the_state_of_a_milestone(dates: dict[str, object], state: ItemState) -> None:
    assert state_of(an_item(**dates), AS_AT) is state


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100), st.booleans()), max_size=12))
def test_progress_is_a_share(rows: list[tuple[int, int, bool]]) -> None:
    items = [
        an_item(number, weight=weight, percent=percent, actual=AS_AT if reached else None)
        for number, (weight, percent, reached) in enumerate(rows)
    ]
    found = progress(items)
    assert (found is None) == (not items)
    assert found is None or 0 <= found <= 1
    if items and all(item.actual for item in items):
        assert found == 1


def test_progress_goes_by_weight_only_where_everything_has_one() -> None:
    weighed = [an_item(1, weight=75, percent=100), an_item(2, weight=25)]
    assert progress(weighed) == Fraction(3, 4)
    assert reckon_progress(weighed).is_weighted
    assert progress([*weighed, an_item(3)]) == Fraction(1, 3)
    assert not reckon_progress([*weighed, an_item(3)]).is_weighted
    assert progress([*weighed, an_item(3, has_left=True)]) == Fraction(3, 4)


DUE = date(2026, 12, 1)


@given(st.lists(st.tuples(st.none() | st.integers(0, 100), st.integers(0, 100), st.booleans()), max_size=5))
def test_progress_of_an_approved_plan_is_moved_by_no_milestone_that_nobody_approved(
    added: list[tuple[int | None, int, bool]],
) -> None:
    approved = [
        an_item(1, current=DUE, approved_weight=52, weight=1, percent=100),
        an_item(2, current=DUE, approved_weight=48, weight=99),
    ]
    more = [
        an_item(10 + place, weight=weight, percent=percent, actual=AS_AT if reached else None)
        for place, (weight, percent, reached) in enumerate(added)
    ]
    found = reckon_progress([*approved, *more])
    assert found.share == Fraction(52, 100), "by the weights that were approved, whatever the forms say now"
    assert found.is_weighted
    assert found.is_approved
    assert list(found.waiting) == more


def test_a_weight_that_lacks_in_the_approved_plan_is_named_and_each_counts_the_same() -> None:
    rows = [an_item(1, current=DUE, approved_weight=90, percent=100), an_item(2, current=DUE, weight=10)]
    found = reckon_progress(rows)
    assert found.share == Fraction(1, 2)
    assert list(found.unweighed) == [rows[1]]
    assert not found.is_weighted
    assert reckon_progress([]).share is None
    assert reckon_progress([an_item(1, current=DUE, approved_weight=0, percent=40)]).share == Fraction(2, 5)


def test_what_comes_next_lies_ahead_and_what_has_passed_is_overdue() -> None:
    reached = an_item(1, forecast=date(2026, 1, 1), actual=date(2026, 1, 1))
    late, soon = an_item(2, forecast=date(2026, 11, 1)), an_item(3, forecast=date(2026, 12, 1))
    put_off = an_item(4, current=date(2026, 4, 1), forecast=date(2026, 12, 2))
    hopeful = an_item(5, current=date(2026, 12, 3), forecast=date(2026, 11, 20))
    rows = [reached, soon, late, put_off, hopeful]
    assert next_of(rows, AS_AT) == soon
    assert next_of([reached, late], AS_AT) is None
    assert overdue(rows, AS_AT) == [(put_off, 236), (late, 22)]
    assert [needs_new_forecast(item, AS_AT) for item in rows] == [False, False, True, False, True]


def test_dates_at_the_end_of_time_fail_nothing() -> None:
    forecasts: dict[uuid.UUID, date | None] = {key(1): date.max, key(2): date.min}
    [clash] = clashes(forecasts, [], a_chain(30))
    assert clash.allowed == date.max
    [effect] = knock_on(forecasts, [], a_chain(30), key(1), date.max)
    assert effect.earliest == date.max
    assert clashes({key(1): date.min, key(2): date.min}, [], a_chain(-30)) == []


EDGES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=40)


@given(EDGES)
def test_dependencies_that_the_guard_lets_in_hold_no_circle(wanted: list[tuple[int, int]]) -> None:
    kept: list[Edge] = []
    for milestone, needs in wanted:
        circle = cycle_through(kept, key(milestone), key(needs))
        if circle is None:
            kept.append(Edge(key(milestone), key(needs)))
            continue
        assert circle[0] == circle[-1] == key(milestone)
        links = {(edge.milestone, edge.needs) for edge in kept} | {(key(milestone), key(needs))}
        assert all(step in links for step in pairwise(circle)), "it names the circle that the new one would close"
    assert not has_circle(kept)


def has_circle(edges: list[Edge]) -> bool:
    """By taking out again and again what needs nothing that is left."""
    left = {edge.milestone for edge in edges} | {edge.needs for edge in edges}
    while free := {one for one in left if not any(e.milestone == one and e.needs in left for e in edges)}:
        left -= free
    return bool(left)


def a_chain(*lags: int) -> list[Edge]:
    return [Edge(key(number + 1), key(number), lag) for number, lag in enumerate(lags, start=1)]


def test_a_moved_date_is_shown_all_along_the_chain() -> None:
    forecasts = {
        key(1): date(2026, 12, 1),
        key(2): date(2026, 12, 10),
        key(3): date(2027, 3, 1),
        key(4): date(2026, 12, 20),
    }
    edges = [*a_chain(5, 30), Edge(key(4), key(2))]
    found = knock_on(forecasts, [], edges, key(1), date(2026, 12, 20))
    assert [(one.id, one.earliest, one.days) for one in found] == [
        (key(2), date(2026, 12, 25), 15),
        (key(4), date(2026, 12, 25), 5),
    ], "the third has room enough"
    assert knock_on(forecasts, [], edges, key(1), date(2026, 12, 5)) == []
    assert knock_on(forecasts, [key(2)], edges, key(1), date(2027, 12, 5)) == [], "what was reached passes nothing on"


@given(
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7), st.integers(-5, 20)), max_size=20),
    st.lists(DAYS, min_size=8, max_size=8),
    DAYS,
)
def test_after_moving_everything_to_its_earliest_day_nothing_that_was_moved_clashes(
    links: list[tuple[int, int, int]], days: list[date], to: date
) -> None:
    edges = [Edge(key(max(a, b)), key(min(a, b)), lag) for a, b, lag in links if a != b]
    forecasts: dict[uuid.UUID, date | None] = {key(number): day for number, day in enumerate(days)}
    found = knock_on(forecasts, [], edges, key(0), to)
    moved = {**forecasts, key(0): to, **{one.id: one.earliest for one in found}}
    touched = {one.id for one in found}
    assert not [clash for clash in clashes(moved, [], edges) if clash.edge.milestone in touched]
    assert all(one.earliest > one.forecast for one in found)


def test_forecasts_that_contradict_what_they_need_are_found() -> None:
    forecasts = {key(1): date(2026, 12, 10), key(2): date(2026, 12, 1)}
    found = clashes(forecasts, [], a_chain(3))
    assert [(clash.edge.milestone, clash.allowed, clash.days) for clash in found] == [(key(2), date(2026, 12, 13), 12)]
    assert clashes(forecasts, [key(2)], a_chain(3)) == []
