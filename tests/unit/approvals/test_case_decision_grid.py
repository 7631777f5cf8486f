"""The grid of a case's amounts begins with the fiscal year of its call."""

from portfolio.approvals.case_decision_form import SPARE, GridRow, grid_of, read_grid
from portfolio.approvals.decision_rules import Line


def test_an_empty_grid_says_the_fiscal_year_in_its_first_row() -> None:
    assert grid_of([], "USD", 2027) == [GridRow(0, "2027", "1"), GridRow(1)]


def test_a_year_alone_is_no_amount() -> None:
    assert read_grid(grid_of([], "USD", 2027), "USD", ()) == ([], {})


def test_stored_amounts_keep_their_own_years() -> None:
    rows = grid_of([Line(2028, 5_00)], "USD", 2027)
    assert [row.year for row in rows] == ["2028", *[""] * SPARE]
