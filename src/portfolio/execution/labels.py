"""Words of this room."""

from portfolio.execution.terms import ContractState, DifferenceState, Flow, InvoiceState, Mismatch, Origin, RunState
from portfolio.i18n import N_, NP_
from portfolio.labels import register

register(
    {
        Flow.PLANNED: NP_("execution", "Planned"),
        Flow.COMMITTED: NP_("execution", "Committed"),
        Flow.ACCRUED: NP_("execution", "Accrued"),
        Flow.PAID: NP_("execution", "Paid"),
        Origin.SYSTEM: N_("Financial system"),
        Origin.TYPED: N_("Typed by hand"),
        RunState.PREVIEWED: NP_("execution file", "Being looked at"),
        RunState.RECORDED: NP_("execution file", "Recorded"),
        RunState.DISCARDED: NP_("execution file", "Discarded"),
        Mismatch.UNKNOWN_PROJECT: N_("No project has this number"),
        Mismatch.UNKNOWN_LINE: N_("No budget line has this code"),
        Mismatch.UNKNOWN_CODE: N_("No approval code reads so"),
        Mismatch.CODE_OF_ANOTHER: N_("The approval code is of another project"),
        Mismatch.OTHER_CURRENCY: N_("The currency is not the project's"),
        DifferenceState.OPEN: NP_("difference", "Open"),
        DifferenceState.ASSIGNED: NP_("difference", "Assigned"),
        DifferenceState.REPLACED: NP_("difference", "Assigned, replaced by a later file"),
        DifferenceState.SET_ASIDE: NP_("difference", "Set aside"),
        ContractState.IN_FORCE: NP_("contract", "In force"),
        ContractState.ENDED: NP_("contract", "Ended"),
        ContractState.TERMINATED: NP_("contract", "Terminated early"),
        InvoiceState.RECEIVED: NP_("invoice", "Received"),
        InvoiceState.ACCRUED: NP_("invoice", "Accrued"),
        InvoiceState.PAID: NP_("invoice", "Paid"),
        InvoiceState.REJECTED: NP_("invoice", "Rejected"),
    }
)
