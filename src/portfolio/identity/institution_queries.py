"""Reading bodies and their units: the tree, and one of them with its codes, names and units."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.db.text import folded
from portfolio.errors import NotFound
from portfolio.identity.people_queries import today
from portfolio.people.models import Institution, InstitutionCode, InstitutionName, Membership, Unit
from portfolio.people.queries import in_force


@dataclass(frozen=True, slots=True)
class Branch:
    """A body at its depth in the tree; `is_past` when its last day is over; `people` hold a role there today."""

    row: Institution
    depth: int
    is_past: bool
    people: int


def tree(session: Session, text: str = "") -> list[Branch]:
    """Depth first, by name among siblings. With a search text, only the bodies that match, without depth.

    A State has some thousand bodies at most: they are read at once.
    """
    on = today(session)
    held = session.execute(
        select(col(Membership.institution_id), func.count(col(Membership.person_id).distinct()).label("people"))
        .where(in_force(on))
        .group_by(col(Membership.institution_id))
    )
    counts = {row.institution_id: row.people for row in held}
    query = select(Institution).order_by(col(Institution.sort_key), col(Institution.id))
    for word in folded(text).split():
        query = query.where(col(Institution.search_text).contains(word, autoescape=True))
    rows = session.scalars(query).all()
    ordered = [(row, 0) for row in rows] if text else _depth_first(rows)
    return [Branch(row, depth, is_over(row, on), counts.get(row.id, 0)) for row, depth in ordered]


def is_over(row: Institution, on: date) -> bool:
    return row.valid_to is not None and row.valid_to < on


def _depth_first(rows: Sequence[Institution]) -> list[tuple[Institution, int]]:
    children: dict[uuid.UUID | None, list[Institution]] = {}
    known = {row.id for row in rows}
    for row in rows:
        children.setdefault(row.parent_id if row.parent_id in known else None, []).append(row)
    found: list[tuple[Institution, int]] = []
    waiting = [(row, 0) for row in reversed(children.get(None, []))]
    while waiting:
        row, depth = waiting.pop()
        found.append((row, depth))
        waiting += [(child, depth + 1) for child in reversed(children.get(row.id, []))]
    return found


def get_institution(session: Session, institution_id: uuid.UUID) -> Institution:
    found = session.get(Institution, institution_id)
    if found is None:
        raise NotFound
    return found


def choices(session: Session, only: frozenset[uuid.UUID] | None = None) -> list[tuple[str, str]]:
    """Bodies that exist today as (id, name) for a list to choose from, by name; `only` some, or all."""
    on = today(session)
    rows = session.scalars(select(Institution).order_by(col(Institution.sort_key), col(Institution.id)))
    return [(str(row.id), row.name) for row in rows if (only is None or row.id in only) and not is_over(row, on)]


def unit_choices(session: Session, institution_id: uuid.UUID) -> list[tuple[str, str]]:
    on = today(session)
    return [
        (str(row.id), row.name) for row in units(session, institution_id) if row.valid_to is None or row.valid_to >= on
    ]


def units(session: Session, institution_id: uuid.UUID) -> Sequence[Unit]:
    query = select(Unit).where(col(Unit.institution_id) == institution_id)
    return session.scalars(query.order_by(col(Unit.name), col(Unit.id))).all()


def codes(session: Session, institution_id: uuid.UUID) -> Sequence[InstitutionCode]:
    query = select(InstitutionCode).where(col(InstitutionCode.institution_id) == institution_id)
    return session.scalars(
        query.order_by(col(InstitutionCode.scheme), col(InstitutionCode.valid_from), col(InstitutionCode.id))
    ).all()


def former_names(session: Session, institution_id: uuid.UUID) -> Sequence[InstitutionName]:
    """The latest first."""
    query = select(InstitutionName).where(col(InstitutionName.institution_id) == institution_id)
    return session.scalars(query.order_by(col(InstitutionName.valid_to).desc(), col(InstitutionName.id))).all()


def children(session: Session, institution_id: uuid.UUID) -> Sequence[Institution]:
    query = select(Institution).where(col(Institution.parent_id) == institution_id)
    return session.scalars(query.order_by(col(Institution.sort_key), col(Institution.id))).all()
