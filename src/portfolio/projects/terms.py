"""Words of this room."""

from enum import Enum


class ProjectStage(Enum):
    """Where delivery stands. Which way it goes from here, by whom and under which guards: `monitoring.life_workflow`."""

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
    ABSORBED = "absorbed"
    WITHDRAWN = "withdrawn"


class Standing(Enum):
    """How a project fares in the stage that it is in; beside the stage, never instead of it."""

    ON_COURSE = "on_course"
    AT_RISK = "at_risk"
    SUSPENDED = "suspended"


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
