"""Bodies of the State and their units, persons apart from accounts, roles held for a time, duties and recusals."""

import secrets
import uuid
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, event
from sqlmodel import Field

from portfolio.db.base import Audited, Table, Versioned, enum_type
from portfolio.db.text import folded, sort_key
from portfolio.people.terms import DutyKind, Holding, InstitutionKind, ProposalState, RecusalKind, Role


class Institution(Versioned, Audited, table=True):
    """A body of the State; renamed or merged bodies keep their rows, with dates and a successor."""

    __tablename__ = "institution"

    name: str = Field(max_length=200)
    short_name: str = Field(default="", max_length=40)
    kind: InstitutionKind = Field(default=InstitutionKind.CENTRAL, sa_type=enum_type(InstitutionKind))
    parent_id: uuid.UUID | None = Field(default=None, foreign_key="institution.id", index=True)
    successor_id: uuid.UUID | None = Field(default=None, foreign_key="institution.id")
    valid_from: date | None = None
    valid_to: date | None = None
    is_verified: bool = Field(default=True, description="false for a body that only an imported file names")
    sort_key: str = Field(max_length=400, index=True)
    search_text: str = Field(max_length=400)


class InstitutionCode(Table, Audited, table=True):
    """An official code of a body in some scheme (budget, tax, registry), for a time."""

    __tablename__ = "institution_code"
    __table_args__ = (UniqueConstraint("scheme", "code", "valid_from"),)

    institution_id: uuid.UUID = Field(foreign_key="institution.id", index=True)
    scheme: str = Field(max_length=40)
    code: str = Field(max_length=60)
    valid_from: date = Field(default=date(1900, 1, 1))
    valid_to: date | None = None


class Unit(Table, Audited, table=True):
    """A unit inside a body: separation of duties looks at it as well as at the body."""

    __tablename__ = "unit"

    institution_id: uuid.UUID = Field(foreign_key="institution.id", index=True)
    parent_id: uuid.UUID | None = Field(default=None, foreign_key="unit.id")
    name: str = Field(max_length=200)
    valid_from: date | None = None
    valid_to: date | None = None


class Person(Versioned, Audited, table=True):
    """A human being, known before and after any account; the salt keeps the trail's digest from telling the name."""

    __tablename__ = "person"
    __unaudited__: ClassVar[frozenset[str]] = frozenset({"sort_key", "search_text"})

    name: str = Field(max_length=120)
    email: str = Field(max_length=254)
    email_key: str = Field(max_length=254, unique=True, description="the address folded; what is looked up")
    job_title: str = Field(default="", max_length=120)
    language: str = Field(default="es", max_length=5)
    salt: str = Field(default_factory=lambda: secrets.token_hex(16), max_length=32)
    sort_key: str = Field(default="", max_length=400, index=True, description="follows from the name")
    search_text: str = Field(default="", max_length=400, description="follows from name and address")


@event.listens_for(Person, "before_insert")
@event.listens_for(Person, "before_update")
def _derive(_mapper: Any, _connection: Any, person: Person) -> None:
    """However a row is written, it can be found and stands in its place."""
    person.sort_key = sort_key(person.name)
    person.search_text = folded(f"{person.name} {person.email}")[:400]


class Membership(Versioned, Audited, table=True):
    """A role that a person holds in an institution, and maybe only in a unit of it, for a time."""

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint("(holding = 'direct') = (for_person_id IS NULL)", name="acts_for_somebody_unless_direct"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ends_after_it_begins"),
    )

    person_id: uuid.UUID = Field(foreign_key="person.id", index=True)
    institution_id: uuid.UUID = Field(foreign_key="institution.id", index=True)
    unit_id: uuid.UUID | None = Field(default=None, foreign_key="unit.id")
    role: Role = Field(sa_type=enum_type(Role))
    holding: Holding = Field(default=Holding.DIRECT, sa_type=enum_type(Holding))
    for_person_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    valid_from: date
    valid_to: date | None = None


class RoleProposal(Versioned, Audited, table=True):
    """A role that somebody proposed for a person; it holds once a second person, neither of the two, confirms it."""

    __tablename__ = "role_proposal"
    __table_args__ = (
        CheckConstraint("(holding = 'direct') = (for_person_id IS NULL)", name="acts_for_somebody_unless_direct"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ends_after_it_begins"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> person_id", name="nobody_confirms_an_own_role"),
        Index("ix_role_proposal_state", "state", "institution_id"),
    )

    person_id: uuid.UUID = Field(foreign_key="person.id", index=True)
    institution_id: uuid.UUID = Field(foreign_key="institution.id")
    unit_id: uuid.UUID | None = Field(default=None, foreign_key="unit.id")
    role: Role = Field(sa_type=enum_type(Role))
    holding: Holding = Field(default=Holding.DIRECT, sa_type=enum_type(Holding))
    for_person_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    valid_from: date
    valid_to: date | None = None
    ground: str = Field(default="", max_length=400, description="the act that names the person, or why")
    state: ProposalState = Field(default=ProposalState.PROPOSED, sa_type=enum_type(ProposalState))
    proposed_by_id: uuid.UUID | None = Field(
        default=None, foreign_key="person.id", description="nobody: the command line"
    )
    decided_by_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = None
    decision_reason: str = Field(default="", max_length=400)


class InstitutionName(Table, Audited, table=True):
    """A name that a body bore until a day: the row of the body keeps the present one, and what it did keeps its row."""

    __tablename__ = "institution_name"

    institution_id: uuid.UUID = Field(foreign_key="institution.id", index=True)
    name: str = Field(max_length=200)
    short_name: str = Field(default="", max_length=40)
    valid_to: date
    ground: str = Field(default="", max_length=400, description="the act that changed it")


class Duty(Table, Audited, table=True):
    """What ties a person to a subject (a case), from and to an instant: read by conflicts and by visibility."""

    __tablename__ = "duty"
    __table_args__ = (Index("ix_duty_subject", "subject_id", "kind"),)

    person_id: uuid.UUID = Field(foreign_key="person.id", index=True)
    subject_id: uuid.UUID
    kind: DutyKind = Field(sa_type=enum_type(DutyKind))
    began_at: datetime
    ended_at: datetime | None = None


class Recusal(Table, Audited, table=True):
    """A person who may not touch a subject, and from then on cannot find it: every `visible_to` subtracts these rows."""

    __tablename__ = "recusal"
    __table_args__ = (UniqueConstraint("person_id", "subject_id"),)

    person_id: uuid.UUID = Field(foreign_key="person.id", index=True)
    subject_id: uuid.UUID = Field(index=True)
    kind: RecusalKind = Field(sa_type=enum_type(RecusalKind))
    reason: str = Field(default="", max_length=2000)
