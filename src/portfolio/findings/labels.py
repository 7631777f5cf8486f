"""Words of this room."""

from portfolio.findings.terms import FindingRule, FindingState, Judgement
from portfolio.i18n import N_, NP_
from portfolio.labels import register

register(
    {
        FindingState.OPEN: N_("Waits for an answer"),
        FindingState.ANSWERED: N_("Answered; waits to be judged"),
        FindingState.SETTLED: NP_("finding", "Settled"),
        FindingRule.LATE_RETURNS: N_("Progress returns are handed in on time"),
        FindingRule.REVIEW: N_("An external review found it"),
        FindingRule.OTHER: N_("Another rule"),
        Judgement.SETTLED: N_("It settles the finding"),
        Judgement.NOT_ENOUGH: N_("It is not enough"),
    }
)
