"""When returns are due and late, and the table of moves."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.packs.loader import load_pack
from portfolio.people.terms import Role
from portfolio.returns.changes import Kind, changed
from portfolio.returns.rules import LATE_WITHIN, Handed, Step, due_day, is_late, late_enough, owes, step_on
from portfolio.returns.terms import ReturnState
from portfolio.returns.words import FIELDS
from portfolio.returns.workflow import RETURNS, ReturnFacts

PACK = load_pack("eclac")
PERIOD = date(2026, 7, 1)


def test_a_return_is_due_ten_working_days_after_its_period() -> None:
    assert due_day(PACK, PERIOD) == date(2026, 10, 14)


def test_a_project_owes_nothing_for_a_period_of_which_it_lived_less_than_a_month() -> None:
    assert owes(date(2026, 8, 31), PERIOD)
    assert not owes(date(2026, 9, 1), PERIOD)
    assert owes(None, PERIOD)


@pytest.mark.parametrize(
    ("submitted", "today", "late"),
    [(None, 14, False), (None, 15, True), (14, 30, False), (15, 30, True)],
)
def test_late_is_after_the_day_handed_in_or_not(submitted: int | None, today: int, late: bool) -> None:
    handed = Handed(date(2026, 10, 14), None if submitted is None else date(2026, 10, submitted))
    assert is_late(handed, date(2026, 10, today)) is late


def test_steps_come_one_after_the_other() -> None:
    due = date(2026, 10, 14)
    told = [step_on(PACK, due, date(2026, 10, 1) + timedelta(days=n)) for n in range(35)]
    assert [step for n, step in enumerate(told) if n == 0 or step is not told[n - 1]] == [
        None,
        Step.SOON,
        Step.TODAY,
        Step.LATE,
        Step.HEAD,
        Step.DIRECTIVE,
    ]


_DAYS = st.integers(0, 800).map(lambda n: date(2025, 1, 1) + timedelta(days=n))


@given(st.lists(st.tuples(_DAYS, st.one_of(st.none(), _DAYS))), _DAYS)
def test_a_finding_needs_two_late_returns_of_the_last_year(rows: list[tuple[date, date | None]], today: date) -> None:
    returns = [Handed(due, submitted) for due, submitted in rows]
    counted = [
        place
        for place, one in enumerate(returns)
        if one.due_on >= today - timedelta(days=LATE_WITHIN) and is_late(one, today)
    ]
    assert late_enough(returns, today) == (counted if len(counted) > 1 else [])


@given(st.lists(st.sampled_from([move.name for move in RETURNS.transitions]), max_size=25))
def test_nothing_is_published_that_was_not_signed_and_verified(names: list[str]) -> None:
    state, made = RETURNS.initial, []
    everybody = frozenset(Role)
    for name in names:
        roles = everybody if RETURNS.named(name).roles else None
        refusals = [] if roles is None and state in RETURNS.named(name).sources else None
        refusals = RETURNS.refusals(name, state, everybody, ReturnFacts()) if refusals is None else refusals
        if not refusals:
            made.append(name)
            state = RETURNS.named(name).target
    if state is ReturnState.PUBLISHED:
        assert made[-3:] == ["sign", "verify", "publish"]


def test_there_are_at_most_twelve_fields() -> None:
    assert len(FIELDS) == 12


def test_who_filled_does_not_sign_and_who_signed_does_not_verify() -> None:
    sponsor, verifier = frozenset({Role.HEAD_OF_SERVICE}), frozenset({Role.DIRECTIVE_HEAD})
    assert not RETURNS.refusals("sign", ReturnState.FILLED, sponsor, ReturnFacts())
    assert RETURNS.refusals("sign", ReturnState.FILLED, sponsor, ReturnFacts(is_filler=True))
    assert RETURNS.refusals("verify", ReturnState.SUBMITTED, verifier, ReturnFacts(is_signer=True))
    assert RETURNS.refusals("sign", ReturnState.FILLED, sponsor, ReturnFacts(missing=("Cost",)))


def test_what_changed_is_told_by_kind() -> None:
    before = {
        "stage": "pilot",
        "plan": 1,
        "milestones": {"a": {"title": "A", "expected": "2026-10-01", "reached": ""}},
        "indicators": {"i": {"name": "I", "value": "10", "period": "2026-06-30", "result": "met"}},
        "risks": {"r": {"event": "R", "rating": "high", "state": "open"}},
    }
    after = {
        "stage": "pilot",
        "plan": 2,
        "milestones": {
            "a": {"title": "A", "expected": "2026-12-01", "reached": ""},
            "b": {"title": "B", "expected": "2027-01-01", "reached": ""},
        },
        "indicators": {"i": {"name": "I", "value": "12", "period": "2026-09-30", "result": "met"}},
        "risks": {},
    }
    found = {(change.what, change.kind) for change in changed(before, after)}
    assert found == {("", Kind.CHANGED), ("A", Kind.LATER), ("B", Kind.NEW), ("I", Kind.CHANGED), ("R", Kind.GONE)}
    assert changed({}, after) == []
    assert changed(after, after) == []
