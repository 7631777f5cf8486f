"""When returns are due, when one is late, and who hears of that. Pure.

The handbook (W7) names the states and leaves the days to the country; the days below are ours. They are working days of the
country's calendar.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from portfolio.monitoring.rating_periods import period_end
from portfolio.packs.calendar import add_working_days
from portfolio.packs.schema import CountryPack

DUE_DAYS = 10
"""Working days after the end of a period by which its return is handed in."""
LEAST_LIFE = 30
"""Days that a project must have lived in a period to owe a return for it."""
LATE_WITHIN = 365
LATE_TWICE = 2
"""So many late returns within `LATE_WITHIN` days open a finding (handbook W7: «overdue twice»)."""
FINDING_DAYS = 10
"""Working days in which the finding is to be answered."""


class Step(Enum):
    """A notice on a return that is not handed in."""

    OPENED = "opened"
    SOON = "soon"
    TODAY = "today"
    LATE = "late"
    HEAD = "head"
    DIRECTIVE = "directive"


AFTER = ((Step.SOON, -5), (Step.TODAY, 0), (Step.LATE, 1), (Step.HEAD, 5), (Step.DIRECTIVE, 10))
"""Working days from the due day at which each step is told; escalation goes to the head of service, then to the directive body."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A return for counting: its day, and the day on which it was first handed in."""

    due_on: date
    submitted_on: date | None


def due_day(pack: CountryPack, period: date) -> date:
    """The last day for the return of a period named by its first day."""
    return add_working_days(pack, period_end(period), DUE_DAYS)


def owes(began_on: date | None, period: date) -> bool:
    """Whether a project that began then owes a return for the period: it must have lived some of it."""
    return began_on is None or began_on <= period_end(period) - timedelta(days=LEAST_LIFE)


def is_late(handed: Handed, today: date) -> bool:
    """Handed in after its day, or not yet though the day is over."""
    return (handed.submitted_on or today) > handed.due_on


def step_on(pack: CountryPack, due_on: date, today: date) -> Step | None:
    """The last step whose day has come; nothing before the first."""
    reached = [step for step, days in AFTER if today >= add_working_days(pack, due_on, days)]
    return reached[-1] if reached else None


def late_enough(returns: Sequence[Handed], today: date) -> list[int]:
    """Places of the late returns due within the last year, when there are enough of them for a finding; else none."""
    since = today - timedelta(days=LATE_WITHIN)
    late = [place for place, one in enumerate(returns) if one.due_on >= since and is_late(one, today)]
    return late if len(late) >= LATE_TWICE else []
