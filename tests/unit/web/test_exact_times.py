"""Closings are told by the minute when they take its last second; machines keep the second."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from portfolio.i18n import language
from portfolio.web import formatting


@pytest.fixture(autouse=True)
def chilean_clock() -> Iterator[None]:
    zone, region = str(formatting.country_zone()), formatting._region
    formatting.use_country("America/Santiago", "CL")
    yield
    formatting.use_country(zone, region)


CLOSING = datetime(2026, 10, 1, 2, 59, 59, tzinfo=UTC)


def test_the_last_second_of_a_minute_is_told_as_the_minute() -> None:
    with language("es"):
        assert formatting.exact_instant(CLOSING).endswith("23:59")
        assert formatting.exact_instant(CLOSING.replace(second=7)).endswith("23:59:07")


def test_a_page_keeps_the_second_for_machines_and_for_who_points_at_it() -> None:
    with language("es"):
        shown = str(formatting.exact_time(CLOSING))
    assert 'datetime="2026-09-30T23:59:59-03:00"' in shown
    assert "23:59:59" in shown.split("title=")[1].split(">")[0]
    assert shown.split(">")[1].removesuffix("</time").endswith("23:59")


def test_no_instant_is_no_date() -> None:
    with language("es"):
        assert formatting.exact_time(None) == "sin fecha"
