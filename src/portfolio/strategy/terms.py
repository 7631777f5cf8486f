"""Words of this room."""

from enum import Enum


class CallKind(Enum):
    """A dated exercise for one budget, or one open all year."""

    ANNUAL = "annual"
    OPEN = "open"


class CallStageCode(Enum):
    """The dated stages of a call, in order."""

    FORMULATION = "formulation"
    ADMISSIBILITY = "admissibility"
    REVIEW = "review"
    OPINION = "opinion"
    DECISION = "decision"
