"""The words of a project's life: how a gate ends, what ended a pilot."""

from enum import Enum


class GateOutcome(Enum):
    """What the decider of a gate says; a failed gate leaves the project where it was."""

    PASSED = "passed"
    WITH_CONDITIONS = "passed_with_conditions"
    FAILED = "failed"


class PilotEnd(Enum):
    """Why a pilot ends."""

    END_DATE = "end_date"
    CRITERIA_MET = "criteria_met"


class RequestState(Enum):
    """A resumption that was asked for."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
