"""Words of this room."""

from enum import Enum


class CheckResult(Enum):
    """The result on one standard (handbook section 7)."""

    MET = "met"
    PARTLY = "partly"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"
    WAIVED = "waived"


class WaiverState(Enum):
    PROPOSED = "proposed"
    FIRST_AGREED = "first_agreed"
    GRANTED = "granted"
    REFUSED = "refused"
