"""The words of progress returns."""

from enum import Enum


class ReturnState(Enum):
    """Where a return stands. Overdue is not a state: it is a due return after its day."""

    DUE = "due"
    FILLED = "filled"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    VERIFIED = "verified"
    PUBLISHED = "published"


class ProcurementState(Enum):
    """How far the buying is."""

    NOT_NEEDED = "not_needed"
    PREPARING = "preparing"
    TENDERED = "tendered"
    AWARDED = "awarded"
    CONTRACTED = "contracted"
    RECEIVED = "received"


TEXT = 2000
"""Longest text of a field, in characters."""
