"""A month as files and people write it."""

from datetime import date

import pytest

from portfolio.execution.months import month_of


@pytest.mark.parametrize(
    "text",
    [
        "2026-11", "2026/11", "11/2026", "11-2026", "2026-11-20", "noviembre 2026", "Noviembre de 2026", "nov 2026",
        "nov-2026", "novembro 2026", "novembro de 2026", "November 2026", "2026 noviembre", "NOV. 2026",
    ],
)  # fmt: skip
def test_a_month_is_understood(text):
    assert month_of(text) == date(2026, 11, 1)


@pytest.mark.parametrize("text", ["set 2026", "sept 2026", "setembro de 2026", "septiembre 2026", "September 2026"])
def test_the_shortenings_of_september_too(text):
    assert month_of(text) == date(2026, 9, 1)


@pytest.mark.parametrize("text", ["", "soon", "13/2026", "2026-00", "noviembre", "11/26", "second 2026", "2026"])
def test_what_names_no_month_for_certain_is_not_guessed(text):
    assert month_of(text) is None
