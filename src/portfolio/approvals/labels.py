"""Words of the gate; names of a country's acts, bodies and opinions come from its pack where it has them."""

from portfolio.approvals import code_labels  # noqa: F401  registers the words of codes
from portfolio.approvals.separation import Act
from portfolio.approvals.terms import (
    ActKind,
    BudgetOutcome,
    ConditionState,
    CountersignState,
    DecisionChoice,
    EntryKind,
    Firmness,
    GroundKind,
    OpinionOutcome,
    ReconsiderationState,
    SheetState,
)
from portfolio.i18n import N_, gettext
from portfolio.labels import register

register(
    {
        OpinionOutcome.FAVOURABLE: N_("Favourable"),
        OpinionOutcome.WITH_CONDITIONS: N_("Favourable with conditions"),
        OpinionOutcome.UNFAVOURABLE: N_("Unfavourable"),
        OpinionOutcome.RETURNED: N_("Returned with observations"),
        ConditionState.OPEN: N_("Open"),
        ConditionState.MET: N_("Met"),
        ConditionState.OVERDUE: N_("Overdue"),
        ConditionState.WAIVED: N_("Waived"),
        BudgetOutcome.FUNDED: N_("Funded"),
        BudgetOutcome.PARTLY: N_("Partly funded"),
        BudgetOutcome.DEFERRED: N_("Deferred"),
        BudgetOutcome.NOT_FUNDED: N_("Not funded"),
        DecisionChoice.FUND: N_("Fund"),
        DecisionChoice.DEFER: N_("Defer"),
        DecisionChoice.NOT_FUND: N_("Do not fund"),
        SheetState.NOT_READY: N_("Not open for decision here"),
        SheetState.TO_DECIDE: N_("To decide"),
        SheetState.TYPED: N_("Entered, not proposed"),
        SheetState.PROPOSED: N_("Waits for a second person"),
        SheetState.CONFIRMED: N_("Confirmed"),
        GroundKind.VERDICT: N_("Standard"),
        GroundKind.WAIVER: N_("Waiver"),
        GroundKind.REVIEW: N_("Peer review"),
        GroundKind.OBSERVATION: N_("Observation"),
        EntryKind.PROPOSED: N_("Proposed"),
        EntryKind.LAW: N_("By law"),
        EntryKind.MODIFICATION: N_("Modification"),
        Firmness.FIRM: N_("Firm"),
        Firmness.INDICATIVE: N_("Indicative"),
        CountersignState.PROPOSED: N_("Waits for a second person"),
        CountersignState.CONFIRMED: N_("Confirmed"),
        CountersignState.REFUSED: N_("Refused"),
        CountersignState.STALE: N_("Overtaken by a change"),
        ReconsiderationState.ASKED: N_("Asked"),
        ReconsiderationState.UPHELD: N_("The opinion stands"),
        ReconsiderationState.REOPENED: N_("Looked at again"),
        ActKind.OPINION: N_("Opinion"),
        ActKind.DECISION: N_("Budget decision"),
        ActKind.OVERRIDE: N_("Override of the opinion"),
        ActKind.WAIVER: N_("Waiver"),
        ActKind.CODE: N_("Approval code"),
        Act.SIGN_OFF: N_("Sign off"),
        Act.ADMIT: N_("Check admissibility"),
        Act.OBSERVE: N_("Make observations"),
        Act.REVIEW: N_("Review"),
        Act.ASSIGN_REVIEWERS: N_("Assign reviewers"),
        Act.CHECK: N_("Check standards"),
        Act.WAIVE: N_("Decide a waiver"),
        Act.OPINION: N_("Give the opinion"),
        Act.RECONSIDER: N_("Reconsider the opinion"),
        Act.DECIDE: N_("Propose the budget decision"),
        Act.CONFIRM: N_("Confirm the budget decision"),
        Act.ISSUE_CODE: N_("Issue an approval code"),
    }
)

MOVED: dict[str, str] = {
    "begin_sign_off": N_("The sign-offs began"),
    "reopen": N_("Reopened for editing"),
    "submit": N_("Submitted"),
    "return_for_completion": N_("Returned for completion"),
    "return_for_changes": N_("Returned for changes"),
    "resubmit": N_("Submitted again"),
    "resubmit_to_review": N_("Submitted again, to the reviews"),
    "resubmit_to_check": N_("Submitted again, to the opinion"),
    "admit": N_("Admitted to peer review"),
    "admit_to_check": N_("Admitted to the opinion"),
    "register": N_("Registered"),
    "close_reviews": N_("Reviews closed"),
    "close_reviews_early": N_("Reviews closed with those that were in"),
    "recommend": N_("Favourable opinion given"),
    "recommend_with_conditions": N_("Favourable opinion with conditions given"),
    "recommend_against": N_("Unfavourable opinion given"),
    "reconsider": N_("Opinion reopened"),
    "conclude": N_("Closed after the opinion"),
    "fund": N_("Funded"),
    "not_fund": N_("Not funded"),
    "defer": N_("Deferred"),
    "withdraw": N_("Withdrawn"),
    "close": N_("Closed"),
}
"""What a timeline says of a move that was made; a name that no longer exists is shown as it was stored."""


def moved(name: str) -> str:
    """A past move in the reader's language."""
    return gettext(MOVED[name]) if name in MOVED else name
