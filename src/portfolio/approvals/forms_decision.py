"""Forms of budget decisions: the second person's, what is sent back, the override, and the amounts of one case."""

import uuid
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from portfolio.approvals.terms import DecisionChoice

Reason = Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class ConfirmFields(BaseModel):
    """The second person's act on what a page showed; `shown` and `chosen` are cases."""

    model_config = ConfigDict(extra="forbid")

    shown: list[uuid.UUID] = []
    chosen: list[uuid.UUID] = []
    digest: Annotated[str, StringConstraints(max_length=64)] = ""
    password: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    act_number: Annotated[str, StringConstraints(max_length=60)] = ""
    act_date: date | None = None


class SendBackFields(BaseModel):
    """Why a proposal goes back to who proposed it."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason


class OverrideFields(BaseModel):
    """The act of the authority that lets money pass against the opinion."""

    model_config = ConfigDict(extra="forbid")

    number: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    dated_on: date
    reasons: Annotated[str, StringConstraints(min_length=1, max_length=4000)]
    password: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    digest: Annotated[str, StringConstraints(max_length=64)] = ""


class CaseDecisionFields(BaseModel):
    """Choice and reason on the page of one case; its amounts are rows of a grid, read by `case_decision_form`."""

    model_config = ConfigDict(extra="forbid")

    choice: DecisionChoice | None = None
    reasons: Annotated[str, StringConstraints(max_length=4000)] = ""
    mark: Annotated[str, StringConstraints(max_length=64)] = ""
