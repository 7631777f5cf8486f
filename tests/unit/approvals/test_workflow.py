"""The gate's table: every move by every role from every state, every guard planted, and random walks."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from portfolio.approvals.audiences import AUDIENCE
from portfolio.approvals.guards import CaseFacts
from portfolio.approvals.labels import MOVED
from portfolio.approvals.moves import ACTS
from portfolio.approvals.routing import MOVE_ROUTES, admission_move, return_move, submission_move
from portfolio.approvals.terms import BudgetOutcome, OpinionOutcome, ReconsiderationState
from portfolio.approvals.workflow import AUDIENCES, CASE_WORKFLOW, POWERS
from portfolio.business_cases.terms import SUBMITTED_STATES, CaseStatus
from portfolio.notifications.words import KINDS
from portfolio.people.terms import Role

S = CaseStatus
FULL = CaseFacts(
    sign_offs_demanded=3,
    sign_offs_held=3,
    reviews_demanded=2,
    reviews_filed=2,
    demands_check=True,
    demands_opinion=True,
    demands_decision=True,
)
"""A case on the full track against which nothing stands."""

FIT: dict[str, CaseFacts] = {
    "resubmit": replace(FULL, returned_from=S.SUBMITTED),
    "resubmit_to_review": replace(FULL, returned_from=S.IN_REVIEW),
    "resubmit_to_check": replace(FULL, returned_from=S.CHECKING),
    "admit_to_check": replace(FULL, reviews_demanded=0),
    "register": CaseFacts(),
    "recommend": replace(FULL, opinion=OpinionOutcome.FAVOURABLE),
    "recommend_with_conditions": replace(FULL, opinion=OpinionOutcome.WITH_CONDITIONS, conditions=1),
    "recommend_against": replace(FULL, opinion=OpinionOutcome.UNFAVOURABLE),
    "reconsider": replace(FULL, reconsideration=ReconsiderationState.REOPENED),
    "conclude": replace(FULL, demands_decision=False),
    "fund": replace(FULL, opinion=OpinionOutcome.FAVOURABLE, decision=BudgetOutcome.FUNDED),
    "not_fund": replace(FULL, opinion=OpinionOutcome.FAVOURABLE, decision=BudgetOutcome.NOT_FUNDED),
    "defer": replace(FULL, opinion=OpinionOutcome.FAVOURABLE, decision=BudgetOutcome.DEFERRED),
}
"""Facts under which each move may be made; `FULL` for the others."""

MOVES = [move.name for move in CASE_WORKFLOW.transitions]


def refusals(name: str, role: Role, facts: CaseFacts, state: CaseStatus | None = None) -> list[str]:
    move = CASE_WORKFLOW.named(name)
    return CASE_WORKFLOW.refusals(name, state or next(iter(move.sources)), frozenset({role}), facts)


@pytest.mark.parametrize("name", MOVES)
def test_each_move_is_made_by_its_roles_from_its_states_and_by_nobody_else_from_nowhere_else(name: str) -> None:
    move, facts = CASE_WORKFLOW.named(name), FIT.get(name, FULL)
    for state in CaseStatus:
        for role in Role:
            may = state in move.sources and role in move.roles
            assert (refusals(name, role, facts, state) == []) is may, (name, state, role)


PLANTED: list[tuple[str, dict[str, Any]]] = [
    ("begin_sign_off", {"missing": 1}),
    ("submit", {"missing": 2}),
    ("submit", {"sign_offs_held": 2}),
    ("submit", {"sections_unsigned": 1}),
    ("submit", {"is_call_open": False}),
    ("resubmit", {"returned_from": S.CHECKING}),
    ("resubmit", {"returned_from": None}),
    ("resubmit", {"missing": 1}),
    ("resubmit_to_review", {"returned_from": S.SUBMITTED}),
    ("resubmit_to_review", {"sign_offs_held": 2}),
    ("resubmit_to_check", {"returned_from": S.IN_REVIEW}),
    ("resubmit_to_check", {"sections_unsigned": 1}),
    ("admit", {"reviews_demanded": 0}),
    ("admit_to_check", {"reviews_demanded": 2}),
    ("admit_to_check", {"demands_opinion": False, "demands_decision": False}),
    ("register", {"demands_opinion": True}),
    ("register", {"reviews_demanded": 1}),
    ("register", {"demands_decision": True}),
    ("close_reviews", {"reviews_filed": 1}),
    ("close_reviews", {"is_third_review_needed": True}),
    ("close_reviews_early", {"reviews_filed": 0}),
    ("recommend", {"opinion": None}),
    ("recommend", {"opinion": OpinionOutcome.WITH_CONDITIONS}),
    ("recommend", {"reviews_outstanding": 1}),
    ("recommend", {"standards_unchecked": 1}),
    ("recommend", {"standards_unmet": 1}),
    ("recommend", {"blocking_open": 1}),
    ("recommend_with_conditions", {"conditions": 0}),
    ("recommend_with_conditions", {"blocking_open": 1}),
    ("recommend_with_conditions", {"standards_unchecked": 3}),
    ("recommend_against", {"opinion": OpinionOutcome.FAVOURABLE}),
    ("recommend_against", {"blocking_open": 2}),
    ("recommend_against", {"standards_unchecked": 1}),
    ("reconsider", {"reconsideration": None}),
    ("reconsider", {"reconsideration": ReconsiderationState.ASKED}),
    ("reconsider", {"reconsideration": ReconsiderationState.UPHELD}),
    ("conclude", {"demands_decision": True}),
    ("fund", {"demands_decision": False}),
    ("fund", {"decision": None}),
    ("fund", {"decision": BudgetOutcome.NOT_FUNDED}),
    ("fund", {"opinion": None}),
    ("fund", {"opinion": OpinionOutcome.UNFAVOURABLE}),
    ("not_fund", {"decision": BudgetOutcome.FUNDED}),
    ("not_fund", {"opinion": None}),
    ("defer", {"decision": BudgetOutcome.FUNDED}),
    ("defer", {"opinion": None}),
]


@pytest.mark.parametrize(("name", "planted"), PLANTED)
def test_each_guard_refuses_what_is_planted_with_one_reason(name: str, planted: dict[str, Any]) -> None:
    role = next(iter(CASE_WORKFLOW.named(name).roles))
    facts = FIT.get(name, FULL)
    assert refusals(name, role, facts) == []
    found = refusals(name, role, replace(facts, **planted))
    assert len(found) == 1
    assert found[0].endswith(".")


def test_every_guard_of_the_table_has_something_planted_against_it() -> None:
    covered: set[tuple[str, Any]] = set()
    for name, planted in PLANTED:
        facts = replace(FIT.get(name, FULL), **planted)
        covered |= {(name, guard) for guard in CASE_WORKFLOW.named(name).guards if guard(facts)}
    partly_alike = {"resubmit", "resubmit_to_review", "resubmit_to_check", "not_fund", "defer", "recommend_against"}
    every = {
        (move.name, guard)
        for move in CASE_WORKFLOW.transitions
        for guard in move.guards
        if move.name not in partly_alike and move.name != "recommend_with_conditions"
    }
    assert every <= covered


def test_all_reasons_come_at_once() -> None:
    found = refusals("submit", Role.AGENCY_CIO, replace(FULL, missing=3, sign_offs_held=1, is_call_open=False))
    assert found == [
        "3 required answers are missing.",
        "2 sign-offs by other people are missing.",
        "The call takes no cases now, and there is no leave for a late submission of this one.",
    ]


def test_a_waiver_lets_a_late_case_in() -> None:
    late = replace(FULL, is_call_open=False, is_late_waived=True)
    assert refusals("submit", Role.AGENCY_CIO, late) == []


@pytest.mark.parametrize(
    ("facts", "may"),
    [
        ({"opinion": None, "is_opinion_overdue": False}, False),
        ({"opinion": None, "is_opinion_overdue": True}, True),
        ({"opinion": None, "opinion_binds": False}, True),
        ({"opinion": OpinionOutcome.UNFAVOURABLE}, False),
        ({"opinion": OpinionOutcome.UNFAVOURABLE, "has_override": True}, True),
        ({"opinion": OpinionOutcome.UNFAVOURABLE, "opinion_binds": False}, True),
        ({"opinion": OpinionOutcome.WITH_CONDITIONS}, True),
    ],
)
def test_money_follows_the_opinion_where_it_binds_save_overdue_and_override(facts: dict[str, Any], may: bool) -> None:
    for state in CASE_WORKFLOW.named("fund").sources:
        found = refusals("fund", Role.BUDGET_DECIDER, replace(FIT["fund"], **facts), state)
        assert (found == []) is may


def test_final_states_are_final_and_what_was_deferred_can_be_decided() -> None:
    for move in CASE_WORKFLOW.transitions:
        assert not move.sources & {S.NOT_FUNDED, S.WITHDRAWN, S.CLOSED}
    assert S.DEFERRED in CASE_WORKFLOW.named("fund").sources


def test_what_is_irreversible_or_takes_away_needs_a_reason() -> None:
    needing = {move.name for move in CASE_WORKFLOW.transitions if move.needs_reason}
    assert needing == {
        "reopen", "return_for_completion", "return_for_changes", "close_reviews_early",
        "reconsider", "not_fund", "defer", "withdraw", "close",
    }  # fmt: skip


def test_every_move_has_words_a_page_a_notice_and_every_audience_somebody_who_finds_it() -> None:
    for name in MOVES:
        assert CASE_WORKFLOW.named(name).words
        assert name in MOVED
        assert name in MOVE_ROUTES
        assert f"case_{name}" in KINDS
    assert set(MOVED) == set(MOVE_ROUTES) == set(MOVES)
    assert set(AUDIENCE) == AUDIENCES
    assert set(POWERS) | set(ACTS) <= set(MOVES)


def test_moves_of_the_oversight_side_name_a_power_and_are_judged_for_separation() -> None:
    agency = {"begin_sign_off", "reopen", "submit", "resubmit", "resubmit_to_review", "resubmit_to_check", "withdraw"}
    assert set(MOVES) - agency == set(ACTS)
    assert set(ACTS) - {"close"} == set(POWERS)


def test_routing_follows_the_track_and_the_return() -> None:
    assert admission_move(FULL) == "admit"
    assert admission_move(replace(FULL, reviews_demanded=0)) == "admit_to_check"
    assert admission_move(CaseFacts()) == "register"
    assert submission_move(S.ALIGNING, FULL) == "submit"
    assert submission_move(S.INCOMPLETE, FIT["resubmit_to_check"]) == "resubmit_to_check"
    assert submission_move(S.INCOMPLETE, FIT["resubmit_to_review"]) == "resubmit_to_review"
    assert submission_move(S.INCOMPLETE, FIT["resubmit"]) == "resubmit"
    assert return_move(S.SUBMITTED) == "return_for_completion"
    assert return_move(S.CHECKING) == "return_for_changes"


class Walk(RuleBasedStateMachine):
    """A case under random facts, tried with random moves by random roles; the table must keep its promises."""

    @initialize()
    def begin(self) -> None:
        self.state = S.DRAFT
        self.facts = FULL
        self.returned_from: CaseStatus | None = None
        self.trail: list[tuple[str, CaseFacts]] = []

    @rule(
        changes=st.fixed_dictionaries(
            {},
            optional={
                "missing": st.integers(0, 1),
                "sign_offs_held": st.integers(0, 3),
                "sections_unsigned": st.integers(0, 1),
                "is_call_open": st.booleans(),
                "is_late_waived": st.booleans(),
                "reviews_filed": st.integers(0, 2),
                "reviews_outstanding": st.integers(0, 1),
                "is_third_review_needed": st.booleans(),
                "blocking_open": st.integers(0, 1),
                "standards_unchecked": st.integers(0, 1),
                "standards_unmet": st.integers(0, 1),
                "opinion": st.none() | st.sampled_from(OpinionOutcome),
                "conditions": st.integers(0, 1),
                "opinion_binds": st.booleans(),
                "is_opinion_overdue": st.booleans(),
                "reconsideration": st.none() | st.sampled_from(ReconsiderationState),
                "decision": st.none() | st.sampled_from(BudgetOutcome),
                "has_override": st.booleans(),
            },
        )
    )
    def facts_change(self, changes: dict[str, Any]) -> None:
        self.facts = replace(FULL, **changes)

    @precondition(lambda self: self.state not in CASE_WORKFLOW.final)
    @rule(data=st.data())
    def try_a_move(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(MOVES)))
        role = data.draw(st.sampled_from(sorted(CASE_WORKFLOW.named(name).roles, key=lambda one: one.value)))
        # Whence a case was returned is in the record, never free: other facts may be anything.
        facts = replace(data.draw(st.sampled_from([self.facts, FIT.get(name, FULL)])), returned_from=self.returned_from)
        if not CASE_WORKFLOW.refusals(name, self.state, frozenset({role}), facts):
            self.returned_from = self.state if CASE_WORKFLOW.named(name).target is S.INCOMPLETE else None
            self.state = CASE_WORKFLOW.named(name).target
            self.trail.append((name, facts))

    @invariant()
    def promises_hold(self) -> None:
        if not hasattr(self, "trail"):
            return
        for name, facts in self.trail:
            if name in ("submit", "resubmit", "resubmit_to_review", "resubmit_to_check"):
                assert facts.sign_offs_held >= facts.sign_offs_demanded
                assert not facts.missing
                assert not facts.sections_unsigned
            if name == "submit":
                assert facts.is_call_open or facts.is_late_waived
            if name in ("fund", "not_fund", "defer"):
                assert facts.opinion or facts.is_opinion_overdue or not facts.opinion_binds
            if name == "fund" and facts.opinion is OpinionOutcome.UNFAVOURABLE and facts.opinion_binds:
                assert facts.has_override
            if name.startswith("recommend"):
                assert not facts.blocking_open
                assert not facts.reviews_outstanding
        names = [name for name, _ in self.trail]
        if self.state in SUBMITTED_STATES and self.state is not S.WITHDRAWN:
            assert "submit" in names
        if self.state in (S.DECIDED, S.NOT_FUNDED, S.DEFERRED):
            assert {"admit", "admit_to_check"} & set(names)

    @invariant()
    def nothing_follows_a_final_state(self) -> None:
        if getattr(self, "state", S.DRAFT) in CASE_WORKFLOW.final:
            for role in Role:
                assert CASE_WORKFLOW.offered(self.state, frozenset({role})) == []


TestWalk = Walk.TestCase
TestWalk.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.filter_too_much]
)
