"""What a page makes of drawn figures and of an address."""

import pytest

from portfolio.risk.matrix_view import read_cell
from portfolio.risk.simulated import shown_figure


@pytest.mark.parametrize(
    ("drawn", "shown"),
    [(16_796_706.4, 16_800_000), (999.4, 999), (1_004.9, 1_000), (0.2, 0), (-16_796_706.4, -16_800_000)],
)
def test_a_drawn_figure_has_three_digits(drawn: float, shown: int) -> None:
    assert shown_figure(drawn) == shown


@pytest.mark.parametrize(
    ("text", "cell"), [("4-5", (4, 5)), ("", None), ("4", None), ("a-b", None), ("-1-2", None), ("٤-٥", None)]
)
def test_a_cell_of_an_address_is_read_or_left_out(text: str, cell: tuple[int, int] | None) -> None:
    assert read_cell(text) == cell
