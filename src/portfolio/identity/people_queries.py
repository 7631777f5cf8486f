"""Reading people with their roles and proposals; lists start from `visible_people` and go by key, not by number."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from portfolio.db.clock import now
from portfolio.db.text import folded
from portfolio.errors import NotFound
from portfolio.identity.keyset import Page, page_of
from portfolio.identity.models import Account
from portfolio.identity.people_scope import institutions_where, visible_people
from portfolio.labels import label
from portfolio.people.models import Institution, Membership, Person, RoleProposal, Unit
from portfolio.people.permissions import Permission
from portfolio.people.rules import Held
from portfolio.people.terms import Holding, ProposalState, Role
from portfolio.people.viewer import Viewer
from portfolio.web.formatting import country_zone


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role as pages show it; `is_current` on the country's calendar, `is_past` when its last day is over."""

    id: uuid.UUID
    role: Role
    institution_id: uuid.UUID
    institution: str
    unit: str
    holding: Holding
    acting_for: str
    valid_from: date
    valid_to: date | None
    is_current: bool
    is_past: bool


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposed role as pages show it."""

    proposal: RoleProposal
    person: str
    institution: str
    unit: str
    acting_for: str
    proposed_by: str
    decided_by: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in the list: `roles` are the words of those in force; `state` is of the account."""

    id: uuid.UUID
    name: str
    email: str
    job_title: str
    roles: str
    places: str
    state: str


def today(session: Session) -> date:
    """The present day on the country's calendar."""
    return now(session).astimezone(country_zone()).date()


def roles_of(session: Session, person_id: uuid.UUID) -> Sequence[RoleRow]:
    """Every role of the person, the present first, then the coming, then the past; the latest first within each."""
    on, principal = today(session), aliased(Person)
    rows = session.execute(
        select(Membership, col(Institution.name), col(Unit.name), col(principal.name))
        .join(Institution, col(Institution.id) == col(Membership.institution_id))
        .outerjoin(Unit, col(Unit.id) == col(Membership.unit_id))
        .outerjoin(principal, col(principal.id) == col(Membership.for_person_id))
        .where(col(Membership.person_id) == person_id)
        .order_by(col(Membership.valid_from).desc(), col(Membership.id))
    )
    shown = [_role_row(*row, on) for row in rows]
    return sorted(shown, key=lambda row: (row.is_past, not row.is_current))


def _role_row(row: Membership, institution: str, unit: str | None, acting_for: str | None, on: date) -> RoleRow:
    is_past = row.valid_to is not None and row.valid_to < on
    return RoleRow(
        row.id,
        row.role,
        row.institution_id,
        institution,
        unit or "",
        row.holding,
        acting_for or "",
        row.valid_from,
        row.valid_to,
        is_current=row.valid_from <= on and not is_past,
        is_past=is_past,
    )


def held_by(session: Session, person_id: uuid.UUID | None) -> list[Held]:
    """All that a person holds, as the rules see it."""
    if person_id is None:
        return []
    return [as_held(row) for row in session.scalars(select(Membership).where(col(Membership.person_id) == person_id))]


def held_in_chair(session: Session, role: Role, institution_id: uuid.UUID) -> list[Held]:
    rows = select(Membership).where(col(Membership.role) == role, col(Membership.institution_id) == institution_id)
    return [as_held(row) for row in session.scalars(rows)]


def as_held(row: Membership | RoleProposal) -> Held:
    return Held(
        row.person_id,
        row.role,
        row.institution_id,
        row.unit_id,
        row.holding,
        row.for_person_id,
        row.valid_from,
        row.valid_to,
    )


def get_person(session: Session, viewer: Viewer, person_id: uuid.UUID) -> Person:
    """Raises `NotFound` outside what the viewer may see."""
    found = session.scalar(select(Person).where(col(Person.id) == person_id, visible_people(viewer)))
    if found is None:
        raise NotFound
    return found


def people_page(
    session: Session, viewer: Viewer, text: str, institution_id: uuid.UUID | None, cursor: str
) -> Page[PersonRow]:
    """People by name; `text` is looked for in name and address, `institution_id` keeps those with a role there, now or before."""
    query = select(Person).where(visible_people(viewer))
    for word in folded(text).split():
        query = query.where(col(Person.search_text).contains(word, autoescape=True))
    if institution_id is not None:
        there = select(col(Membership.person_id)).where(col(Membership.institution_id) == institution_id)
        query = query.where(col(Person.id).in_(there))
    found = page_of(session, query, (Person.sort_key, Person.id), lambda row: (row.sort_key, row.id), cursor)
    return Page(_person_rows(session, found.rows), found.previous, found.next)


def _person_rows(session: Session, people: Sequence[Person]) -> list[PersonRow]:
    ids = [person.id for person in people]
    on = today(session)
    roles: dict[uuid.UUID, list[tuple[str, str]]] = {}
    for person_id, role, place, ends in session.execute(
        select(col(Membership.person_id), col(Membership.role), col(Institution.name), col(Membership.valid_to))
        .join(Institution, col(Institution.id) == col(Membership.institution_id))
        .where(col(Membership.person_id).in_(ids), col(Membership.valid_from) <= on)
        .order_by(col(Membership.role), col(Membership.id))
    ):
        if ends is None or ends >= on:
            roles.setdefault(person_id, []).append((label(role), place))
    accounts = {row.person_id: row for row in session.scalars(select(Account).where(col(Account.person_id).in_(ids)))}
    return [
        PersonRow(
            person.id,
            person.name,
            person.email,
            person.job_title,
            ", ".join(dict.fromkeys(words for words, _ in roles.get(person.id, []))),
            ", ".join(dict.fromkeys(place for _, place in roles.get(person.id, []))),
            state_of(accounts.get(person.id)),
        )
        for person in people
    ]


def state_of(account: Account | None) -> str:
    """none, disabled, invited or active."""
    if account is None:
        return "none"
    if account.disabled_at is not None:
        return "disabled"
    return "active" if account.password_hash else "invited"


def _proposals() -> Select[RoleProposal, str, str, str, str, str, str]:
    person, principal, proposer, decider = aliased(Person), aliased(Person), aliased(Person), aliased(Person)
    return (
        select(
            RoleProposal,
            col(person.name),
            col(Institution.name),
            col(Unit.name),
            col(principal.name),
            col(proposer.name),
            col(decider.name),
        )
        .join(person, col(person.id) == col(RoleProposal.person_id))
        .join(Institution, col(Institution.id) == col(RoleProposal.institution_id))
        .outerjoin(Unit, col(Unit.id) == col(RoleProposal.unit_id))
        .outerjoin(principal, col(principal.id) == col(RoleProposal.for_person_id))
        .outerjoin(proposer, col(proposer.id) == col(RoleProposal.proposed_by_id))
        .outerjoin(decider, col(decider.id) == col(RoleProposal.decided_by_id))
        .order_by(col(RoleProposal.created_at), col(RoleProposal.id))
    )


def waiting_proposals(session: Session, viewer: Viewer) -> list[ProposalRow]:
    """What waits for a second person where this viewer may confirm, the oldest first; one's own are shown too."""
    query = _proposals().where(col(RoleProposal.state) == ProposalState.PROPOSED)
    homes = institutions_where(viewer, Permission.PEOPLE_CONFIRM)
    if homes is not None:
        query = query.where(col(RoleProposal.institution_id).in_(homes))
    return [ProposalRow(row[0], *(text or "" for text in row[1:])) for row in session.execute(query)]


def proposals_of(session: Session, person_id: uuid.UUID) -> list[ProposalRow]:
    query = _proposals().where(col(RoleProposal.person_id) == person_id)
    return [ProposalRow(row[0], *(text or "" for text in row[1:])) for row in session.execute(query)]


def get_proposal(session: Session, viewer: Viewer, proposal_id: uuid.UUID) -> RoleProposal:
    """Raises `NotFound` outside the institutions where the viewer may confirm."""
    found = session.get(RoleProposal, proposal_id)
    homes = institutions_where(viewer, Permission.PEOPLE_CONFIRM)
    if found is None or (homes is not None and found.institution_id not in homes):
        raise NotFound
    return found


def account_facts(session: Session, person_id: uuid.UUID) -> tuple[str, datetime | None]:
    """State of the account, and since when it has a second factor."""
    account = session.scalar(select(Account).where(col(Account.person_id) == person_id))
    return state_of(account), None if account is None else account.totp_confirmed_at
