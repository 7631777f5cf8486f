"""Numbers of indicators: typed in the reader's language, kept the same in all; dates in their order; old texts stay readable."""

import uuid
from datetime import date

import pytest

from portfolio.business_cases.lines.binding import BoundLine, TypedLine, bind_line
from portfolio.business_cases.lines.columns import cells_of
from portfolio.business_cases.lines.context import LineContext
from portfolio.business_cases.lines.gaps import LineFacts
from portfolio.business_cases.lines.gaps_results import indicator_gaps
from portfolio.business_cases.lines.reading import Line, blank_line
from portfolio.business_cases.lines.specs import INDICATORS
from portfolio.business_cases.lines.values import figure_text
from portfolio.i18n import language
from portfolio.packs.loader import load_pack
from portfolio.packs.terms import TrackCode

CHILE = LineContext(load_pack("chile"), "CLP", (2027, 2028))
CELLS = cells_of(INDICATORS, CHILE)
ID = uuid.UUID(int=5)


def bound(typed: dict[str, str], **stored: object) -> BoundLine:
    line = Line(ID, 3, {**blank_line(INDICATORS, ID).values, **stored}, {})
    return bind_line(INDICATORS, CELLS, CHILE, TypedLine(ID, 3, typed), line)


@pytest.mark.parametrize(
    ("words", "typed", "kept", "read"),
    [
        ("es", "12,5", "12.5", "12,5"),
        ("es", "1.234.567", "1234567", "1234567"),
        ("pt", "-0,25", "-0.25", "-0,25"),
        ("en", "12.50", "12.5", "12.5"),
        ("es", " 85 % ", "85", "85"),
        ("en", "0", "0", "0"),
    ],
)
def test_a_number_is_typed_as_the_reader_writes_and_kept_the_same_for_all(
    words: str, typed: str, kept: str, read: str
) -> None:
    with language(words):
        assert bound({"baseline": typed}).changes == {"baseline": ("", kept)}
        assert figure_text(kept) == read
        assert not bound({"baseline": read}, baseline=kept).changes


@pytest.mark.parametrize("typed", ["forty", "47 days", "1e9", "12.3.4", "٣", "9" * 41])
def test_what_is_no_number_is_refused(typed: str) -> None:
    assert "baseline" in bound({"baseline": typed}).errors


def test_a_text_from_before_stays_as_it_was_until_somebody_changes_it() -> None:
    kept = bound({"baseline": "47 días", "name": "Days"}, baseline="47 días")
    assert kept.changes == {"name": ("", "Days")}
    assert not kept.errors
    assert figure_text("47 días") == "47 días"
    assert "baseline" in bound({"baseline": "48 días"}, baseline="47 días").errors


def test_submission_asks_for_a_number_where_an_old_text_stands() -> None:
    values = {**blank_line(INDICATORS, ID).values, "baseline": "47 días", "target": "5"}
    facts = LineFacts(CHILE, TrackCode.FULL, {INDICATORS.name: [Line(ID, 1, values, {})]}, None, frozenset())  # type: ignore[arg-type]
    assert any("baseline is not a number" in gap.text for gap in indicator_gaps(facts))


def test_the_target_is_reached_after_the_baseline_was_measured() -> None:
    late = bound({"target_on": "2026-01-31"}, baseline_on=date(2026, 1, 31))
    assert late.errors == {"target_on": "Enter a date after «Measured on»"}
    early = bound({"baseline_on": "2029-01-01"}, target_on=date(2028, 12, 31))
    assert early.errors == {"baseline_on": "Enter a date before «Reached by»"}
    assert not bound({"target_on": "2026-02-01"}, baseline_on=date(2026, 1, 31)).errors
    assert not bound({"name": "x"}, baseline_on=date(2026, 1, 31), target_on=date(2020, 1, 1)).errors
