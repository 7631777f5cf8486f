"""Words of this room."""

from portfolio.i18n import N_, NP_
from portfolio.labels import register
from portfolio.returns.terms import ProcurementState, ReturnState

register(
    {
        ReturnState.DUE: NP_("return", "Due"),
        ReturnState.FILLED: NP_("return", "Waits for its signature"),
        ReturnState.SUBMITTED: NP_("return", "Handed in"),
        ReturnState.RETURNED: NP_("return", "Sent back"),
        ReturnState.VERIFIED: NP_("return", "Verified"),
        ReturnState.PUBLISHED: NP_("return", "Published"),
        ProcurementState.NOT_NEEDED: N_("Nothing to buy"),
        ProcurementState.PREPARING: N_("The purchase is being prepared"),
        ProcurementState.TENDERED: N_("Out to tender"),
        ProcurementState.AWARDED: N_("Awarded"),
        ProcurementState.CONTRACTED: N_("Under contract"),
        ProcurementState.RECEIVED: N_("Delivered and accepted"),
    }
)
