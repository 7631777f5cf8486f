"""What a value cannot be, as the catalogue says or the unit does; and what an own indicator says of itself."""

from typing import Any

import pytest

from portfolio.kpis.bounds import bound_fault, hard_bounds
from portfolio.kpis.catalogue import catalogue
from portfolio.kpis.models import Indicator
from portfolio.kpis.numbers import PLACES
from portfolio.kpis.terms import UnitKind

ONE = 10**PLACES


def an_indicator(kind: UnitKind, **more: Any) -> Indicator:
    return Indicator(code="", name="Own", unit_kind=kind, scale=PLACES, **more)


def of_catalogue(code: str, **more: Any) -> Indicator:
    entry = catalogue()[code]
    fields = {
        "name": str(entry.name),
        "unit_kind": entry.unit_kind,
        "unit": entry.unit.in_language("es"),
        "scale": PLACES,
    }
    return Indicator(code=code, **{**fields, **more})


@pytest.mark.parametrize(
    ("code", "bounds"),
    [
        ("K07", (0, 100)),
        ("K11", (0, 100)),
        ("K01", (0, None)),
        ("K08", (0, None)),
        ("K31", (1, 5)),
        ("K74", (0, None)),
        ("K87", (None, None)),
    ],
)
def test_the_catalogue_says_what_cannot_be(code: str, bounds: tuple[int | None, int | None]) -> None:
    assert hard_bounds(of_catalogue(code)) == tuple(None if one is None else one * ONE for one in bounds)


def test_every_share_count_and_time_of_the_catalogue_has_a_least() -> None:
    bare = {one.code for one in catalogue().values() if one.least is None and one.unit_kind is not UnitKind.MONEY}
    assert bare == {"K87"}, "systems added less systems retired may be negative"
    shares = {one.code for one in catalogue().values() if one.unit_kind is UnitKind.PERCENT and one.most != 100}
    assert shares == {"K74"}, "what is accrued may pass the budget"


@pytest.mark.parametrize(("value", "is_wrong"), [(-5, True), (0, False), (100, False), (150, True)])
def test_a_share_of_a_whole_lies_between_nothing_and_all(value: int, is_wrong: bool) -> None:
    for one in (of_catalogue("K07"), an_indicator(UnitKind.PERCENT, unit="% of those who begin")):
        assert bool(bound_fault(one, value * ONE)) is is_wrong
    assert bound_fault(of_catalogue("K07"), None) == ""


def test_an_own_indicator_that_says_that_it_reaches_further_is_believed() -> None:
    growth = an_indicator(UnitKind.PERCENT, lowest=-50 * ONE, highest=300 * ONE)
    assert hard_bounds(growth) == (None, None)
    assert hard_bounds(an_indicator(UnitKind.PERCENT, highest=90 * ONE)) == (0, 100 * ONE)
    assert hard_bounds(an_indicator(UnitKind.RATIO)) == (None, None)
    assert hard_bounds(of_catalogue("K31", unit="puntos de 1 a 10")) == (None, None), "counted otherwise than there"
    assert bound_fault(of_catalogue("K07", highest=300 * ONE), 150 * ONE), "what the catalogue defines is not redefined"
