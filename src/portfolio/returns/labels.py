"""Words of this room."""

from portfolio.i18n import N_, NP_
from portfolio.labels import register
from portfolio.returns.doubts import Doubt
from portfolio.returns.terms import ProcurementState, ReturnState

register(
    {
        ReturnState.DUE: NP_("return", "Due"),
        ReturnState.FILLED: NP_("return", "Waits for its signature"),
        ReturnState.SUBMITTED: NP_("return", "Handed in"),
        ReturnState.RETURNED: NP_("return", "Sent back"),
        ReturnState.VERIFIED: NP_("return", "Verified"),
        ReturnState.PUBLISHED: NP_("return", "Published"),
        Doubt.GOES_DOWN: N_("less than the period before"),
        Doubt.NOT_AS_ON_RECORD: N_("not what the financial system says"),
        Doubt.MUCH_EARLIER: N_("much earlier than the period before said"),
        Doubt.OVER_BUT_NOT_DONE: N_("over when the period ended, with work left"),
        Doubt.COST_CHANGES: N_("changes by more than a fifth"),
        Doubt.BELOW_PAID: N_("less than what is paid already"),
        ProcurementState.NOT_NEEDED: N_("Nothing to buy"),
        ProcurementState.PREPARING: N_("The purchase is being prepared"),
        ProcurementState.TENDERED: N_("Out to tender"),
        ProcurementState.AWARDED: N_("Awarded"),
        ProcurementState.CONTRACTED: N_("Under contract"),
        ProcurementState.RECEIVED: N_("Delivered and accepted"),
    }
)
