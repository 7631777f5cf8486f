"""Reading people: who somebody is today, and who holds a role where."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.people.models import Institution, Membership, Person, Recusal
from portfolio.people.terms import Role
from portfolio.people.viewer import Grant, Viewer


def in_force(on: date) -> ColumnElement[bool]:
    """Memberships whose dates hold on that day (on the country's calendar)."""
    return and_(
        col(Membership.valid_from) <= on, or_(col(Membership.valid_to).is_(None), col(Membership.valid_to) >= on)
    )


def load_viewer(session: Session, person_id: uuid.UUID, on: date, session_id: uuid.UUID | None = None) -> Viewer:
    """The person with the roles in force on that day, as a frozen value."""
    person = session.get_one(Person, person_id)
    rows = session.execute(
        select(
            col(Membership.role),
            col(Membership.institution_id),
            col(Membership.unit_id),
            col(Membership.for_person_id),
        )
        .where(col(Membership.person_id) == person_id, in_force(on))
        .order_by(col(Membership.role), col(Membership.id))
    ).all()
    return Viewer(
        person_id=person.id,
        name=person.name,
        language=person.language,
        grants=tuple(Grant(*row) for row in rows),
        session_id=session_id,
    )


def holders(session: Session, role: Role, on: date, institution_id: uuid.UUID | None = None) -> Sequence[uuid.UUID]:
    """Persons who hold the role on that day, in one institution or anywhere; ordered, for notices."""
    query = select(col(Membership.person_id)).where(col(Membership.role) == role, in_force(on)).distinct()
    if institution_id is not None:
        query = query.where(col(Membership.institution_id) == institution_id)
    return session.scalars(query.order_by(col(Membership.person_id))).all()


def names(session: Session, people: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """Names by person, for pages that show who did what."""
    wanted = {person for person in people if person is not None}
    if not wanted:
        return {}
    rows = session.execute(select(col(Person.id), col(Person.name)).where(col(Person.id).in_(wanted)))
    return {row.id: row.name for row in rows}


_INSTITUTIONS = select(col(Institution.id), col(Institution.name)).order_by(col(Institution.sort_key))
"""Made once: to put a question together takes as long as to answer it."""


def institution_names(session: Session) -> dict[uuid.UUID, str]:
    """Every institution by id, in reading order."""
    return {row.id: row.name for row in session.execute(_INSTITUTIONS)}


def recused_subjects(viewer: Viewer) -> ColumnElement[bool]:
    """A subquery of subjects this person must not find; every `visible_to` subtracts it."""
    return select(col(Recusal.subject_id)).where(col(Recusal.person_id) == viewer.person_id)  # type: ignore[return-value]
