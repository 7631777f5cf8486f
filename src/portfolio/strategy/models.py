"""Calls, their stages, lines and envelopes; extensions and waivers are rows of their own, never a silent change of a date."""

import uuid
from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, UniqueConstraint
from sqlmodel import Field

from portfolio.db.base import Audited, Table, Versioned, enum_type
from portfolio.strategy.terms import CallKind, CallStageCode


class Call(Versioned, Audited, table=True):
    """A budget cycle: when cases may be submitted, for which fiscal year, under which version of the country pack."""

    __tablename__ = "call"
    __table_args__ = (CheckConstraint("closes_at > opens_at", name="closes_after_it_opens"),)

    title: str = Field(max_length=160)
    summary: str = Field(default="", max_length=2000)
    kind: CallKind = Field(sa_type=enum_type(CallKind))
    fiscal_year: int = Field(index=True)
    currency: str = Field(max_length=3)
    opens_at: datetime
    closes_at: datetime = Field(index=True)
    embargo_until: datetime | None = Field(default=None, description="decisions are shown to institutions from here on")
    pack_code: str = Field(max_length=40)
    pack_version: str = Field(max_length=40)
    closing_announced: datetime | None = Field(default=None, description="the closing that everybody was told of")


class CallStage(Table, Audited, table=True):
    """A dated stage after submission, for the calendar and the clock."""

    __tablename__ = "call_stage"
    __table_args__ = (UniqueConstraint("call_id", "code"),)

    call_id: uuid.UUID = Field(foreign_key="call.id")
    code: CallStageCode = Field(sa_type=enum_type(CallStageCode))
    begins_at: datetime
    ends_at: datetime


class ActionLine(Table, Audited, table=True):
    """An objective or action line of the strategy that a case may say it serves."""

    __tablename__ = "action_line"
    __table_args__ = (UniqueConstraint("call_id", "code"),)

    call_id: uuid.UUID = Field(foreign_key="call.id")
    code: str = Field(max_length=20)
    title: str = Field(max_length=200)
    objective: str = Field(default="", max_length=300)
    theme: str = Field(default="", max_length=40, description="a theme of the pack")


class Envelope(Versioned, Audited, table=True):
    """What an institution may be given in a call; nothing set is not zero: no row."""

    __tablename__ = "envelope"
    __table_args__ = (
        UniqueConstraint("call_id", "institution_id"),
        CheckConstraint("amount_minor >= 0", name="not_negative"),
    )

    call_id: uuid.UUID = Field(foreign_key="call.id")
    institution_id: uuid.UUID = Field(foreign_key="institution.id", index=True)
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str = Field(max_length=3)


class CallExtension(Table, Audited, table=True):
    """One reasoned act that moves the closing for everybody."""

    __tablename__ = "call_extension"

    call_id: uuid.UUID = Field(foreign_key="call.id", index=True)
    closed_at: datetime
    closes_at: datetime
    reason: str = Field(max_length=2000)
    decided_by_id: uuid.UUID = Field(foreign_key="person.id")


class LateWaiver(Table, Audited, table=True):
    """Leave for one case to be submitted after the closing, until an instant, with its reason."""

    __tablename__ = "late_waiver"

    call_id: uuid.UUID = Field(foreign_key="call.id")
    case_id: uuid.UUID = Field(foreign_key="business_case.id", index=True)
    until: datetime
    reason: str = Field(max_length=2000)
    decided_by_id: uuid.UUID = Field(foreign_key="person.id")
    decided_on: date
