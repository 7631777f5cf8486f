"""The table of an external review, by itself: its way is W12, every guard speaks, nobody verifies their own answer."""

from dataclasses import replace

import pytest

from portfolio.closure.external_workflow import ANSWERERS, EXTERNAL, ORDERERS, ReviewFacts
from portfolio.closure.terms import ExternalState as S
from portfolio.people.terms import Role

WELL = ReviewFacts()
WAY = ["begin", "report", "respond", "verify", "close"]


def test_the_way_is_that_of_the_handbook() -> None:
    states = [S.ORDERED]
    for name in WAY:
        move = EXTERNAL.named(name)
        assert states[-1] in move.sources
        states.append(move.target)
    assert states == [S.ORDERED, S.IN_PROGRESS, S.FINDINGS, S.RESPONSE, S.VERIFIED, S.CLOSED]


@pytest.mark.parametrize("move", EXTERNAL.transitions, ids=lambda move: move.name)
def test_with_everything_there_each_move_may_be_made_and_only_by_its_roles(move) -> None:
    for state in S:
        for role in Role:
            refused = EXTERNAL.refusals(move.name, state, frozenset({role}), WELL)
            assert bool(refused) is not (state in move.sources and role in move.roles)


@pytest.mark.parametrize(
    ("name", "state", "facts", "words"),
    [
        ("respond", S.FINDINGS, replace(WELL, unanswered=2), "2 findings have no answer yet"),
        ("verify", S.RESPONSE, replace(WELL, unsettled=1), "1 finding is not settled yet"),
        ("verify", S.RESPONSE, replace(WELL, is_answerer=True), "Whoever answered"),
        ("begin", S.ORDERED, replace(WELL, belongs_there=True), "institution that is reviewed"),
        ("close", S.VERIFIED, replace(WELL, belongs_there=True), "institution that is reviewed"),
    ],
)
def test_each_guard_speaks(name: str, state: S, facts: ReviewFacts, words: str) -> None:
    (reason,) = EXTERNAL.refusals(name, state, frozenset(Role), facts)
    assert words in reason


def test_who_orders_never_answers() -> None:
    assert not ORDERERS & ANSWERERS
    assert Role.AUDITOR in ORDERERS
