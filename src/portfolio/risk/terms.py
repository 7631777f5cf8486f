"""The words of this room."""

from enum import Enum


class RiskCategory(Enum):
    """The seven families of the catalogue; the same codes as in a case."""

    STRATEGIC = "strategic"
    DELIVERY = "delivery"
    FINANCIAL = "financial"
    PROCUREMENT = "procurement"
    TECHNOLOGY = "technology"
    AI = "ai"
    USERS = "users"


class RiskState(Enum):
    """Where a risk stands; what occurred goes on as an issue."""

    OPEN = "open"
    TREATED = "treated"
    ACCEPTED = "accepted"
    CLOSED = "closed"
    OCCURRED = "occurred"


class Stance(Enum):
    """Of what an assessment speaks: without any measure, as it is today, as it should become."""

    INHERENT = "inherent"
    RESIDUAL = "residual"
    TARGET = "target"


class Proximity(Enum):
    """When it could happen."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    LATER = "later"


class Response(Enum):
    """What is done about it."""

    AVOID = "avoid"
    REDUCE = "reduce"
    TRANSFER = "transfer"
    ACCEPT = "accept"


class ActionState(Enum):
    """Where one action of the treatment stands."""

    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    DROPPED = "dropped"


class AcceptanceState(Enum):
    """An acceptance that was proposed; accepted ones end by their date, or when the risk gets worse."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    EXPIRED = "expired"


class EscalationState(Enum):
    """A risk that was taken to the next tier."""

    OPEN = "open"
    ANSWERED = "answered"
    PASSED_ON = "passed_on"
    LIFTED = "lifted"


class EvidenceKind(Enum):
    """What the evidence speaks of: something read, a milestone, or an indicator that gives an early sign."""

    NOTE = "note"
    MILESTONE = "milestone"
    INDICATOR = "indicator"


class Severity(Enum):
    """How bad an issue is."""

    MINOR = "minor"
    SERIOUS = "serious"
    CRITICAL = "critical"


class IssueState(Enum):
    OPEN = "open"
    RESOLVED = "resolved"


LIVE = frozenset({RiskState.OPEN, RiskState.TREATED, RiskState.ACCEPTED})
"""States in which a risk may still happen: these are counted, reviewed and escalated."""
