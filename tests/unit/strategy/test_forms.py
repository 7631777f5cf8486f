"""Instants typed on the country's clock."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from portfolio.strategy.forms import CallFields, ExtensionFields, typed_instant
from portfolio.web import formatting
from portfolio.web.forms import Submitted, bind


@pytest.fixture(autouse=True)
def _santiago() -> Iterator[None]:
    zone, region = formatting.country_zone(), "CL"
    formatting.use_country("America/Santiago", region)
    yield
    formatting.use_country(str(zone), region)


def _extension(closes_at: str) -> tuple[datetime | None, str]:
    form = bind(ExtensionFields, Submitted({"closes_at": [closes_at], "reason": ["A reason long enough"]}))
    return (form.value.closes_at if form.value else None), form.errors.get("closes_at", "")


def test_the_closing_is_read_on_the_country_s_clock_and_shown_as_typed() -> None:
    found, _error = _extension("2026-09-30T23:59:59")
    assert found == datetime(2026, 10, 1, 2, 59, 59, tzinfo=UTC)
    assert typed_instant(found) == "2026-09-30T23:59:59"


def test_an_hour_without_seconds_is_the_whole_minute() -> None:
    assert _extension("2026-09-30T23:59")[0] == datetime(2026, 10, 1, 2, 59, tzinfo=UTC)


def test_an_hour_that_the_clock_skips_does_not_exist() -> None:
    found, error = _extension("2026-09-06T00:30:00")  # clocks go from 24:00 on the 5th to 1:00
    assert found is None
    assert error == "The clock skips this hour on that day"


def test_an_hour_that_comes_twice_is_the_later_one() -> None:
    assert _extension("2026-04-04T23:30:00")[0] == datetime(2026, 4, 5, 3, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "typed",
    [
        "tomorrow",
        "2026-13-01T00:00",
        "2026-09-30T23:59:59Z",
        "0001-01-01T00:00",
        "9999-12-31T23:59:59",
        "2026-09-30T23:59:59+09:00",
    ],
)
def test_what_is_no_instant_is_refused_in_words(typed: str) -> None:
    found, error = _extension(typed)
    assert found is None
    assert error.startswith("Enter a day and an hour")


def test_a_call_that_closes_before_it_opens_is_refused() -> None:
    form = bind(
        CallFields,
        Submitted(
            {
                "title": ["Call"],
                "kind": ["annual"],
                "fiscal_year": ["2027"],
                "opens_at": ["2026-09-30T10:00:00"],
                "closes_at": ["2026-09-30T10:00:00"],
            }
        ),
    )
    assert form.value is None
    assert list(form.errors.values()) == ["The call must close after it opens"]
