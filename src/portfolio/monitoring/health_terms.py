"""Words of the arithmetic of delivery: why a figure is not available, bands, dimensions, levels, flags.

Frames hold the values of these members (`Missing.NO_COST.value`); words are given where they are shown.
"""

from enum import Enum


class Missing(Enum):
    """Why a figure is not available. A figure that is not available is never zero."""

    NO_PLANNED_COST = "no_planned_cost"
    ZERO_PLANNED_COST = "zero_planned_cost"
    NO_COST = "no_cost"
    NO_PLANNED_FINISH = "no_planned_finish"
    NO_PLANNED_START = "no_planned_start"
    NO_FINISH = "no_finish"
    NO_DURATION = "no_duration"
    NO_PLAN = "no_plan"
    PLAN_NOT_BEGUN = "plan_not_begun"
    NO_EARNED = "no_earned"
    NO_ACTUAL = "no_actual"
    NOTHING_PLANNED = "nothing_planned"
    NOTHING_EARNED = "nothing_earned"
    NOTHING_SPENT = "nothing_spent"
    NO_FUNDS_LEFT = "no_funds_left"
    NO_ESTIMATE = "no_estimate"
    NO_BUDGET = "no_budget"
    NO_FORECAST = "no_forecast"
    NOTHING_DUE = "nothing_due"
    NOT_DETERMINED = "not_determined"
    NO_REGISTER = "no_register"
    NOT_CHECKED = "not_checked"
    TOO_LITTLE_KNOWN = "too_little_known"
    NOT_RATED = "not_rated"
    OTHER_SCALE = "other_scale"
    OUT_OF_RANGE = "out_of_range"


class Band(Enum):
    """How far a variance is from plan, on either side: within 10 %, to 30 %, beyond."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Source(Enum):
    """Which of several figures a variance was reckoned with."""

    ACTUAL = "actual"
    PROJECTED = "projected"
    AS_AT = "as_at"


class Estimate(Enum):
    """The usual ways to estimate the cost at completion; the figure names its own."""

    AS_BUDGETED = "as_budgeted"
    COST_EFFICIENCY = "cost_efficiency"
    COST_AND_SCHEDULE = "cost_and_schedule"
    BOTTOM_UP = "bottom_up"


class Execution(Enum):
    """Where the year's spending is heading."""

    ON_COURSE = "on_course"
    WATCH = "watch"
    UNDER = "under"
    OVER = "over"


class Dimension(Enum):
    """What the computed rating is made of."""

    COST = "cost"
    SCHEDULE = "schedule"
    MILESTONES = "milestones"
    INDICATORS = "indicators"
    RISKS = "risks"
    DATA_QUALITY = "data_quality"


class RatingKind(Enum):
    """Who says so: those who deliver, the formula, somebody from elsewhere."""

    DECLARED = "declared"
    COMPUTED = "computed"
    INDEPENDENT = "independent"


class Confidence(Enum):
    """Confidence in delivery: five levels, and the three of another scale. A level belongs to one scale only."""

    HIGH = "high"
    MEDIUM_HIGH = "medium_high"
    MEDIUM = "medium"
    MEDIUM_LOW = "medium_low"
    LOW = "low"
    GREEN = "green"
    AMBER = "amber"
    RED = "red"


class Severity(Enum):
    """What a finding on data asks for: an error is to be corrected, a warning to be looked at."""

    ERROR = "error"
    WARNING = "warning"


class FixPlace(Enum):
    """Where what a rule found is put right; pages turn it into an address."""

    PROJECT = "project"
    PLAN = "plan"
    MONEY = "money"
    INDICATORS = "indicators"
    CONTRACTS = "contracts"
    RETURN = "return"
    IMPORTS = "imports"


class Flag(Enum):
    """Early signs. A flag asks a question; it decides nothing."""

    NEVER_MOVES = "never_moves"
    CONTRADICTS_COMPUTED = "contradicts_computed"
    CONTRADICTS_INDEPENDENT = "contradicts_independent"
    LATE_RETURNS = "late_returns"
    RETURN_MISSING = "return_missing"
    REPLANNED = "replanned"
    UNCHANGED_NARRATIVE = "unchanged_narrative"
    RATED_ABOVE_EVIDENCE = "rated_above_evidence"
