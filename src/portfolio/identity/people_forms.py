"""Forms about people, roles and institutions."""

import uuid
from datetime import date
from typing import Literal

from pydantic import Field

from portfolio.identity.forms import Fields
from portfolio.people.terms import Holding, InstitutionKind, Role


class RoleFields(Fields):
    """A role as it is proposed; the institution comes with the address of the page."""

    role: Role
    unit_id: uuid.UUID | None = None
    holding: Holding = Holding.DIRECT
    for_email: str = Field(default="", max_length=254)
    valid_from: date
    valid_to: date | None = None
    ground: str = Field(default="", max_length=400)


class InviteFields(RoleFields):
    """A new person with the first role proposed for them."""

    name: str = Field(min_length=3, max_length=120)
    email: str = Field(min_length=6, max_length=254, pattern=r"^[^\s@]+@[^\s@]+\.[^\s@]+$")
    job_title: str = Field(default="", max_length=120)
    language: Literal["es", "pt", "en"] = "es"


class DecideFields(Fields):
    """The second person's answer: a refusal needs a reason, a grant the password."""

    answer: Literal["grant", "refuse"]
    reason: str = Field(default="", max_length=400)
    password: str = Field(max_length=1000)
    digest: str = Field(max_length=64)


class EndRoleFields(Fields):
    """At once, or with a last day; always why."""

    when: Literal["now", "day"]
    last_day: date | None = None
    reason: str = Field(min_length=3, max_length=400)


class ReasonFields(Fields):
    """Why."""

    reason: str = Field(min_length=3, max_length=400)


class InstitutionFields(Fields):
    """A body of the State as it is entered."""

    name: str = Field(min_length=3, max_length=200)
    short_name: str = Field(default="", max_length=40)
    kind: InstitutionKind
    parent_id: uuid.UUID | None = None
    valid_from: date | None = None


class RenameFields(Fields):
    """A new name from a day on, by which act; the former one is kept."""

    name: str = Field(min_length=3, max_length=200)
    short_name: str = Field(default="", max_length=40)
    first_day: date
    ground: str = Field(min_length=3, max_length=400)


class CloseFields(Fields):
    """The last day of a body, and which one takes its place, if any."""

    last_day: date
    successor_id: uuid.UUID | None = None
    ground: str = Field(min_length=3, max_length=400)


class CodeFields(Fields):
    """An official code in some scheme."""

    scheme: str = Field(min_length=2, max_length=40)
    code: str = Field(min_length=1, max_length=60)
    valid_from: date | None = None


class UnitFields(Fields):
    """A unit of a body."""

    unit_name: str = Field(min_length=2, max_length=200)
    unit_parent_id: uuid.UUID | None = None
