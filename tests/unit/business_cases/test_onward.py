"""Where saving a section leads: in order, around the end, past what is closed, and to the list at last."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from portfolio.business_cases.completeness import Standing
from portfolio.business_cases.onward import next_lacking, onward
from portfolio.business_cases.terms import CaseStatus
from portfolio.packs.loader import load_pack
from portfolio.packs.terms import SectionCode as S

SHOWN = (S.REDESIGN, S.STRATEGY, S.OPTIONS, S.COSTS)


def state(status: CaseStatus = CaseStatus.DRAFT, open_sections: tuple[str, ...] = ()) -> Standing:
    case = SimpleNamespace(id="k", status=status, open_sections=list(open_sections))
    empty: Any = None
    found = Standing(empty, {}, empty, empty, empty, frozenset(), frozenset(SHOWN) - {S.OPTIONS}, SHOWN)
    return replace(found, case=cast(Any, case))


@pytest.mark.parametrize(
    ("here", "lacking", "wanted"),
    [
        (S.REDESIGN, {"strategy", "costs"}, S.STRATEGY),
        (S.STRATEGY, {"redesign", "costs"}, S.COSTS),
        (S.COSTS, {"strategy", "costs"}, S.STRATEGY),
        (S.REDESIGN, {"options"}, None),
        (S.STRATEGY, {"strategy"}, None),
        (S.STRATEGY, set(), None),
    ],
    ids=["the next one", "onwards first", "around the end", "optional ones do not count", "not itself", "none left"],
)
def test_the_next_required_section_that_lacks_something(here: S, lacking: set[str], wanted: S | None) -> None:
    assert next_lacking(state(), lacking, here) is wanted


def test_after_a_return_only_the_sections_that_are_open_are_visited() -> None:
    returned = state(CaseStatus.INCOMPLETE, ("redesign", "costs"))
    assert next_lacking(returned, {"strategy", "costs"}, S.REDESIGN) is S.COSTS
    assert next_lacking(returned, {"strategy"}, S.REDESIGN) is None


def test_the_button_says_where_it_leads() -> None:
    pack = load_pack("eclac")
    there = onward(pack, state(), {"costs"}, S.STRATEGY)
    assert there.href == "/cases/k/sections/costs"
    assert str(pack.section(S.COSTS).label) in there.words
    assert onward(pack, state(), {}, S.STRATEGY).href == "/cases/k/formulation"
