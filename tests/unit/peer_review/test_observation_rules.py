"""When observations may be made, answered and resolved, and by whom."""

import uuid

import pytest

from portfolio.business_cases.terms import CaseStatus as S
from portfolio.peer_review.observation_rules import (
    ANSWERING,
    MAKING,
    Maker,
    tone,
    why_not_answer,
    why_not_make,
    why_not_resolve,
)
from portfolio.peer_review.terms import ObservationKind, ObservationState

ANA, BEA, DIG, PLAN = (uuid.UUID(int=n) for n in range(1, 5))
OPEN, ANSWERED, RESOLVED = ObservationState.OPEN, ObservationState.ANSWERED, ObservationState.RESOLVED


@pytest.mark.parametrize("status", S)
def test_states_in_which_observations_live(status: S) -> None:
    assert (why_not_make(status, True) is None) is (status in MAKING)
    assert why_not_make(status, False) is not None
    assert (why_not_answer(status, OPEN) is None) is (status in ANSWERING)
    assert (why_not_answer(status, ANSWERED) is None) is (status in ANSWERING)
    assert why_not_answer(status, RESOLVED) is not None


@pytest.mark.parametrize(
    ("maker", "person", "seats", "is_secretary", "may"),
    [
        (Maker(ANA, frozenset({DIG})), ANA, frozenset(), False, True),
        (Maker(ANA, frozenset({DIG})), BEA, frozenset({DIG}), False, True),
        (Maker(ANA, frozenset({DIG})), BEA, frozenset({PLAN}), False, False),
        (Maker(ANA, frozenset({DIG})), BEA, frozenset({PLAN}), True, False),
        (Maker(ANA), BEA, frozenset({DIG}), True, True),
        (Maker(ANA), BEA, frozenset({DIG}), False, False),
    ],
)
def test_the_maker_or_their_body_resolves(
    maker: Maker, person: uuid.UUID, seats: frozenset[uuid.UUID], is_secretary: bool, may: bool
) -> None:
    assert (why_not_resolve(OPEN, maker, person, seats, is_secretary) is None) is may
    assert why_not_resolve(RESOLVED, maker, person, seats, is_secretary) is not None


def test_tones() -> None:
    assert tone(ObservationKind.BLOCKING, OPEN) == "bad"
    assert tone(ObservationKind.QUESTION, OPEN) == "waiting"
    assert tone(ObservationKind.BLOCKING, ANSWERED) == "active"
    assert tone(ObservationKind.BLOCKING, RESOLVED) == "good"
