"""Forms of the approval codes."""

import uuid
from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from portfolio.approvals.code_terms import DrawKind
from portfolio.web.forms import TypedDecimal

LARGEST = Decimal(10) ** 15


class ProposalFields(BaseModel):
    """A code proposed for a lot and a year."""

    model_config = ConfigDict(extra="forbid")

    lot_id: uuid.UUID | None = None
    fiscal_year: int = Field(ge=1990, le=2200)
    ceiling: TypedDecimal = Field(gt=0, lt=LARGEST)
    not_before: date
    expires_on: date
    replaces_id: uuid.UUID | None = None


class ConfirmFields(BaseModel):
    """A binding act: the password, and the digest of what was shown."""

    model_config = ConfigDict(extra="forbid")

    password: str = Field(max_length=1000)
    digest: str = Field(min_length=64, max_length=64)


class ReasonFields(BaseModel):
    """An act that needs a reason."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(max_length=2000)


class DrawFields(BaseModel):
    """One draw on a code."""

    model_config = ConfigDict(extra="forbid")

    kind: DrawKind
    amount: TypedDecimal = Field(gt=-LARGEST, lt=LARGEST)
    order_reference: str = Field(max_length=80)
    reason: str = Field(default="", max_length=2000)
    key: str = Field(min_length=8, max_length=80)
