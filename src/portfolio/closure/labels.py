"""Words of this room."""

from portfolio.closure.terms import (
    EvaluationState,
    ExternalState,
    ItemState,
    Judged,
    Reached,
    ServiceConclusion,
    YearReviewState,
)
from portfolio.i18n import N_, NP_
from portfolio.labels import register

register(
    {
        ItemState.DONE: NP_("closing item", "Done"),
        ItemState.NOT_APPLICABLE: NP_("closing item", "Does not apply"),
        ItemState.OPEN: NP_("closing item", "Open"),
        EvaluationState.DRAFT: NP_("evaluation", "Being written"),
        EvaluationState.HANDED_IN: NP_("evaluation", "Handed in"),
        EvaluationState.SENT_BACK: NP_("evaluation", "Sent back"),
        EvaluationState.REVIEWED: NP_("evaluation", "Reviewed"),
        Reached.REACHED: N_("What was promised was reached"),
        Reached.PARTLY: N_("It was reached in part"),
        Reached.NOT_REACHED: N_("It was not reached"),
        ServiceConclusion.CONTINUE: N_("Continue as it is"),
        ServiceConclusion.IMPROVE: N_("Improve"),
        ServiceConclusion.MODERNISE: N_("Modernise"),
        ServiceConclusion.RETIRE: N_("Retire"),
        YearReviewState.HANDED_IN: NP_("service review", "Waits for the directive body"),
        YearReviewState.AGREED: NP_("service review", "Agreed"),
        YearReviewState.SENT_BACK: NP_("service review", "Sent back"),
        ExternalState.ORDERED: NP_("external review", "Ordered"),
        ExternalState.IN_PROGRESS: NP_("external review", "In progress"),
        ExternalState.FINDINGS: NP_("external review", "Findings to be answered"),
        ExternalState.RESPONSE: NP_("external review", "Answered"),
        ExternalState.VERIFIED: NP_("external review", "Verified"),
        ExternalState.CLOSED: NP_("external review", "Closed"),
        Judged.AGREED: N_("It holds"),
        Judged.SENT_BACK: N_("Send it back"),
    }
)
