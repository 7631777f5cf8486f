"""The life of a project (handbook W6): the whole table of moves, who makes or decides them, and what each demands.

A gate is proposed by the project's people and decided by somebody else, who holds one of the roles of its row; the other
moves are made by one person. `monitoring.gates` and `monitoring.life` fire them and are the only writers of a stage.
"""

from collections.abc import Callable

from portfolio.i18n import N_
from portfolio.monitoring import life_guards as g
from portfolio.monitoring.life_guards import LifeFacts
from portfolio.packs.gates import GateCode
from portfolio.packs.terms import Power
from portfolio.people.terms import Role
from portfolio.projects.terms import ProjectStage
from portfolio.projects.terms import ProjectStage as S
from portfolio.workflow.engine import Transition, Workflow

Move = Transition[ProjectStage, Role, LifeFacts]
Guard = Callable[[LifeFacts], str | None]

PROPOSERS = frozenset({Role.CASE_LEAD, Role.AGENCY_CIO})
"""Who puts a project to a gate."""
ENDERS = frozenset({Role.DIRECTIVE_HEAD, Role.COMMISSION_CHAIR})
"""Who suspends, absorbs and withdraws (handbook W6.9: national CIO or commission)."""

_CIO = frozenset({Role.AGENCY_CIO})
_DIRECTIVE = frozenset({Role.DIRECTIVE_HEAD})
_PILOT = (g.pilot_is_bounded, g.pilot_ends_later)
FINAL = frozenset({S.CLOSED, S.ABSORBED, S.WITHDRAWN})
ALIVE = frozenset(S) - FINAL


def _gate(
    code: GateCode, words: str, sources: set[S], target: S, roles: frozenset[Role], *guards: Guard
) -> Move:  # fmt: skip
    every = (g.not_suspended, *guards, g.every_criterion_answered)
    return Transition(code.value, frozenset(sources), target, roles, words, guards=every, binds=True)


LIFE: Workflow[ProjectStage, Role, LifeFacts] = Workflow(
    initial=S.PLANNED,
    final=FINAL,
    transitions=(
        _gate(GateCode.BEGIN_DISCOVERY, N_("Begin discovery"), {S.PLANNED}, S.DISCOVERY, _CIO),
        _gate(
            GateCode.BEGIN_PROOF_OF_CONCEPT, N_("Begin a proof of concept"), {S.DISCOVERY}, S.PROOF_OF_CONCEPT, _CIO
        ),
        _gate(
            GateCode.BEGIN_PILOT, N_("Begin the pilot"), {S.DISCOVERY, S.PROOF_OF_CONCEPT}, S.PILOT, _CIO, *_PILOT
        ),
        Transition(
            "end_pilot", frozenset({S.PILOT}), S.EVALUATION, PROPOSERS, N_("End the pilot and evaluate it"),
            guards=(g.not_suspended, g.no_proposal_waits, g.pilot_may_end), needs_reason=True,
        ),
        _gate(
            GateCode.REPEAT_PILOT, N_("Repeat the pilot"), {S.EVALUATION}, S.PILOT, _CIO, *_PILOT, g.terms_are_new
        ),
        _gate(GateCode.SCALE, N_("Scale up"), {S.EVALUATION}, S.SCALING, _DIRECTIVE),
        _gate(
            GateCode.SCALE_WITHOUT_PILOT, N_("Scale up without a pilot"), {S.DISCOVERY, S.PROOF_OF_CONCEPT}, S.SCALING,
            _DIRECTIVE,
        ),
        _gate(GateCode.LAUNCH, N_("Go into production"), {S.SCALING}, S.PRODUCTION, _CIO, g.scale_gate_is_passed),
        Transition(
            "begin_hand_over", frozenset({S.PRODUCTION}), S.HAND_OVER, PROPOSERS, N_("Begin the hand-over"),
            guards=(g.not_suspended, g.no_proposal_waits), needs_reason=True,
        ),
        _gate(
            GateCode.BEGIN_OPERATING, N_("Hand over to operation"), {S.HAND_OVER}, S.OPERATING,
            frozenset({Role.HEAD_OF_SERVICE}), g.hand_over_is_complete,
        ),
        _gate(
            GateCode.CLOSE, N_("Close the project"), {S.OPERATING}, S.CLOSED, _DIRECTIVE, g.close_out_is_complete,
            g.is_evaluated,
        ),
        Transition(
            "absorb", ALIVE, S.ABSORBED, ENDERS, N_("Absorb into another project"), needs_reason=True, binds=True
        ),
        Transition("withdraw", ALIVE, S.WITHDRAWN, ENDERS, N_("Withdraw the project"), needs_reason=True, binds=True),
    ),
)  # fmt: skip

GATES = frozenset(code.value for code in GateCode)
SCALE_GATES = frozenset({GateCode.SCALE.value, GateCode.SCALE_WITHOUT_PILOT.value})
PILOT_GATES = frozenset({GateCode.BEGIN_PILOT.value, GateCode.REPEAT_PILOT.value})
PLAIN_MOVES = ("end_pilot", "begin_hand_over")
"""Moves of one person, made on a page of their own with a reason."""
ENDS = ("absorb", "withdraw")

DIRECTIVE_POWER = Power.OPINION
"""What the directive head's part is an exercise of: the pack names a substitute where the body would judge its own house."""

ROAD = (
    S.PLANNED, S.DISCOVERY, S.PROOF_OF_CONCEPT, S.PILOT, S.EVALUATION, S.SCALING, S.PRODUCTION, S.HAND_OVER,
    S.OPERATING, S.CLOSED,
)  # fmt: skip
"""The stages in the order in which a project passes them; not every project passes all."""


def gates_from(stage: ProjectStage) -> list[Move]:
    """The gates that stand before a project of this stage."""
    return [move for move in LIFE.transitions if move.name in GATES and stage in move.sources]
