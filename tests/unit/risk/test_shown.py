"""What a page makes of drawn figures and of an address."""

from itertools import pairwise

import pytest

from portfolio.risk import simulated
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


@pytest.mark.parametrize(
    ("places", "names"),
    [
        ([0, 0, 300, 500], ["P10 · P50", "", "P80", "P90"]),
        ([0, 100, 300, 500], ["P10", "P50", "P80", "P90"]),
        ([10, 30, 60, 80], ["P10 · P50 · P80 · P90", "", "", ""]),
    ],
)
def test_names_above_the_drawing_do_not_overlap(places: list[float], names: list[str]) -> None:
    found = simulated._marks(list(zip(places, ("P10", "P50", "P80", "P90"), strict=True)))
    assert [mark.name for mark in found] == names
    shown = [mark for mark in found if mark.name]
    assert all(simulated.EDGE <= mark.text <= simulated.WIDTH - simulated.EDGE for mark in shown)
    assert all(right.text - left.text >= simulated.APART for left, right in pairwise(shown))
