"""People and bodies for tests: plain functions with defaults, each committing nothing."""

import uuid
from datetime import date

from sqlalchemy.orm import Session

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.text import folded, sort_key
from portfolio.people.models import Institution, InstitutionCode, Membership, Person, Unit
from portfolio.people.terms import InstitutionKind, Role
from portfolio.people.viewer import SYSTEM, Grant, Viewer

_count = iter(range(1, 10**9))


def an_institution(
    session: Session,
    name: str = "",
    *,
    code: str = "",
    kind: InstitutionKind = InstitutionKind.CENTRAL,
    parent: Institution | None = None,
) -> Institution:
    name = name or f"Institution {next(_count)}"
    row = Institution(
        name=name, kind=kind, parent_id=parent.id if parent else None, sort_key=sort_key(name), search_text=folded(name)
    )
    session.add(row)
    record(session, SYSTEM, Tag.INSTITUTION_ADDED, row)
    session.flush()
    if code:
        session.add(InstitutionCode(institution_id=row.id, scheme="pack", code=code))
        session.flush()
    return row


def a_unit(session: Session, institution: Institution, name: str = "Unit") -> Unit:
    row = Unit(institution_id=institution.id, name=name)
    session.add(row)
    record(session, SYSTEM, Tag.INSTITUTION_ADDED, row)
    session.flush()
    return row


def a_person(session: Session, *roles: tuple[Role, Institution], name: str = "", unit: Unit | None = None) -> Viewer:
    """A person with roles from 2020 on, as the viewer that a request would make of them."""
    number = next(_count)
    name = name or f"Person {number}"
    person = Person(name=name, email=f"p{number}@example.org", email_key=f"p{number}@example.org", language="en")
    session.add(person)
    record(session, SYSTEM, Tag.PERSON_INVITED, person)
    session.flush()
    grants = []
    for role, institution in roles:
        row = Membership(
            person_id=person.id,
            institution_id=institution.id,
            unit_id=unit.id if unit else None,
            role=role,
            valid_from=date(2020, 1, 1),
        )
        session.add(row)
        grants.append(Grant(role, institution.id, row.unit_id))
    session.flush()
    return Viewer(person.id, name, "en", tuple(grants))


def somebody() -> uuid.UUID:
    """An id of nobody."""
    return uuid.uuid4()
