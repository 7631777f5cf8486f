"""The ledger of draws: no order of entries passes the ceiling, and every refusal says why."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.approvals.code_terms import (
    CODE_PROBLEM_LABELS,
    CODE_STATE_LABELS,
    DRAW_KIND_LABELS,
    STATEMENT_PROBLEM_LABELS,
    VERIFY_ADVICE,
    VERIFY_STATUS_LABELS,
    CodeProblem,
    CodeState,
    DrawKind,
    StatementProblem,
    VerifyStatus,
)
from portfolio.approvals.draw_rules import (
    Balance,
    CodeFacts,
    Draw,
    VerifyQuery,
    amount_left,
    balance,
    balance_by_order,
    state_after,
    verify_status,
    why_not_draw,
)

TODAY = date(2027, 5, 3)
QUERY = VerifyQuery(on=TODAY)


def a_code(**changes) -> CodeFacts:
    return replace(
        CodeFacts(
            state=CodeState.ISSUED,
            ceiling=100_00,
            currency="USD",
            buyer_units=frozenset({"buyer"}),
            fiscal_years=frozenset({2027}),
            categories=frozenset({"software"}),
            not_before=date(2027, 1, 1),
            expires=date(2027, 12, 31),
        ),
        **changes,
    )


def a_draw(kind=DrawKind.RESERVE, amount=10_00, order="OC-1", **changes) -> Draw:
    return replace(Draw(kind, amount, "USD", order, "buyer", 2027, TODAY), **changes)


def after(code: CodeFacts, *draws: Draw) -> CodeFacts:
    for draw in draws:
        assert why_not_draw(code, draw) is None
        code = replace(code, draws=(*code.draws, draw))
    return code


def test_a_commitment_below_its_reserve_frees_the_rest():
    code = after(a_code(), a_draw(amount=60_00), a_draw(DrawKind.COMMIT, 45_00))
    assert balance(code.ceiling, code.draws) == Balance(reserved=0, committed=45_00, available=55_00)


def test_a_commitment_above_its_reserve_takes_the_difference_from_what_is_left():
    code = after(a_code(), a_draw(amount=60_00), a_draw(amount=30_00, order="OC-2"))
    assert why_not_draw(code, a_draw(DrawKind.COMMIT, 70_00)) is None
    assert why_not_draw(code, a_draw(DrawKind.COMMIT, 70_01)) == (
        "The draw needs 10.01 USD and 10.00 USD is left under the ceiling"
    )


def test_a_commitment_uses_only_the_reserve_of_its_own_order():
    code = after(a_code(), a_draw(amount=90_00, order="OC-2"))
    assert why_not_draw(code, a_draw(DrawKind.COMMIT, 20_00, order="OC-1")) is not None


def test_the_ceiling_may_be_reached_and_not_passed():
    assert why_not_draw(a_code(), a_draw(amount=100_00)) is None
    assert why_not_draw(a_code(), a_draw(amount=100_01)) is not None


def test_no_more_is_released_than_the_order_holds():
    code = after(a_code(), a_draw(amount=60_00), a_draw(amount=5_00, order="OC-2"))
    assert (
        why_not_draw(code, a_draw(DrawKind.RELEASE, 5_01, order="OC-2")) == "Only 5.00 USD is reserved for this order"
    )
    assert balance_by_order(after(code, a_draw(DrawKind.RELEASE, 60_00)).draws)["OC-1"] == Balance()


def test_a_correction_lowers_a_commitment_no_further_than_zero():
    code = after(a_code(), a_draw(DrawKind.COMMIT, 60_00))
    assert why_not_draw(code, a_draw(DrawKind.ADJUST, -60_00)) is None
    assert why_not_draw(code, a_draw(DrawKind.ADJUST, -60_01)) == "Only 60.00 USD is committed for this order"
    assert why_not_draw(code, a_draw(DrawKind.ADJUST, 40_01)) is not None


def test_suspension_blocks_new_reserves_and_never_what_is_reserved():
    code = replace(after(a_code(), a_draw(amount=60_00)), state=CodeState.SUSPENDED)
    assert "suspended" in (why_not_draw(code, a_draw(amount=1)) or "")
    assert "suspended" in (why_not_draw(code, a_draw(DrawKind.COMMIT, 60_01)) or "")
    assert "suspended" in (why_not_draw(code, a_draw(DrawKind.COMMIT, 1, order="OC-9")) or "")
    assert why_not_draw(code, a_draw(DrawKind.COMMIT, 60_00)) is None
    assert why_not_draw(code, a_draw(DrawKind.RELEASE, 60_00)) is None


@pytest.mark.parametrize("state", [CodeState.EXPIRED, CodeState.REVOKED, CodeState.SUPERSEDED])
def test_a_code_out_of_force_only_gives_back(state):
    code = replace(after(a_code(), a_draw(amount=60_00), a_draw(DrawKind.COMMIT, 10_00, order="OC-2")), state=state)
    for refused in (a_draw(), a_draw(DrawKind.COMMIT, 60_00), a_draw(DrawKind.ADJUST, 1, order="OC-2")):
        assert "no longer in force" in (why_not_draw(code, refused) or "")
    assert why_not_draw(code, a_draw(DrawKind.RELEASE, 60_00)) is None
    assert why_not_draw(code, a_draw(DrawKind.ADJUST, -10_00, order="OC-2")) is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"currency": "CLP"}, "The ceiling of this code is in USD, the draw is in CLP"),
        ({"buyer_unit": "other"}, "This code was issued to another buyer"),
        ({"fiscal_year": 2028}, "The code covers the fiscal years 2027, not 2028"),
        ({"on": date(2028, 1, 1)}, "The code expired on Dec 31, 2027"),
        ({"on": date(2026, 12, 31)}, "The code is valid from Jan 1, 2027"),
        ({"order_ref": "  "}, "Give the reference of the order or tender"),
        ({"amount": 0}, "The amount must be more than zero"),
        ({"amount": -5}, "The amount must be more than zero"),
    ],
)
def test_every_refusal_says_why(changes, reason):
    assert why_not_draw(a_code(), a_draw(**changes)) == reason


def test_the_first_and_last_day_are_within_validity():
    assert why_not_draw(a_code(), a_draw(on=date(2027, 1, 1))) is None
    assert why_not_draw(a_code(), a_draw(on=date(2027, 12, 31))) is None


def test_exhausted_follows_the_commitments_both_ways():
    full = after(a_code(), a_draw(DrawKind.COMMIT, 100_00))
    now = balance(full.ceiling, full.draws)
    assert state_after(CodeState.ISSUED, now) is CodeState.EXHAUSTED
    less = after(replace(full, state=CodeState.EXHAUSTED), a_draw(DrawKind.ADJUST, -1))
    assert state_after(CodeState.EXHAUSTED, balance(less.ceiling, less.draws)) is CodeState.ISSUED
    assert state_after(CodeState.ISSUED, Balance(reserved=100_00, available=0)) is CodeState.ISSUED
    assert state_after(CodeState.SUSPENDED, now) is CodeState.SUSPENDED


DRAWS = st.builds(
    a_draw,
    kind=st.sampled_from(DrawKind),
    amount=st.integers(-60_00, 110_00),
    order=st.sampled_from(["A", "B", "C"]),
)


@given(
    st.lists(st.tuples(st.sampled_from([CodeState.ISSUED, CodeState.SUSPENDED, CodeState.REVOKED]), DRAWS), max_size=30)
)
def test_no_sequence_of_accepted_draws_passes_the_ceiling_or_goes_below_zero(steps):
    code = a_code()
    for state, draw in steps:
        code = replace(code, state=state)
        before = balance(code.ceiling, code.draws)
        if why_not_draw(code, draw) is not None:
            continue
        code = replace(code, draws=(*code.draws, draw))
        now = balance(code.ceiling, code.draws)
        assert now.reserved + now.committed <= code.ceiling
        assert now.available == code.ceiling - now.reserved - now.committed
        for order in (now, *balance_by_order(code.draws).values()):
            assert order.reserved >= 0
            assert order.committed >= 0
        if state is not CodeState.ISSUED:
            assert now.available >= before.available


@pytest.mark.parametrize(
    ("code", "query", "status"),
    [
        (a_code(), QUERY, VerifyStatus.VALID),
        (None, QUERY, VerifyStatus.UNKNOWN),
        (None, replace(QUERY, is_exempt=True), VerifyStatus.EXEMPT),
        (CodeProblem.LETTERS, QUERY, VerifyStatus.BAD_CHECK),
        (a_code(state=CodeState.REVOKED), replace(QUERY, is_exempt=True), VerifyStatus.REVOKED),
        (a_code(state=CodeState.SUPERSEDED), QUERY, VerifyStatus.SUPERSEDED),
        (a_code(state=CodeState.EXPIRED), QUERY, VerifyStatus.EXPIRED),
        (a_code(state=CodeState.SUSPENDED), QUERY, VerifyStatus.SUSPENDED),
        (a_code(state=CodeState.EXHAUSTED), QUERY, VerifyStatus.EXHAUSTED),
        (a_code(), replace(QUERY, on=date(2028, 1, 1)), VerifyStatus.EXPIRED),
        (a_code(), replace(QUERY, on=date(2026, 1, 1)), VerifyStatus.NOT_YET),
        (a_code(), replace(QUERY, amount=100_00, currency="USD"), VerifyStatus.VALID),
        (a_code(), replace(QUERY, amount=100_01, currency="USD"), VerifyStatus.OVER_CEILING),
        (a_code(), replace(QUERY, amount=1, currency="CLP"), VerifyStatus.WRONG_CURRENCY),
        (a_code(), replace(QUERY, buyer_unit="other"), VerifyStatus.WRONG_BUYER),
        (a_code(), replace(QUERY, category="hardware"), VerifyStatus.WRONG_CATEGORY),
        (a_code(), replace(QUERY, fiscal_year=2028), VerifyStatus.WRONG_YEAR),
    ],
)
def test_a_verifier_hears_one_word(code, query, status):
    assert verify_status(code, query) is status


def test_an_order_is_verified_against_its_own_reserve_even_while_suspended():
    code = after(a_code(), a_draw(amount=100_00))
    asked = replace(QUERY, amount=100_00, currency="USD")
    assert verify_status(code, asked) is VerifyStatus.OVER_CEILING
    assert verify_status(code, replace(asked, order_ref="OC-1")) is VerifyStatus.VALID
    assert (
        verify_status(replace(code, state=CodeState.SUSPENDED), replace(asked, order_ref="OC-1")) is VerifyStatus.VALID
    )
    assert verify_status(replace(code, state=CodeState.SUSPENDED), replace(asked, order_ref="OC-2")) is (
        VerifyStatus.SUSPENDED
    )
    assert (amount_left(code), amount_left(code, "OC-1"), amount_left(code, "OC-2")) == (0, 100_00, 0)


@pytest.mark.parametrize(
    ("members", "words"),
    [
        (CodeState, CODE_STATE_LABELS),
        (DrawKind, DRAW_KIND_LABELS),
        (VerifyStatus, VERIFY_STATUS_LABELS),
        (VerifyStatus, VERIFY_ADVICE),
        (CodeProblem, CODE_PROBLEM_LABELS),
        (StatementProblem, STATEMENT_PROBLEM_LABELS),
    ],
)
def test_every_member_has_words(members, words):
    assert set(words) == set(members)
