"""The words of ratings as rows: why one was computed, and where the request for an independent one stands."""

from enum import Enum


class RatingOccasion(Enum):
    """What a rating was made for."""

    PERIOD_ENDED = "period_ended"
    RETURN_SUBMITTED = "return_submitted"
    ASKED_FOR = "asked_for"


class RatingRequestState(Enum):
    """An independent rating that somebody was asked for."""

    ASKED = "asked"
    FILED = "filed"
    DECLINED = "declined"
