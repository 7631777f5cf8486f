"""Slots are the same for everybody, in spring and in autumn."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from portfolio.jobs.claims import kept, shown
from portfolio.jobs.timetable import Daily, Every, Said
from portfolio.web import formatting


@pytest.fixture(autouse=True)
def _santiago() -> Iterator[None]:
    before = formatting.country_zone().key
    formatting.use_country("America/Santiago", "CL")
    yield
    formatting.use_country(before, "CL")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_periods_begin_at_whole_multiples_whoever_asks_when() -> None:
    every = Every(minutes=15)
    assert every.latest(utc("2026-08-03T15:29:59"), 2) == [utc("2026-08-03T15:00"), utc("2026-08-03T15:15")]
    assert every.latest(utc("2026-08-03T15:30:00"), 1) == [utc("2026-08-03T15:30")]
    assert every.after(utc("2026-08-03T15:30:00")) == utc("2026-08-03T15:45")


def test_a_daily_slot_follows_the_country_s_clock() -> None:
    daily = Daily("02:40")
    assert daily.latest(utc("2026-08-03T15:00"), 1) == [utc("2026-08-03T06:40")]
    assert daily.latest(utc("2026-08-03T06:39:59"), 1) == [utc("2026-08-02T06:40")]
    assert daily.after(utc("2026-08-03T06:40")) == utc("2026-08-04T06:40")


@pytest.mark.parametrize(
    ("change", "slot_of_that_day"),
    [
        # Chile, 6 September 2026: 00:00 becomes 01:00; 00:30 is not there and comes an hour later on the clock
        ("2026-09-06", "2026-09-06T04:30"),
        # Chile, 4 April 2026: 24:00 becomes 23:00; 23:30 comes twice and counts the first time
        ("2026-04-04", "2026-04-05T02:30"),
    ],
)
def test_a_time_that_the_clock_skips_or_passes_twice_is_one_slot(change: str, slot_of_that_day: str) -> None:
    daily = Daily("00:30" if change == "2026-09-06" else "23:30")
    expected = utc(slot_of_that_day)
    around = daily.latest(expected + timedelta(hours=30), 4)
    assert around.count(expected) == 1
    gaps = [later - earlier for earlier, later in pairwise(around)]
    assert all(timedelta(hours=23) <= gap <= timedelta(hours=25) for gap in gaps)
    walked, at = [], around[0]
    for _ in range(3):
        at = daily.after(at)
        walked.append(at)
    assert walked == around[1:]


def test_an_outcome_is_kept_as_words_and_shown_in_the_reader_s_language() -> None:
    assert shown(kept(Said("Checkpoints signed: %(count)s", {"count": 3}))) == "Checkpoints signed: 3"
    assert shown(kept("plain words")) == "plain words"
    assert shown("[1, 2]") == "[1, 2]"
    assert len(kept(Said("Found: %(finding)s", {"finding": "x" * 900}))) <= 400
