"""Forms of the modification of a decided amount: what is asked, the second person's act, what is sent back."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from portfolio.approvals.terms import ActType, ModificationKind


class ModificationFields(BaseModel):
    """All but the amounts, which are rows of a grid; `mark` is that of the ledger as the form showed it."""

    model_config = ConfigDict(extra="forbid")

    kind: ModificationKind
    act_type: ActType
    act_number: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    act_date: date
    effective_on: date
    firm_through: Annotated[int, Field(ge=1900, le=2200)]
    reasons: Annotated[str, StringConstraints(min_length=1, max_length=4000)]
    mark: Annotated[str, StringConstraints(max_length=64)] = ""


class ConfirmModificationFields(BaseModel):
    """The second person's act on what the page showed."""

    model_config = ConfigDict(extra="forbid")

    digest: Annotated[str, StringConstraints(max_length=64)] = ""
    password: Annotated[str, StringConstraints(min_length=1, max_length=200)]
