"""Words for results and waivers."""

from portfolio.checks.terms import CheckResult, WaiverState
from portfolio.i18n import N_
from portfolio.labels import register

register(
    {
        CheckResult.MET: N_("Met"),
        CheckResult.PARTLY: N_("Partly met"),
        CheckResult.NOT_MET: N_("Not met"),
        CheckResult.NOT_APPLICABLE: N_("Not applicable"),
        CheckResult.WAIVED: N_("Waived"),
        WaiverState.PROPOSED: N_("Proposed"),
        WaiverState.FIRST_AGREED: N_("Agreed by the first authority"),
        WaiverState.GRANTED: N_("Granted"),
        WaiverState.REFUSED: N_("Refused"),
    }
)
