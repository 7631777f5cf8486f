"""Passwords that change: by invitation, by the person, after being forgotten. Each ends the sessions opened with the old one.

How a token reaches the person: the link lies sealed in the notice (`notifications.sealed`) until the mail leaves; the
table of tokens knows its digest only.
"""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.text import folded
from portfolio.errors import FieldRefused, Refused
from portfolio.i18n import gettext
from portfolio.identity import limits, passwords, sessions, tokens
from portfolio.identity.models import Account
from portfolio.identity.password_rules import why_not
from portfolio.identity.queries import account_by_email
from portfolio.identity.terms import TokenPurpose
from portfolio.notifications.outbox import owe
from portfolio.notifications.sealed import sealed
from portfolio.people.models import Institution, Membership, Person
from portfolio.people.viewer import Viewer

CHOOSE_PASSWORD = "/choose-password/"  # noqa: S105  a path


def check_new_password(
    session: Session, person: Person, password: str, again: str, field: str = "new_password"
) -> None:
    """Raises `FieldRefused` beside the field that is wrong."""
    if password != again:
        raise FieldRefused("again", gettext("The two passwords are not the same"))
    institutions = session.scalars(
        select(col(Institution.name))
        .join(Membership, col(Membership.institution_id) == col(Institution.id))
        .where(col(Membership.person_id) == person.id)
    )
    reason = why_not(password, [person.name, person.email, gettext("Digital portfolio"), *institutions])
    if reason:
        raise FieldRefused(field, reason)


def change_password(session: Session, viewer: Viewer, account: Account, password: str, again: str) -> None:
    """The person chooses another one, having proved the present; every session ends, the caller opens a new one."""
    check_new_password(session, session.get_one(Person, account.person_id), password, again)
    _set(session, account, password)
    record(session, viewer, Tag.PASSWORD_CHANGED, account)


def _set(session: Session, account: Account, password: str) -> None:
    account.password_hash = passwords.hash_password(password)
    sessions.end_all(session, account)
    owe(session, "password_changed", [account.person_id])


def invite(session: Session, secret: str, actor: Viewer | None, person: Person, institution: Institution) -> str:
    """Owe the invitation and return its path, which the command line prints; anything sent before stops working."""
    token, until = tokens.issue(session, person.id, TokenPurpose.INVITATION)
    path = CHOOSE_PASSWORD + token
    owe(
        session,
        "invitation",
        [person.id],
        institution=institution.name,
        until=until,
        sealed_path=sealed(secret, person.id, path),
    )
    record(session, actor, Tag.PERSON_INVITED, person)
    return path


def ask_reset(session: Session, secret: str, email: str, address: str) -> None:
    """Owe a link to whoever has this address, and do as much for nobody: the page says the same. Limits apply to asking."""
    network, key = limits.network_of(address), folded(email)
    over = limits.is_over(session, limits.PER_RESET, key) or limits.is_over(session, limits.PER_RESET_ADDRESS, network)
    limits.count(session, limits.PER_RESET, key)
    limits.count(session, limits.PER_RESET_ADDRESS, network)
    record(session, None, Tag.PASSWORD_RESET_ASKED, None, words=key, over=over)
    account = account_by_email(session, email)
    if over or account is None or account.disabled_at is not None:
        return
    token, until = tokens.issue(session, account.person_id, TokenPurpose.PASSWORD_RESET)
    path = sealed(secret, account.person_id, CHOOSE_PASSWORD + token)
    owe(session, "password_reset", [account.person_id], until=until, sealed_path=path)


def person_of_token(session: Session, token: str) -> Person:
    """Whose link this is. Raises `Refused` for one that was used, replaced or is too old."""
    row = tokens.find(session, token)
    account = None if row is None else _account(session, row.person_id)
    if row is None or account is None or account.disabled_at is not None:
        raise Refused(gettext("This link was already used, was replaced by a newer one, or its time is over."))
    return session.get_one(Person, row.person_id)


def choose_password(session: Session, token: str, password: str, again: str) -> None:
    """Use the link up and set the password. Raises `Refused` for a dead link, `FieldRefused` for a weak password."""
    person = person_of_token(session, token)
    check_new_password(session, person, password, again)
    row = tokens.find(session, token)
    account = _account(session, person.id)
    if row is None or account is None or not tokens.redeem(session, row):
        raise Refused(gettext("This link was already used, was replaced by a newer one, or its time is over."))
    is_first = not account.password_hash
    _set(session, account, password)
    tag = Tag.ACCOUNT_ACTIVATED if is_first else Tag.PASSWORD_CHANGED
    record(session, Viewer(person.id, ""), tag, account, by=row.purpose.value)


def _account(session: Session, person_id: uuid.UUID) -> Account | None:
    return session.scalar(select(Account).where(col(Account.person_id) == person_id))
