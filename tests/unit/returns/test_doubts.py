"""What cannot be true of a declaration, and what is asked about twice."""

from datetime import date

import pytest

from portfolio.returns.doubts import Doubt, Known, Said, doubts, impossible_finish
from portfolio.returns.versions import differences
from portfolio.returns.words import FIELDS

TODAY = date(2027, 1, 5)
END = date(2026, 12, 31)
BEFORE = Said(physical_bp=1_400, paid=90_000_00, finish=date(2028, 6, 30), cost=900_000_00)
KNOWN = Known("USD", END, BEFORE, paid_on_record=96_000_00)
PLAIN = Said(physical_bp=2_000, paid=96_000_00, finish=date(2028, 6, 30), cost=900_000_00)


def found(known: Known = KNOWN, **said: object) -> list[tuple[str, Doubt]]:
    values = {name: getattr(PLAIN, name) for name in ("physical_bp", "paid", "finish", "cost")}
    return [(one.field, one.doubt) for one in doubts(Said(**{**values, **said}), known)]


@pytest.mark.parametrize(
    ("finish", "is_possible"),
    [
        (date(1990, 1, 1), False),
        (date(2026, 7, 31), False),
        (date(2026, 8, 1), True),
        (date(2047, 1, 5), True),
        (date(2047, 1, 6), False),
        (None, True),
    ],
)
def test_a_project_ends_after_it_began_and_within_twenty_years(finish: date | None, is_possible: bool) -> None:
    assert (impossible_finish(finish, date(2026, 8, 1), TODAY) == "") is is_possible


def test_what_is_not_known_to_have_begun_still_ends_within_reach() -> None:
    assert impossible_finish(date(1990, 1, 1), None, TODAY)
    assert not impossible_finish(date(2026, 1, 1), None, TODAY)


def test_plain_figures_raise_no_doubt() -> None:
    assert found() == []
    assert found(Known("USD", END)) == []
    assert doubts(Said(), KNOWN) == []


def test_progress_and_payments_that_go_down_are_asked_about() -> None:
    assert found(physical_bp=1_000) == [("physical", Doubt.GOES_DOWN)]
    assert found(paid=80_000_00) == [("paid", Doubt.NOT_AS_ON_RECORD), ("paid", Doubt.GOES_DOWN)]


@pytest.mark.parametrize(
    ("paid", "asked"), [(96_960_00, False), (96_960_01, True), (95_040_00, False), (900_000_00, True)]
)
def test_payments_may_differ_by_one_per_cent_of_what_is_on_record(paid: int, asked: bool) -> None:
    assert (("paid", Doubt.NOT_AS_ON_RECORD) in found(paid=paid)) is asked


def test_anything_paid_differs_from_a_record_of_nothing_paid() -> None:
    known = Known("USD", END, paid_on_record=0)
    assert found(known, paid=1) == [("paid", Doubt.NOT_AS_ON_RECORD)]
    assert found(known, paid=0) == []


@pytest.mark.parametrize(("finish", "asked"), [(date(2028, 3, 30), False), (date(2028, 3, 29), True)])
def test_an_end_that_comes_nearer_by_more_than_a_quarter(finish: date, asked: bool) -> None:
    assert (found(finish=finish) == [("forecast_finish", Doubt.MUCH_EARLIER)]) is asked


def test_an_end_that_is_over_with_work_left() -> None:
    known = Known("USD", END)
    assert found(known, finish=END) == [("forecast_finish", Doubt.OVER_BUT_NOT_DONE)]
    assert found(known, finish=END, physical_bp=10_000) == []


def test_the_cost_at_completion() -> None:
    assert found(cost=1_00) == [("forecast_cost", Doubt.BELOW_PAID), ("forecast_cost", Doubt.COST_CHANGES)]
    assert found(cost=720_000_00) == []
    assert found(cost=719_999_99) == [("forecast_cost", Doubt.COST_CHANGES)]
    assert found(cost=1_080_000_01) == [("forecast_cost", Doubt.COST_CHANGES)]


def test_versions_differ_field_by_field_in_the_order_of_the_form() -> None:
    before = dict.fromkeys(FIELDS, "x")
    after = {**before, "level": "low", "physical": 1}
    assert [(one.name, one.before, one.after) for one in differences(before, after)] == [
        ("physical", "x", 1),
        ("level", "x", "low"),
    ]
    assert differences(before, before) == []
