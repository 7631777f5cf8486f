"""Forms of a case's head; its sections are the pack's questions, read by `answers`."""

import uuid

from pydantic import BaseModel, ConfigDict, Field

from portfolio.packs.terms import CaseKind
from portfolio.strategy.forms import LocalInstant


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class StartFields(_Form):
    """A new case."""

    title: str = Field(min_length=8, max_length=200)
    kind: CaseKind
    call_id: uuid.UUID
    institution_id: uuid.UUID
    unit_id: uuid.UUID | None = None


class HeadFields(_Form):
    """What can be changed of the head while the case is a draft. `seen`: the version of the case that the page showed."""

    title: str = Field(min_length=8, max_length=200)
    kind: CaseKind
    unit_id: uuid.UUID | None = None
    priority: int | None = Field(default=None, ge=1, le=999)
    seen: int


class HandOverFields(_Form):
    """Who leads the case from now on, and why."""

    to_id: uuid.UUID
    reason: str = Field(min_length=10, max_length=1000)


class TeamFields(_Form):
    """Who comes into the team of a case or leaves it, and why."""

    change: str = Field(pattern=r"^(join|leave):[0-9a-f-]{36}$", description="the act and the person's id")
    why: str = Field(min_length=10, max_length=1000)

    @property
    def act(self) -> str:
        return self.change.partition(":")[0]

    @property
    def person_id(self) -> uuid.UUID:
        return uuid.UUID(self.change.partition(":")[2])


class LateRequestFields(_Form):
    """Why a case should still be taken after the closing."""

    reason: str = Field(min_length=20, max_length=2000)


class LateWaiverFields(_Form):
    """Leave for one case, until an instant."""

    case_id: uuid.UUID
    until: LocalInstant
    reason: str = Field(min_length=10, max_length=2000)
