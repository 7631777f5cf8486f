"""What people type about a plan. The dates of a proposed plan are rows of a table, read apart (`proposal_form`)."""

import uuid
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from portfolio.i18n import gettext as _
from portfolio.projects.plan.terms import (
    DELIVERABLE,
    NOTE,
    OWNER,
    REASONS,
    TITLE,
    BaselineKind,
    PlanItemKind,
)

Title = Annotated[str, StringConstraints(min_length=1, max_length=TITLE)]
Reasons = Annotated[str, StringConstraints(min_length=1, max_length=REASONS)]
LONGEST_LAG = 3650


class MilestoneFields(BaseModel):
    """A milestone as it is expected now."""

    model_config = ConfigDict(extra="forbid")

    kind: PlanItemKind = PlanItemKind.MILESTONE
    title: Title
    deliverable: Annotated[str, StringConstraints(max_length=DELIVERABLE)] = ""
    owner: Annotated[str, StringConstraints(max_length=OWNER)] = ""
    weight: Annotated[int, Field(ge=0, le=100)] | None = None
    percent: Annotated[int, Field(ge=0, le=100)] = 0
    starts_on: date | None = None
    forecast_on: date
    actual_on: date | None = None
    note: Annotated[str, StringConstraints(max_length=NOTE)] = ""
    version: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _in_order(self) -> "MilestoneFields":
        if self.starts_on is not None and self.starts_on > self.forecast_on:
            raise ValueError(_("It cannot start after the day on which it is expected to be reached."))
        return self


class DependencyFields(BaseModel):
    """What a milestone needs."""

    model_config = ConfigDict(extra="forbid")

    needs: uuid.UUID
    lag_days: Annotated[int, Field(ge=-LONGEST_LAG, le=LONGEST_LAG)] = 0


class RemoveDependencyFields(BaseModel):
    """What a milestone needs no longer."""

    model_config = ConfigDict(extra="forbid")

    needs: uuid.UUID


class ProposalFields(BaseModel):
    """All of a proposed plan but its dates. `kind` is nothing for the first plan."""

    model_config = ConfigDict(extra="forbid")

    kind: BaselineKind | None = None
    reasons: Reasons
    changes: list[uuid.UUID] = []
    confirmed: bool = False
    because: Annotated[str, StringConstraints(max_length=REASONS)] = ""


class DecideFields(BaseModel):
    """The second person's act on what the page showed."""

    model_config = ConfigDict(extra="forbid")

    digest: Annotated[str, StringConstraints(max_length=64)] = ""
    approval: Reasons
    password: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class AnswerFields(BaseModel):
    """Why a proposal is refused or taken back."""

    model_config = ConfigDict(extra="forbid")

    answer: Reasons


class ChangeFields(BaseModel):
    """A request to change the plan."""

    model_config = ConfigDict(extra="forbid")

    title: Title
    kind: BaselineKind
    reasons: Reasons
    effect: Annotated[str, StringConstraints(max_length=REASONS)] = ""

    @model_validator(mode="after")
    def _not_the_first(self) -> "ChangeFields":
        if self.kind is BaselineKind.FIRST:
            raise ValueError(_("Choose one of the options"))
        return self
