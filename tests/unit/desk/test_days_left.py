"""A term is told in working days that are left; none left is today, not zero days."""

from datetime import UTC, datetime

import pytest

from portfolio.desk.next_step import days_left
from portfolio.i18n import language
from portfolio.packs.loader import load_pack

PACK = load_pack("eclac")


def at(day: int, hour: int = 15) -> datetime:
    """A day of June 2026 on the country's clock, four hours behind UTC; the 5th is a Friday."""
    return datetime(2026, 6, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "due", "words", "tone"),
    [
        (at(4), at(4, 23), "due today", "caution"),
        (at(5), at(7, 23), "due before the next working day", "caution"),
        (at(4), at(5, 23), "1 working day left", "caution"),
        (at(1), at(5, 23), "4 working days left", "active"),
        (at(5, 20), at(5, 16), "its term has run out", "bad"),
        (at(9), at(5, 16), "2 working days late", "bad"),
    ],
)
def test_what_is_left_of_a_term(now: datetime, due: datetime, words: str, tone: str) -> None:
    with language("en"):
        assert days_left(PACK, due, now) == (words, tone)


def test_no_term_has_no_words() -> None:
    assert days_left(PACK, None, at(1)) == ("", "")
