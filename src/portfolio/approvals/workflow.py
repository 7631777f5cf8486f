"""The gate's workflow (handbook W4): the whole table of moves of a case, who makes them, and what each demands.

Which of the country's bodies may make a move on a given case is in `POWERS` and `approvals.authorities`; separation of
duties is in `approvals.separation`. `approvals.moves` fires the moves and is the only writer of a case's status.
"""

from portfolio.approvals import guards as g
from portfolio.approvals.guards import CaseFacts
from portfolio.approvals.terms import BudgetOutcome as B
from portfolio.approvals.terms import OpinionOutcome as O
from portfolio.business_cases.terms import CaseStatus
from portfolio.business_cases.terms import CaseStatus as S
from portfolio.i18n import N_
from portfolio.packs.terms import Power
from portfolio.people.terms import Role
from portfolio.workflow.engine import Transition, Workflow

SIGNATORIES = frozenset({Role.FINANCE_MANAGER, Role.DIGITAL_EXPERT, Role.AGENCY_CIO, Role.HEAD_OF_SERVICE})
_SUBMITTERS = frozenset({Role.AGENCY_CIO, Role.HEAD_OF_SERVICE})
_ADMITTERS = frozenset({Role.DIRECTIVE_ANALYST, Role.REVIEW_SECRETARY})
_READY = (g.nothing_is_missing, g.enough_people_signed, g.every_section_is_signed)
_OPINION = (g.no_review_is_open, g.standards_are_checked, g.nothing_blocks)

BEFORE_DECISION = frozenset({S.IN_REVIEW, S.CHECKING, S.RECOMMENDED, S.CONDITIONED, S.UNFAVOURABLE, S.DEFERRED})
"""Whence the budget office decides: after an opinion, or without one when it is overdue; what was deferred, again."""

Move = Transition[CaseStatus, Role, CaseFacts]


def _move(
    name: str, words: str, sources: set[S], target: S, roles: set[Role] | frozenset[Role], **more: object
) -> Move:
    return Transition(name, frozenset(sources), target, frozenset(roles), words, **more)  # type: ignore[arg-type]


CASE_WORKFLOW: Workflow[CaseStatus, Role, CaseFacts] = Workflow(
    initial=S.DRAFT,
    final={S.NOT_FUNDED, S.WITHDRAWN, S.CLOSED},
    transitions=(
        _move(
            "begin_sign_off", N_("Begin the sign-offs"), {S.DRAFT}, S.ALIGNING, SIGNATORIES,
            guards=(g.nothing_is_missing,), notify=("signatories",),
        ),
        _move(
            "reopen", N_("Reopen for editing"), {S.ALIGNING}, S.DRAFT, SIGNATORIES | {Role.CASE_LEAD},
            notify=("agency",), needs_reason=True,
        ),
        _move(
            # From a draft too: reopened and changed only where no sign-off is touched, it needs no other one.
            "submit", N_("Submit"), {S.DRAFT, S.ALIGNING}, S.SUBMITTED, _SUBMITTERS,
            guards=(*_READY, g.call_takes_cases), notify=("agency", "admitters"), binds=True,
        ),
        _move(
            "return_for_completion", N_("Return for completion"), {S.SUBMITTED}, S.INCOMPLETE, _ADMITTERS,
            notify=("agency",), needs_reason=True,
        ),
        _move(
            "return_for_changes", N_("Return for changes"), {S.IN_REVIEW, S.CHECKING}, S.INCOMPLETE,
            {Role.DIRECTIVE_ANALYST, Role.DIRECTIVE_HEAD}, notify=("agency",), needs_reason=True,
        ),
        _move(
            "resubmit", N_("Submit again"), {S.INCOMPLETE}, S.SUBMITTED, _SUBMITTERS,
            guards=(g.returned_from(S.SUBMITTED), *_READY), notify=("agency", "admitters"), binds=True,
        ),
        _move(
            "resubmit_to_review", N_("Submit again"), {S.INCOMPLETE}, S.IN_REVIEW, _SUBMITTERS,
            guards=(g.returned_from(S.IN_REVIEW), *_READY), notify=("agency", "reviewing"), binds=True,
        ),
        _move(
            "resubmit_to_check", N_("Submit again"), {S.INCOMPLETE}, S.CHECKING, _SUBMITTERS,
            guards=(g.returned_from(S.CHECKING), *_READY), notify=("agency", "checking"), binds=True,
        ),
        _move(
            "admit", N_("Admit to peer review"), {S.SUBMITTED}, S.IN_REVIEW, _ADMITTERS,
            guards=(g.track_has_reviews,), notify=("agency", "secretaries"),
        ),
        _move(
            "admit_to_check", N_("Admit to the opinion"), {S.SUBMITTED}, S.CHECKING, _ADMITTERS,
            guards=(g.track_has_no_reviews,), notify=("agency", "checking"),
        ),
        _move(
            "register", N_("Register"), {S.SUBMITTED}, S.CLOSED, _ADMITTERS,
            guards=(g.track_ends_at_registration,), notify=("agency",),
        ),
        _move(
            "close_reviews", N_("Close the reviews"), {S.IN_REVIEW}, S.CHECKING, {Role.REVIEW_SECRETARY},
            guards=(g.reviews_are_in, g.third_review_is_in), notify=("checking",),
        ),
        _move(
            "close_reviews_early", N_("Close with the reviews that are in"), {S.IN_REVIEW}, S.CHECKING,
            {Role.REVIEW_SECRETARY}, guards=(g.some_review_is_in,), notify=("checking",), needs_reason=True,
        ),
        _move(
            "recommend", N_("Give a favourable opinion"), {S.CHECKING}, S.RECOMMENDED, {Role.DIRECTIVE_HEAD},
            guards=(*_OPINION, g.standards_are_met, g.opinion_says(O.FAVOURABLE)),
            notify=("agency", "budget"), binds=True,
        ),
        _move(
            "recommend_with_conditions", N_("Give a favourable opinion with conditions"), {S.CHECKING}, S.CONDITIONED,
            {Role.DIRECTIVE_HEAD},
            guards=(*_OPINION, g.conditions_are_set, g.opinion_says(O.WITH_CONDITIONS)),
            notify=("agency", "budget"), binds=True,
        ),
        _move(
            "recommend_against", N_("Give an unfavourable opinion"), {S.CHECKING}, S.UNFAVOURABLE, {Role.DIRECTIVE_HEAD},
            guards=(*_OPINION, g.opinion_says(O.UNFAVOURABLE)), notify=("agency", "budget"), binds=True,
        ),
        _move(
            "reconsider", N_("Reconsider"), {S.UNFAVOURABLE, S.CONDITIONED}, S.CHECKING, {Role.DIRECTIVE_HEAD},
            guards=(g.reconsideration_is_granted,), notify=("agency", "checking"), needs_reason=True, binds=True,
        ),
        _move(
            "conclude", N_("Close after the opinion"), {S.RECOMMENDED, S.CONDITIONED, S.UNFAVOURABLE}, S.CLOSED,
            {Role.DIRECTIVE_HEAD}, guards=(g.track_has_no_decision,), notify=("agency",),
        ),
        _move(
            "fund", N_("Fund"), set(BEFORE_DECISION), S.DECIDED, {Role.BUDGET_DECIDER},
            guards=(
                g.track_has_a_decision, g.decision_says(B.FUNDED, B.PARTLY),
                g.opinion_is_there_or_overdue, g.opinion_lets_it_pass,
            ),
            notify=("agency", "directive", "buyers"), binds=True,
        ),
        _move(
            "not_fund", N_("Do not fund"), set(BEFORE_DECISION), S.NOT_FUNDED, {Role.BUDGET_DECIDER},
            guards=(g.track_has_a_decision, g.decision_says(B.NOT_FUNDED), g.opinion_is_there_or_overdue),
            notify=("agency", "directive"), needs_reason=True, binds=True,
        ),
        _move(
            "defer", N_("Defer"), set(BEFORE_DECISION - {S.DEFERRED}), S.DEFERRED, {Role.BUDGET_DECIDER},
            guards=(g.track_has_a_decision, g.decision_says(B.DEFERRED), g.opinion_is_there_or_overdue),
            notify=("agency", "directive"), needs_reason=True, binds=True,
        ),
        _move(
            "withdraw", N_("Withdraw"),
            {S.DRAFT, S.ALIGNING, S.SUBMITTED, S.INCOMPLETE, *BEFORE_DECISION}, S.WITHDRAWN, _SUBMITTERS,
            notify=("agency", "involved"), needs_reason=True, binds=True,
        ),
        _move(
            "close", N_("Close"), {S.DECIDED}, S.CLOSED, {Role.BUDGET_DECIDER, Role.DIRECTIVE_HEAD},
            notify=("agency",), needs_reason=True,
        ),
    ),
)  # fmt: skip

POWERS: dict[str, Power] = {
    "return_for_completion": Power.ADMISSIBILITY,
    "return_for_changes": Power.OPINION,
    "admit": Power.ADMISSIBILITY,
    "admit_to_check": Power.ADMISSIBILITY,
    "register": Power.ADMISSIBILITY,
    "close_reviews": Power.REVIEW_ASSIGNMENT,
    "close_reviews_early": Power.REVIEW_ASSIGNMENT,
    "recommend": Power.OPINION,
    "recommend_with_conditions": Power.OPINION,
    "recommend_against": Power.OPINION,
    "reconsider": Power.RECONSIDERATION,
    "conclude": Power.OPINION,
    "fund": Power.BUDGET_DECISION,
    "not_fund": Power.BUDGET_DECISION,
    "defer": Power.BUDGET_DECISION,
}
"""The pack's power that a move exercises: only people of the lawful body, holder or substitute, make it."""

AUDIENCES = frozenset(audience for move in CASE_WORKFLOW.transitions for audience in move.notify)
SUBMISSIONS = ("submit", "resubmit", "resubmit_to_review", "resubmit_to_check")
ADMISSIONS = ("admit", "admit_to_check", "register")
CLOSINGS = ("close_reviews", "close_reviews_early")
