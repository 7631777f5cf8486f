"""The closing, to the second."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.strategy.rules import REMINDERS, closing_tone, has_closed, is_open, may_submit, reminder_due

OPENS = datetime(2026, 5, 4, 12, tzinfo=UTC)
CLOSES = datetime(2026, 10, 1, 2, 59, 59, tzinfo=UTC)


@dataclass
class Window:
    opens_at: datetime = OPENS
    closes_at: datetime = CLOSES


@dataclass
class Leave:
    until: datetime


instants = st.integers(0, 2 * 365 * 86_400 * 1_000_000).map(
    lambda micros: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
)


def test_the_last_second_belongs_to_the_call_whole() -> None:
    call = Window()
    assert may_submit(call, [], CLOSES) is None
    assert may_submit(call, [], CLOSES.replace(microsecond=999_999)) is None
    assert may_submit(call, [], CLOSES + timedelta(seconds=1)) is not None
    assert may_submit(call, [], OPENS) is None
    assert may_submit(call, [], OPENS - timedelta(microseconds=1)) == "The call has not opened yet."


def test_a_waiver_holds_to_its_last_second_and_only_after_the_opening() -> None:
    until = CLOSES + timedelta(days=2)
    assert may_submit(Window(), [Leave(until)], until.replace(microsecond=5)) is None
    assert may_submit(Window(), [Leave(until)], until + timedelta(seconds=1)) == "The leave to submit late has run out."
    assert may_submit(Window(), [Leave(until)], OPENS - timedelta(days=1)) is not None


@given(instants, st.lists(instants, max_size=3))
def test_a_case_may_be_submitted_exactly_while_the_call_or_a_waiver_lasts(now: datetime, ends: list[datetime]) -> None:
    in_time = now >= OPENS and int(now.timestamp()) <= max(
        int(CLOSES.timestamp()), *(int(end.timestamp()) for end in [*ends, CLOSES])
    )
    assert (may_submit(Window(), [Leave(end) for end in ends], now) is None) == in_time


@given(instants)
def test_a_call_is_never_open_and_closed(now: datetime) -> None:
    call = Window()
    assert not (is_open(call, now) and has_closed(call, now))
    assert is_open(call, now) or has_closed(call, now) or now < OPENS


@given(instants, instants)
def test_what_could_be_submitted_late_could_be_submitted_earlier(one: datetime, other: datetime) -> None:
    earlier, later = sorted((one, other))
    if may_submit(Window(), [], later) is None and earlier >= OPENS:
        assert may_submit(Window(), [], earlier) is None


@pytest.mark.parametrize(
    ("left", "code"),
    [
        (timedelta(days=15), None),
        (timedelta(days=14), "14d"),
        (timedelta(days=7, seconds=1), "14d"),
        (timedelta(days=7), "7d"),
        (timedelta(days=3), "3d"),
        (timedelta(hours=23), "1d"),
        (timedelta(hours=3), "3h"),
        (timedelta(seconds=0), "3h"),
        (timedelta(seconds=-1), None),
    ],
)
def test_only_the_latest_reminder_is_due(left: timedelta, code: str | None) -> None:
    assert reminder_due(Window(), CLOSES - left) == code


def test_reminders_go_from_the_longest_to_the_shortest() -> None:
    assert list(REMINDERS.values()) == sorted(REMINDERS.values(), reverse=True)


def test_the_colour_of_a_closing_warms_up() -> None:
    tones = [closing_tone(Window(), CLOSES - left) for left in (timedelta(30), timedelta(6), timedelta(hours=5))]
    assert tones == ["active", "caution", "bad"]
    assert closing_tone(Window(), CLOSES + timedelta(1)) == "neutral"
