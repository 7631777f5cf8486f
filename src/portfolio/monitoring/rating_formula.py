"""The formula of the computed rating and its scales, as data: pages show this table as sentences, and a test counts them.

Weights, cut points, cap and coverage are ours (no State publishes a formula for the whole; the parts it is made of are those of
the US IT Dashboard, and the Asian Development Bank's five equally weighted indicators show that a rating can be reckoned each
period). Changing a number here changes every computed rating from then on; what was computed before stays as it was stored.

Each dimension scores 1 (worst) to 5. The score of a project is the weighted mean of the dimensions that are available, in
hundredths, rounded down: doubt counts against. A level belongs to its scale and is never turned into one of another scale: the
same score is read on each scale by the scale's own limits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from portfolio.errors import ConfigurationError
from portfolio.monitoring.health_terms import Confidence, Dimension, Missing


class Measure(Enum):
    """What the number of a dimension is; shares are in basis points."""

    SHARE_OVER = "share_over"
    SHARE_LATE = "share_late"
    SHARE_REACHED = "share_reached"
    SHARE_MET = "share_met"
    COUNT = "count"
    SHARE_PASSED = "share_passed"


@dataclass(frozen=True, slots=True)
class Part:
    """One dimension: its weight of 100, and the limits for 5, 4, 3 and 2 (included); beyond the last it scores 1."""

    dimension: Dimension
    weight: int
    measure: Measure
    limits: tuple[int, int, int, int]
    more_is_better: bool
    missing: Missing


FORMULA = (
    Part(Dimension.COST, 25, Measure.SHARE_OVER, (500, 1_000, 2_000, 3_000), False, Missing.NO_COST),
    Part(Dimension.SCHEDULE, 25, Measure.SHARE_LATE, (500, 1_000, 2_000, 3_000), False, Missing.NO_FINISH),
    Part(Dimension.MILESTONES, 20, Measure.SHARE_REACHED, (9_500, 8_500, 7_000, 5_000), True, Missing.NOTHING_DUE),
    Part(Dimension.INDICATORS, 15, Measure.SHARE_MET, (9_000, 7_500, 6_000, 4_000), True, Missing.NOT_DETERMINED),
    Part(Dimension.RISKS, 10, Measure.COUNT, (0, 1, 2, 3), False, Missing.NO_REGISTER),
    Part(Dimension.DATA_QUALITY, 5, Measure.SHARE_PASSED, (9_500, 9_000, 8_000, 6_000), True, Missing.NOT_CHECKED),
)
"""Cost and schedule: only being over or late counts here, money and time left over do not make a project better."""

LEAST_COVERAGE = 50
"""Weight (of 100) that must be available; below it there is no computed rating, rather than one of the little that is known."""

WORST_SCORE = 1
CAP = 300
"""A dimension at the worst score keeps the whole at this many hundredths at most: a mean must not hide one that failed."""

FIRST_PLAN_BP = 3_000
"""Beyond this share of its duration late against the first approved plan, in basis points, the whole is capped as well: the
schedule is scored against the plan in force, and a plan that is approved again must not make a delay disappear."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Levels, best first, each with the least score in hundredths that reaches it."""

    code: str
    levels: tuple[tuple[Confidence, int], ...]

    def rank(self, level: Confidence) -> int:
        """0 for the worst. Raises `ValueError` for a level of another scale."""
        names = [name for name, _least in reversed(self.levels)]
        if level not in names:
            raise ValueError(f"{level.value} is not a level of the scale {self.code}")
        return names.index(level)

    @property
    def steps(self) -> int:
        return len(self.levels) - 1


FIVE = Scale(
    "five",
    (
        (Confidence.HIGH, 450),
        (Confidence.MEDIUM_HIGH, 350),
        (Confidence.MEDIUM, 250),
        (Confidence.MEDIUM_LOW, 150),
        (Confidence.LOW, 100),
    ),
)
"""Five points, as in Australia (and in the United Kingdom until 2021). Levels are at the middle between scores."""

THREE = Scale("three", ((Confidence.GREEN, 367), (Confidence.AMBER, 234), (Confidence.RED, 100)))
"""Three points, as in the United Kingdom since 2021. Thirds of the range from 1 to 5."""

SCALES = {scale.code: scale for scale in (FIVE, THREE)}


@dataclass(frozen=True, slots=True)
class InForce:
    """From `since` on, ratings are made on this scale; earlier ones keep theirs."""

    scale: Scale
    since: date


TIMETABLE = (InForce(FIVE, date(2020, 1, 1)),)
"""The house's own: five points. A country that changes its scale adds a line with a date."""


def scale_on(day: date, timetable: Sequence[InForce] = TIMETABLE) -> Scale:
    """The scale of that day. Raises `ConfigurationError` where none is in force yet, or two since the same day."""
    begun = sorted((each for each in timetable if each.since <= day), key=lambda each: each.since)
    if not begun:
        raise ConfigurationError(f"no scale of ratings is in force on {day}")
    if len({each.since for each in begun}) != len(begun):
        raise ConfigurationError("two scales of ratings are in force since the same day")
    return begun[-1].scale
