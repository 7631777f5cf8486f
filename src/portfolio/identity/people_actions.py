"""People who are invited, whose accounts are disabled and enabled."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.base import utc_now
from portfolio.db.text import folded
from portfolio.errors import NotAllowed, Refused
from portfolio.i18n import gettext
from portfolio.identity import sessions
from portfolio.identity.credentials import invite
from portfolio.identity.models import Account
from portfolio.identity.people_forms import InviteFields
from portfolio.identity.people_queries import today
from portfolio.identity.people_scope import may_propose
from portfolio.identity.role_actions import keep_two_administrators, propose_role
from portfolio.people.models import Institution, Membership, Person
from portfolio.people.queries import in_force
from portfolio.people.viewer import Viewer


def register_person(
    session: Session, actor: Viewer | None, name: str, email: str, job_title: str, language: str
) -> Person:
    """A person with an account that nobody can use before its invitation; the caller issues that."""
    person = Person(name=name, email=email.strip(), email_key=folded(email), job_title=job_title, language=language)
    session.add(person)
    session.flush()
    session.add(Account(person_id=person.id))
    record(session, actor, Tag.PERSON_INVITED, person)
    session.flush()
    return person


def invite_person(
    session: Session, secret: str, actor: Viewer, institution_id: uuid.UUID, fields: InviteFields
) -> tuple[Person, bool]:
    """The person, and whether they are new: somebody already registered gets no second account, only the proposal."""
    if not may_propose(actor, fields.role, institution_id):
        raise NotAllowed(gettext("You may not propose this role in this institution."))
    person = session.scalar(select(Person).where(col(Person.email_key) == folded(fields.email)))
    is_new = person is None
    if person is None:
        person = register_person(session, actor, fields.name, fields.email, fields.job_title, fields.language)
        invite(session, secret, actor, person, session.get_one(Institution, institution_id))
    propose_role(session, actor, person, institution_id, fields)
    return person, is_new


def resend_invitation(session: Session, secret: str, actor: Viewer, person: Person) -> None:
    """A new link in place of the earlier one, for whoever has not chosen a password yet."""
    account = _account(session, person)
    if account.password_hash or account.disabled_at is not None:
        raise Refused(gettext("This person has an account already."))
    institution = session.scalar(
        select(Institution)
        .join(Membership, col(Membership.institution_id) == col(Institution.id))
        .where(col(Membership.person_id) == person.id)
        .order_by(col(Membership.id))
        .limit(1)
    )
    home = institution or session.get(Institution, next(iter(sorted(actor.homes, key=str)), None))
    if home is None:
        raise Refused(gettext("Propose a role for this person first."))
    invite(session, secret, actor, person, home)


def disable_account(session: Session, actor: Viewer, person: Person, reason: str) -> None:
    """Nobody signs in with it any more, and its sessions end at their next request. Roles stay, to be ended by name."""
    account = _account(session, person)
    if person.id == actor.person_id:
        raise Refused(gettext("Nobody disables an own account."))
    if account.disabled_at is not None:
        raise Refused(gettext("This account is already disabled."))
    roles = session.scalars(
        select(Membership).where(col(Membership.person_id) == person.id, in_force(today(session)))
    ).all()
    for row in roles:
        if not may_propose(actor, row.role, row.institution_id):
            raise NotAllowed(gettext("The person holds roles that you do not manage; ask an administrator."))
        keep_two_administrators(session, row)
    account.disabled_at = utc_now()
    sessions.end_all(session, account)
    record(session, actor, Tag.ACCOUNT_DISABLED, account, words=reason)


def enable_account(session: Session, actor: Viewer, person: Person, reason: str) -> None:
    account = _account(session, person)
    if account.disabled_at is None:
        raise Refused(gettext("This account is not disabled."))
    account.disabled_at = None
    record(session, actor, Tag.ACCOUNT_ENABLED, account, words=reason)


def _account(session: Session, person: Person) -> Account:
    found = session.scalar(select(Account).where(col(Account.person_id) == person.id))
    if found is None:
        raise Refused(gettext("This person has no account."))
    return found
