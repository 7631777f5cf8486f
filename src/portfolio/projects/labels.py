"""Words of projects."""

from portfolio.i18n import N_
from portfolio.labels import register
from portfolio.projects.plan import labels as plan_labels  # noqa: F401  (their words are registered with ours)
from portfolio.projects.terms import AmountState, ProjectStage, Standing

register(
    {
        ProjectStage.PLANNED: N_("Planned"),
        ProjectStage.DISCOVERY: N_("Discovery"),
        ProjectStage.PROOF_OF_CONCEPT: N_("Proof of concept"),
        ProjectStage.PILOT: N_("Pilot"),
        ProjectStage.EVALUATION: N_("Evaluation"),
        ProjectStage.SCALING: N_("Scaling"),
        ProjectStage.PRODUCTION: N_("Production"),
        ProjectStage.HAND_OVER: N_("Hand-over"),
        ProjectStage.OPERATING: N_("In operation"),
        ProjectStage.CLOSED: N_("Closed"),
        ProjectStage.ABSORBED: N_("Absorbed"),
        ProjectStage.WITHDRAWN: N_("Withdrawn"),
        Standing.ON_COURSE: N_("On course"),
        Standing.AT_RISK: N_("At risk"),
        Standing.SUSPENDED: N_("Suspended"),
        AmountState.KNOWN: N_("Known"),
        AmountState.MISSING: N_("Missing in the source"),
        AmountState.EXEMPT: N_("Exempt from publication"),
        AmountState.WORDS: N_("Words instead of a value"),
        AmountState.UNREADABLE: N_("Could not be read"),
    }
)
