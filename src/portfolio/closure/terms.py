"""Words of this room."""

from enum import Enum


class ItemState(Enum):
    """Where an item of the close-out stands."""

    DONE = "done"
    NOT_APPLICABLE = "not_applicable"
    OPEN = "open"


class EvaluationState(Enum):
    DRAFT = "draft"
    HANDED_IN = "handed_in"
    SENT_BACK = "sent_back"
    REVIEWED = "reviewed"


class Reached(Enum):
    """What the evaluation concludes of the promise."""

    REACHED = "reached"
    PARTLY = "partly"
    NOT_REACHED = "not_reached"


class ServiceConclusion(Enum):
    """What a yearly review of a service concludes."""

    CONTINUE = "continue"
    IMPROVE = "improve"
    MODERNISE = "modernise"
    RETIRE = "retire"


class YearReviewState(Enum):
    HANDED_IN = "handed_in"
    AGREED = "agreed"
    SENT_BACK = "sent_back"


class ExternalState(Enum):
    """Where an external review stands (handbook W12)."""

    ORDERED = "ordered"
    IN_PROGRESS = "in_progress"
    FINDINGS = "findings"
    RESPONSE = "response"
    VERIFIED = "verified"
    CLOSED = "closed"


class Judged(Enum):
    """What somebody from elsewhere says of an evaluation, or the directive body of a yearly review."""

    AGREED = "agreed"
    SENT_BACK = "sent_back"
