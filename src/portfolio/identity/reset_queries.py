"""Reading requests to reset a second factor, for the administrators who decide them."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from portfolio.db.clock import now
from portfolio.db.memo import asked_once
from portfolio.errors import NotFound
from portfolio.identity.models import FactorReset
from portfolio.people.models import Person
from portfolio.people.terms import ProposalState

KEPT_AWAY = timedelta(days=30)
"""How long whoever had a part in a reset keeps away from that person's cases (security.md, S13)."""


@dataclass(frozen=True, slots=True)
class ResetRow:
    """A request as pages show it; nobody's name stands for the command line."""

    reset: FactorReset
    person: str
    email: str
    asked_by: str


def _rows() -> Select[FactorReset, str, str, str]:
    person, asker = aliased(Person), aliased(Person)
    return (
        select(FactorReset, col(person.name), col(person.email), col(asker.name))
        .join(person, col(person.id) == col(FactorReset.person_id))
        .outerjoin(asker, col(asker.id) == col(FactorReset.asked_by_id))
        .order_by(col(FactorReset.created_at), col(FactorReset.id))
    )


def waiting_resets(session: Session) -> list[ResetRow]:
    """The oldest first; every administrator reaches every person."""
    query = _rows().where(col(FactorReset.state) == ProposalState.PROPOSED)
    return [ResetRow(reset, name, email, by or "") for reset, name, email, by in session.execute(query)]


def reset_row(session: Session, reset_id: uuid.UUID) -> ResetRow:
    """Raises `NotFound`."""
    found = session.execute(_rows().where(col(FactorReset.id) == reset_id)).one_or_none()
    if found is None:
        raise NotFound
    reset, name, email, by = found
    return ResetRow(reset, name, email, by or "")


def resetters_of(session: Session, people: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Who asked for, or confirmed, a reset of a factor of any of these persons in the last 30 days."""
    rows = asked_once(session, ("recent factor resets",), lambda: _recent(session))
    return frozenset(person for row in rows if row[0] in people for person in row[1:] if person is not None)


def _recent(session: Session) -> list[tuple[uuid.UUID, uuid.UUID | None, uuid.UUID | None]]:
    """All of the last 30 days, of whom and by whom: few in any State, so read at once."""
    query = select(col(FactorReset.person_id), col(FactorReset.asked_by_id), col(FactorReset.decided_by_id)).where(
        col(FactorReset.state) == ProposalState.GRANTED, col(FactorReset.decided_at) > now(session) - KEPT_AWAY
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]
