"""Words of this room."""

from enum import Enum


class ProjectStage(Enum):
    """Where delivery stands; the full life of a project (gates, baselines) comes with monitoring."""

    PLANNED = "planned"
    DISCOVERY = "discovery"
    PROOF_OF_CONCEPT = "proof_of_concept"
    PILOT = "pilot"
    EVALUATION = "evaluation"
    SCALING = "scaling"
    PRODUCTION = "production"
    HAND_OVER = "hand_over"
    OPERATING = "operating"
    CLOSED = "closed"


class AmountState(Enum):
    """What an imported amount is: missing is not zero, and exempt is a reason, not an amount."""

    KNOWN = "known"
    MISSING = "missing"
    EXEMPT = "exempt"
    WORDS = "words"
    UNREADABLE = "unreadable"


IMPORTED = "imported"
"""The state of an initiative that an import made: it has no case whose status it could show."""

OWN_SOURCE = "portfolio"
"""The source of initiatives that were born here; imports name theirs."""
