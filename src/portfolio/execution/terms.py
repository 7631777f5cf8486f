"""The words of execution."""

from enum import Enum


class Flow(Enum):
    """What an amount of a month is. Committed is bound by a contract, accrued is owed, paid has left the treasury."""

    PLANNED = "planned"
    COMMITTED = "committed"
    ACCRUED = "accrued"
    PAID = "paid"


class Origin(Enum):
    """Who says so: the financial system's file first; a person only where there is none."""

    SYSTEM = "system"
    TYPED = "typed"


class RunState(Enum):
    """A file of the financial system."""

    PREVIEWED = "previewed"
    RECORDED = "recorded"
    DISCARDED = "discarded"


class Mismatch(Enum):
    """Why a row of a file could not be matched."""

    UNKNOWN_PROJECT = "unknown_project"
    UNKNOWN_LINE = "unknown_line"
    UNKNOWN_CODE = "unknown_code"
    CODE_OF_ANOTHER = "code_of_another"
    OTHER_CURRENCY = "other_currency"


class DifferenceState(Enum):
    """A row that a person settles. `REPLACED`: assigned, but a later file holds for its month, so that it changes nothing."""

    OPEN = "open"
    ASSIGNED = "assigned"
    REPLACED = "replaced"
    SET_ASIDE = "set_aside"


class ContractState(Enum):
    """Where a contract stands."""

    IN_FORCE = "in_force"
    ENDED = "ended"
    TERMINATED = "terminated"


class InvoiceState(Enum):
    """Where an invoice stands."""

    RECEIVED = "received"
    ACCRUED = "accrued"
    PAID = "paid"
    REJECTED = "rejected"


OPEN_INVOICES = (InvoiceState.RECEIVED, InvoiceState.ACCRUED)
"""Still to be paid or rejected."""
