"""Which of several moves a case takes next, and on which page each is made."""

from portfolio.approvals.guards import CaseFacts
from portfolio.business_cases.terms import CaseStatus

MOVE_ROUTES: dict[str, str] = {
    "begin_sign_off": "approvals.sign_offs",
    "reopen": "approvals.reopen",
    "submit": "approvals.submit",
    "resubmit": "approvals.submit",
    "resubmit_to_review": "approvals.submit",
    "resubmit_to_check": "approvals.submit",
    "return_for_completion": "approvals.return_case",
    "return_for_changes": "approvals.return_case",
    "admit": "approvals.admission",
    "admit_to_check": "approvals.admission",
    "register": "approvals.admission",
    "close_reviews": "peer_review.reviews",
    "close_reviews_early": "peer_review.reviews",
    "recommend": "approvals.opinion",
    "recommend_with_conditions": "approvals.opinion",
    "recommend_against": "approvals.opinion",
    "reconsider": "approvals.opinion",
    "conclude": "approvals.closing",
    "fund": "approvals.decision",
    "not_fund": "approvals.decision",
    "defer": "approvals.decision",
    "withdraw": "approvals.withdraw",
    "close": "approvals.closing",
}
"""Route names; each takes `case_id`."""


def submission_move(status: CaseStatus, facts: CaseFacts) -> str:
    """A first submission, or the one that leads back to where the case was returned from."""
    if status is not CaseStatus.INCOMPLETE:
        return "submit"
    back = {
        CaseStatus.IN_REVIEW: "resubmit_to_review",
        CaseStatus.CHECKING: "resubmit_to_check",
    }
    return back.get(facts.returned_from, "resubmit") if facts.returned_from else "resubmit"


def admission_move(facts: CaseFacts) -> str:
    """To peer review, straight to the opinion, or to the end of a track that only registers."""
    if facts.reviews_demanded:
        return "admit"
    return "admit_to_check" if facts.demands_opinion or facts.demands_decision else "register"


def return_move(status: CaseStatus) -> str:
    """Before admission a case is returned for completion, afterwards for changes."""
    return "return_for_completion" if status is CaseStatus.SUBMITTED else "return_for_changes"
