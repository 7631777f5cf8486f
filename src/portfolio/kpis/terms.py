"""Words of this room."""

from enum import Enum


class Family(Enum):
    """The four quadrants of a scorecard (handbook I-73): outcomes are promised before any technology is chosen.

    The case's family of experience belongs to the first: the handbook names satisfaction, time and adoption together.
    """

    OPERATIONAL = "operational"
    INCLUSION = "inclusion"
    GOVERNANCE = "governance"
    CAPABILITY = "capability"


class IndicatorKind(Enum):
    """A benefit is an indicator whose promise outlives the project."""

    INDICATOR = "indicator"
    BENEFIT = "benefit"


class UnitKind(Enum):
    """What a value counts; it bounds what is plausible."""

    PERCENT = "percent"
    COUNT = "count"
    DURATION = "duration"
    SCORE = "score"
    RATIO = "ratio"
    MONEY = "money"


class Direction(Enum):
    """Which way is better. Within a band: the target is its middle, the tolerance its half width."""

    UP = "up"
    DOWN = "down"
    BAND = "band"


class Frequency(Enum):
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"
    YEARLY = "yearly"


class Curve(Enum):
    """What is promised between two dated targets: a straight line, or the earlier one until the later one's date."""

    LINEAR = "linear"
    STEPPED = "stepped"


class Result(Enum):
    """What is said of an indicator as at a date; nothing measured is never a result."""

    MET = "met"
    NOT_MET = "not_met"
    TOO_EARLY = "too_early"
    CANNOT_TELL = "cannot_tell"


class Reason(Enum):
    """Why the result is what it is."""

    WITHIN = "within"
    WITHIN_TOLERANCE = "within_tolerance"
    SHORT = "short"
    BEFORE_FIRST_PERIOD = "before_first_period"
    BEFORE_FIRST_TARGET = "before_first_target"
    NO_TARGET = "no_target"
    NOT_MEASURED = "not_measured"
    SAID_NOT_AVAILABLE = "said_not_available"
    OUT_OF_DATE = "out_of_date"


class Concern(Enum):
    """Why a value is asked about again before it is kept."""

    BELOW_BOUNDS = "below_bounds"
    ABOVE_BOUNDS = "above_bounds"
    TEN_TIMES_LAST = "ten_times_last"


class Dimension(Enum):
    """By what a value may be told apart (handbook 5.8)."""

    SEX = "sex"
    AGE = "age"
    TERRITORY = "territory"
    DISABILITY = "disability"
    INCOME = "income"
    CHANNEL = "channel"


class MeasuredBy(Enum):
    """How a value came here."""

    FORM = "form"
    FILE = "file"
    API = "api"
    SYSTEM = "system"


class UploadState(Enum):
    PREVIEWED = "previewed"
    DONE = "done"


class SurveyTopic(Enum):
    """What users are asked about (handbook I-76: accuracy, responsiveness, credibility, trust, quality, accessibility)."""

    SATISFACTION = "satisfaction"
    ACCURACY = "accuracy"
    RESPONSIVENESS = "responsiveness"
    CREDIBILITY = "credibility"
    TRUST = "trust"
    QUALITY = "quality"
    ACCESSIBILITY = "accessibility"


class Channel(Enum):
    """Where users were asked, or all together."""

    ALL = "all"
    COUNTER = "counter"
    WEB = "web"
    MOBILE = "mobile"
    PHONE = "phone"
    ASSISTED = "assisted"
