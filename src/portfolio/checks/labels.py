"""Words for results and waivers."""

from portfolio.checks.terms import CheckResult, WaiverState
from portfolio.i18n import N_, NP_
from portfolio.labels import register

register(
    {
        CheckResult.MET: N_("Met"),
        CheckResult.PARTLY: N_("Partly met"),
        CheckResult.NOT_MET: N_("Not met"),
        CheckResult.NOT_APPLICABLE: N_("Not applicable"),
        CheckResult.WAIVED: N_("Waived"),
        WaiverState.PROPOSED: NP_("waiver", "Proposed"),
        WaiverState.FIRST_AGREED: N_("Agreed by the first authority"),
        WaiverState.GRANTED: NP_("waiver", "Granted"),
        WaiverState.REFUSED: NP_("waiver", "Refused"),
    }
)
