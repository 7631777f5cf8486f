"""The table of a project's life, by itself: every guard speaks, and no sequence of moves goes round the scale gate."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from portfolio.monitoring.life_guards import HandOverFacts, LifeFacts, PilotFacts
from portfolio.monitoring.life_workflow import ALIVE, ENDERS, ENDS, FINAL, GATES, LIFE, PROPOSERS, ROAD, SCALE_GATES
from portfolio.packs.gates import GateCode
from portfolio.people.terms import Role
from portfolio.projects.terms import ProjectStage as S
from portfolio.projects.terms import Standing

TODAY = date(2026, 8, 3)
PILOT = PilotFacts("9 of 10 people finish alone", 50_000_000, TODAY + timedelta(days=60), set_since_last_pilot=True)
HAND_OVER = HandOverFacts(1_000_000, "1.3", "Two people", "99.5 %", "Head of services")
WELL = LifeFacts(today=TODAY, pilot=PILOT, hand_over=HAND_OVER, is_scale_passed=True, is_evaluated=True)
EVERYBODY = frozenset(Role)


def refused(move: str, stage: S, facts: LifeFacts, roles: frozenset[Role] = EVERYBODY) -> list[str]:
    return LIFE.refusals(move, stage, roles, facts)


@pytest.mark.parametrize("move", LIFE.transitions, ids=lambda move: move.name)
def test_with_everything_there_each_move_may_be_made(move) -> None:
    for stage in move.sources:
        assert refused(move.name, stage, WELL, move.roles) == []


@pytest.mark.parametrize(
    ("move", "stage", "facts", "words"),
    [
        ("close", S.OPERATING, replace(WELL, closing_open=("Contracts", "Data")), "not complete: Contracts, Data"),
        ("close", S.OPERATING, replace(WELL, is_evaluated=False), "only after its evaluation was reviewed"),
        ("begin_pilot", S.DISCOVERY, replace(WELL, pilot=None), "needs exit criteria, a cap and an end date"),
        ("begin_pilot", S.DISCOVERY, replace(WELL, pilot=replace(PILOT, exit_criteria=" ")), "needs exit criteria"),
        ("begin_pilot", S.DISCOVERY, replace(WELL, pilot=replace(PILOT, cap_minor=0)), "a cap and an end date"),
        ("begin_pilot", S.DISCOVERY, replace(WELL, pilot=replace(PILOT, ends_on=TODAY)), "not in the future"),
        (
            "repeat_pilot",
            S.EVALUATION,
            replace(WELL, pilot=replace(PILOT, set_since_last_pilot=False)),
            "terms of its own",
        ),
        ("end_pilot", S.PILOT, replace(WELL, criteria_met=False), "has not come"),
        ("end_pilot", S.PILOT, replace(WELL, has_open_proposal=True), "waits for its decision"),
        ("launch", S.SCALING, replace(WELL, is_scale_passed=False), "without a passed scale gate"),
        ("begin_operating", S.HAND_OVER, replace(WELL, hand_over=None), "needs an operating budget"),
        ("begin_operating", S.HAND_OVER, replace(WELL, hand_over=replace(HAND_OVER, team="")), "lacks: a team"),
        ("begin_operating", S.HAND_OVER, replace(WELL, hand_over=replace(HAND_OVER, owner="")), "lacks: an owner"),
        (
            "begin_operating",
            S.HAND_OVER,
            replace(WELL, hand_over=replace(HAND_OVER, service_levels="", budget_line="")),
            "lacks: an operating budget with its line, service levels",
        ),
        ("scale", S.EVALUATION, replace(WELL, unanswered=1), "needs its evidence"),
        ("begin_hand_over", S.PRODUCTION, replace(WELL, has_open_proposal=True), "waits for its decision"),
    ],
)
def test_each_guard_says_why_not(move: str, stage: S, facts: LifeFacts, words: str) -> None:
    found = refused(move, stage, facts)
    assert len(found) == 1
    assert words in found[0]


def test_a_pilot_ends_on_its_date_or_when_its_criteria_are_met() -> None:
    on_time = replace(WELL, pilot=replace(PILOT, ends_on=TODAY), criteria_met=False)
    assert refused("end_pilot", S.PILOT, on_time) == []
    assert refused("end_pilot", S.PILOT, replace(WELL, criteria_met=True)) == []


def test_a_suspended_project_only_ends() -> None:
    suspended = replace(WELL, standing=Standing.SUSPENDED)
    for move in LIFE.transitions:
        stage = next(iter(move.sources))
        assert bool(refused(move.name, stage, suspended, move.roles)) is (move.name not in ENDS)


def test_a_project_at_risk_moves_like_any_other() -> None:
    at_risk = replace(WELL, standing=Standing.AT_RISK)
    for move in LIFE.transitions:
        assert refused(move.name, next(iter(move.sources)), at_risk, move.roles) == []


def test_every_gate_of_the_packs_is_a_move_and_only_others_than_the_lead_decide_one() -> None:
    assert {code.value for code in GateCode} == GATES
    for name in GATES:
        assert Role.CASE_LEAD not in LIFE.named(name).roles
    assert {move.name for move in LIFE.transitions if move.roles == PROPOSERS} == {"end_pilot", "begin_hand_over"}
    assert all(LIFE.named(name).roles == ENDERS for name in ENDS)


def test_only_the_scale_gates_lead_into_scaling_and_only_the_launch_into_production() -> None:
    assert {move.name for move in LIFE.transitions if move.target is S.SCALING} == SCALE_GATES
    into_production = [move for move in LIFE.transitions if move.target is S.PRODUCTION]
    assert [(move.name, move.sources) for move in into_production] == [("launch", frozenset({S.SCALING}))]
    assert set(ROAD) | {S.ABSORBED, S.WITHDRAWN} == set(S)


class Life(RuleBasedStateMachine):
    """Anybody tries anything in any order; what happened is compared with a model that knows only the law."""

    @initialize()
    def born(self) -> None:
        self.stage = S.PLANNED
        self.facts = LifeFacts(today=TODAY)
        self.scale_passed = False
        self.ended = False

    @rule(days=st.integers(-5, 90), cap=st.integers(0, 5), text=st.sampled_from(["", "Nine of ten"]))
    def set_pilot_terms(self, days: int, cap: int, text: str) -> None:
        terms = PilotFacts(text, cap, self.facts.today + timedelta(days=days), set_since_last_pilot=True)
        self.facts = replace(self.facts, pilot=terms)

    @rule(budget=st.integers(0, 2), team=st.sampled_from(["", "Two"]))
    def set_hand_over(self, budget: int, team: str) -> None:
        self.facts = replace(self.facts, hand_over=HandOverFacts(budget, "1.3", team, "99 %", "Owner"))

    @rule(standing=st.sampled_from(Standing))
    def stand(self, standing: Standing) -> None:
        self.facts = replace(self.facts, standing=standing)

    @rule(days=st.integers(1, 120))
    def time_passes(self, days: int) -> None:
        self.facts = replace(self.facts, today=self.facts.today + timedelta(days=days))

    @rule(
        name=st.sampled_from([move.name for move in LIFE.transitions]),
        role=st.sampled_from(Role),
        passes=st.booleans(),
        met=st.booleans(),
        unanswered=st.integers(0, 1),
    )
    def try_a_move(self, name: str, role: Role, passes: bool, met: bool, unanswered: int) -> None:
        move = LIFE.named(name)
        facts = replace(self.facts, criteria_met=met, unanswered=unanswered, is_scale_passed=self.scale_passed)
        if LIFE.refusals(name, self.stage, frozenset({role}), facts):
            return
        if name in GATES and not passes:
            return  # a failed gate leaves the project where it is
        assert role in move.roles
        assert not self.ended, "nothing moves after the end"
        assert self.facts.standing is not Standing.SUSPENDED or name in ENDS
        if move.target is S.PILOT:
            terms = self.facts.pilot
            assert terms is not None
            assert terms.exit_criteria
            assert terms.cap_minor > 0
            assert terms.ends_on > self.facts.today
            assert terms.set_since_last_pilot
            self.facts = replace(self.facts, pilot=replace(terms, set_since_last_pilot=False))
        if name in SCALE_GATES:
            self.scale_passed = True
        if move.target is S.OPERATING:
            assert self.facts.hand_over is not None
            assert self.facts.hand_over.budget_minor
            assert self.facts.hand_over.team
        self.stage = move.target
        self.ended = move.target in FINAL

    @invariant()
    def production_lies_behind_the_scale_gate(self) -> None:
        if getattr(self, "stage", None) in (S.PRODUCTION, S.HAND_OVER, S.OPERATING, S.CLOSED):
            assert self.scale_passed

    @invariant()
    def a_living_project_can_always_end(self) -> None:
        if getattr(self, "stage", None) in ALIVE:
            offered = {move.name for move in LIFE.offered(self.stage, frozenset({Role.COMMISSION_CHAIR}))}
            assert offered == set(ENDS)


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
