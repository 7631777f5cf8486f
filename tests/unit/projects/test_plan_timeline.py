"""The drawing of a plan: every date within its width, in order, at most a few months named."""

import uuid
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from portfolio.projects.plan.limits import Limits
from portfolio.projects.plan.rules import Item
from portfolio.projects.plan.shown import variance_words
from portfolio.projects.plan.timeline import LONGEST, MARGIN, MOST_TICKS, timeline

LIMITS = Limits(date(2015, 1, 1), date(2050, 12, 31))
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
ITEMS = st.lists(
    st.builds(
        Item,
        id=st.uuids(),
        title=st.text(min_size=1, max_size=80),
        first=st.none() | DAYS,
        current=st.none() | DAYS,
        forecast=st.none() | DAYS,
        actual=st.none() | DAYS,
        starts=st.none() | DAYS,
        has_left=st.booleans(),
    ),
    max_size=8,
)


@given(ITEMS, DAYS)
def test_everything_lies_within_the_drawing_and_later_days_lie_to_the_right(items: list[Item], as_at: date) -> None:
    found = timeline(items, as_at, LIMITS)
    if found is None:
        return
    assert found.today is not None
    places = [(as_at, found.today), *((tick.day, tick.place) for tick in found.ticks)]
    drawn = [item for item in items if not item.has_left and (item.first or item.current or item.expected)]
    assert len(found.marks) == len(drawn)
    for item, mark in zip(drawn, found.marks, strict=True):
        assert len(mark.title) <= LONGEST
        assert 0 < mark.y < found.height
        for day, place in ((item.first, mark.first), (item.current, mark.current), (item.expected, mark.expected)):
            assert (day is None) == (place is None)
            if day is not None and place is not None:
                places.append((day, place))
    assert all(0 <= place <= 100 for _day, place in places)
    assert [place for _day, place in sorted(places)] == sorted(place for _day, place in places)
    assert len(found.ticks) <= MOST_TICKS


def test_what_has_no_two_days_is_not_drawn() -> None:
    day = date(2026, 11, 23)
    assert timeline([], day, LIMITS) is None
    assert timeline([Item(id=uuid.uuid4(), title="A", forecast=day)], day, LIMITS) is None
    assert timeline([Item(id=uuid.uuid4(), title="A", forecast=date(2026, 11, 24))], day, LIMITS) is not None


def test_a_date_beyond_the_limits_stands_at_the_edge_and_is_counted() -> None:
    day = date(2026, 11, 23)
    rows = [
        Item(id=uuid.uuid4(), title="Old", forecast=date(1999, 1, 1)),
        Item(id=uuid.uuid4(), title="A", forecast=date(2027, 1, 1)),
        Item(id=uuid.uuid4(), title="Never", forecast=date.max),
    ]
    found = timeline(rows, day, LIMITS)
    assert found is not None
    assert [mark.expected for mark in found.marks] == [MARGIN, 100 - MARGIN, 100 - MARGIN]
    assert found.today == MARGIN
    assert found.clipped == 2
    assert {tick.day.year for tick in found.ticks} <= {2026, 2027}


def test_days_are_told_in_words() -> None:
    assert variance_words(-1).text == "1 day late"
    assert variance_words(-2).text == "2 days late"
    assert variance_words(3).text == "3 days early"
    assert variance_words(0).text == "on the day"
    assert variance_words(None).text == "not in that plan"
