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
    SUPERSEDED = "superseded"  # filed on an earlier version of the case; the reviewer looks again at the new one


class ObservationKind(Enum):
    QUESTION = "question"
    BLOCKING = "blocking"


class ObservationState(Enum):
    OPEN = "open"
    ANSWERED = "answered"
    RESOLVED = "resolved"


class ConflictKind(Enum):
    """Why the rules bar a person from reviewing a case (security.md, S1 to S5)."""

    UNIT = "unit"
    INSTITUTION = "institution"
    ABOVE = "above"
    BELOW = "below"
    PARTICIPANT = "participant"
    PAST = "past"  # any of these within the last 24 months
    AUTHOR = "author"
    ADVISER = "adviser"
    SIGNATORY = "signatory"
    OFFICIAL = "official"  # has acted for the directive body, the budget office or the issuer of codes
    RECUSED = "recused"


OPEN_STATES = (ReviewState.ASSIGNED, ReviewState.ACCEPTED)
"""The reviewer still has something to do."""

WORKING_STATES = (*OPEN_STATES, ReviewState.FILED)
"""What counts towards the number of reviews that the track demands."""
