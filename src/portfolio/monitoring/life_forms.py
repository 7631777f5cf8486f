"""Forms of a project's life."""

import uuid
from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from portfolio.monitoring.life_terms import GateOutcome, PilotEnd
from portfolio.web.forms import TypedDecimal

LARGEST = Decimal(10) ** 15


class _Fields(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PilotFields(_Fields):
    """What bounds a pilot: all three are compulsory."""

    exit_criteria: str = Field(max_length=4000)
    cap: TypedDecimal = Field(gt=0, lt=LARGEST)
    ends_on: date
    reason: str | None = Field(default=None, max_length=2000)


class HandOverFields(_Fields):
    """What goes with the service: all of it is compulsory."""

    budget: TypedDecimal = Field(gt=0, lt=LARGEST)
    budget_line: str = Field(max_length=60)
    team: str = Field(max_length=4000)
    service_levels: str = Field(max_length=4000)
    owner: str = Field(max_length=200)


class GateFields(_Fields):
    """The fixed part of a proposal; the answers are fields of their own, one for each criterion."""

    held_on: date
    note: str | None = Field(default=None, max_length=4000)


class GateFileFields(_Fields):
    """Which criterion of the gate a file shows."""

    criterion: str = Field(max_length=60)


class DecisionFields(_Fields):
    """The decision of a gate, bound to the digest shown."""

    outcome: GateOutcome
    reasons: str = Field(max_length=4000)
    conditions: str | None = Field(default=None, max_length=4000)
    password: str = Field(max_length=1000)
    digest: str = Field(min_length=64, max_length=64)


class PlainMoveFields(_Fields):
    """A move of one person; `end` only where a pilot ends."""

    reason: str = Field(max_length=2000)
    end: PilotEnd | None = None


class ReasonFields(_Fields):
    """An act that needs a reason and nothing else."""

    reason: str = Field(max_length=2000)


class BindingFields(_Fields):
    """An act with a reason, bound to the digest shown; `successor_id` where a project is absorbed."""

    reason: str = Field(max_length=2000)
    password: str = Field(max_length=1000)
    digest: str = Field(min_length=64, max_length=64)
    successor_id: uuid.UUID | None = None


class AnswerFields(_Fields):
    """The second person's answer to an asked resumption."""

    answer: str = Field(max_length=2000)
    password: str = Field(max_length=1000)
    digest: str = Field(min_length=64, max_length=64)


class DependencyFields(_Fields):
    """What a project needs of another."""

    needs_id: uuid.UUID
    what: str = Field(max_length=400)
