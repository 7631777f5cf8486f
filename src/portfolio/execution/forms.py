"""What people type about money after the decision. Amounts in major units of the project's currency."""

import uuid
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from portfolio.execution.terms import Flow
from portfolio.web.forms import TypedDecimal

Reference = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Amount = Annotated[TypedDecimal, Field(max_digits=18)]
Positive = Annotated[TypedDecimal, Field(gt=0, max_digits=18)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Confirmed(_Form):
    """`confirmed`: the tick under what looked unusual (`confirming`)."""

    confirmed: Annotated[str, StringConstraints(max_length=16)] = ""


class _Noted(_Confirmed):
    """`note`: why what looked unusual is right."""

    note: Annotated[str, StringConstraints(max_length=1000)] = ""


class FileFields(_Form):
    """The day that a file describes; the file itself is no field."""

    as_at: date


class SettleFields(_Form):
    """An unmatched row belongs to a project, or is set aside; a reason either way. `line` replaces the row's own.

    `joins`: what happens to the amount of an earlier file. `replaced`: the person saw that a later file holds.
    """

    what: Literal["assign", "set_aside"]
    number: Annotated[str, StringConstraints(max_length=80)] = ""
    line: Annotated[str, StringConstraints(max_length=60)] = ""
    joins: Literal["add", "replace"] | None = None
    replaced: bool = False
    reason: Reason


class TypedFields(_Confirmed):
    """Amounts of one month and line; a blank one is not reported, and is not zero."""

    month: Annotated[str, StringConstraints(min_length=1, max_length=30)]
    line: Annotated[str, StringConstraints(max_length=60)] = ""
    planned: Amount | None = None
    committed: Amount | None = None
    accrued: Amount | None = None
    paid: Amount | None = None
    reason: Reason

    @property
    def amounts(self) -> list[tuple[Flow, Amount]]:
        return [(flow, value) for flow in Flow if (value := getattr(self, flow.value)) is not None]


class ContractFields(_Noted):
    """A contract. `code_id` and `order_reference`: the approval code and the order of its draws."""

    reference: Reference
    title: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    supplier: Annotated[str, StringConstraints(min_length=1, max_length=160)]
    supplier_scheme: Annotated[str, StringConstraints(max_length=40)] = ""
    supplier_id: Annotated[str, StringConstraints(max_length=60)] = ""
    ocid: Annotated[str, StringConstraints(max_length=120)] = ""
    signed_on: date
    ends_on: date | None = None
    amount: Positive
    code_id: uuid.UUID | None = None
    order_reference: Annotated[str, StringConstraints(max_length=80)] = ""


class AmendmentFields(_Confirmed):
    """What a change adds to the amount (negative: takes away), or another end."""

    signed_on: date
    change: Amount | None = None
    ends_on: date | None = None
    reason: Reason


class EndFields(_Form):
    """A contract that ended as agreed, or was terminated early."""

    how: Literal["ended", "terminated"]
    ended_on: date
    reason: Reason


class InvoiceFields(_Noted):
    """An invoice as it came."""

    number: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    issued_on: date
    amount: Positive


class PaidFields(_Form):
    """The day on which an invoice was paid."""

    paid_on: date


class RejectFields(_Form):
    """Why an invoice is not paid."""

    reason: Reason


class SettleDrawsFields(_Form):
    """Why draws and contracts differ, for the figures that were shown."""

    reason: Reason
    drawn: int
    contracted: int
