"""The words of findings."""

from enum import Enum


class FindingState(Enum):
    """Where a finding stands. One that is settled stays on record."""

    OPEN = "open"
    ANSWERED = "answered"
    SETTLED = "settled"


class FindingRule(Enum):
    """What a finding cites. Only the clock opens the first by itself."""

    LATE_RETURNS = "late_returns"
    REVIEW = "review"
    OTHER = "other"


class Judgement(Enum):
    """What the directive body says of an answer."""

    SETTLED = "settled"
    NOT_ENOUGH = "not_enough"
