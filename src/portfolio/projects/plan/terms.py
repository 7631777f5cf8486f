"""Words of the plan."""

from enum import Enum

TITLE = 200
DELIVERABLE = 600
OWNER = 120
NOTE = 1000
REASONS = 4000
MOST_ITEMS = 2000
"""Milestones and activities of one plan; a schedule file with more is not a plan that anybody decides on."""


class PlanItemKind(Enum):
    """A date to be met, or work that lasts."""

    MILESTONE = "milestone"
    ACTIVITY = "activity"


class BaselineKind(Enum):
    """Why a plan is approved: the first time, or again. The seven reasons are those of the US IT Dashboard's re-baselines."""

    FIRST = "first"
    FUNDING = "funding"
    CONTRACT = "contract"
    SCOPE = "scope"
    OBSOLETE_PLAN = "obsolete_plan"
    POLICY = "policy"
    REPLAN = "replan"
    CORRECTION = "correction"


REBASELINES = tuple(kind for kind in BaselineKind if kind is not BaselineKind.FIRST)


class PlanProposalState(Enum):
    """A proposed plan: it waits, or another person decided, or its proposer took it back."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"


class ChangeState(Enum):
    """A request to change the plan."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class ItemState(Enum):
    """Where a milestone stands on a day, against the plan approved at present."""

    REACHED = "reached"
    REACHED_LATE = "reached_late"
    ON_TIME = "on_time"
    WILL_BE_LATE = "will_be_late"
    LATE = "late"
    UNDATED = "undated"
    LEFT = "left"


class PlanFileState(Enum):
    """A schedule file: looked at, brought into the plan, or put away."""

    PREVIEWED = "previewed"
    IMPORTED = "imported"
    DISCARDED = "discarded"


class TaskAct(Enum):
    """What an import does with one task of the file."""

    CREATE = "create"
    UPDATE = "update"
    SAME = "same"
    SKIP = "skip"
