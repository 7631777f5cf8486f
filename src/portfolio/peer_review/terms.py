"""Words of this room."""

from enum import Enum


class ReviewState(Enum):
    """Where one reviewer's work stands."""

    ASSIGNED = "assigned"
    ACCEPTED = "accepted"  # no conflict declared
    FILED = "filed"
    DECLINED = "declined"
    RECUSED = "recused"
    REASSIGNED = "reassigned"
    CLOSED = "closed"  # the secretary closed the reviews without it


class ObservationKind(Enum):
    QUESTION = "question"
    BLOCKING = "blocking"


class ObservationState(Enum):
    OPEN = "open"
    ANSWERED = "answered"
    RESOLVED = "resolved"
