"""Signing in and out. What must survive a refusal (failures, limits) is returned, not raised, so that it is committed."""

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.base import utc_now
from portfolio.db.text import folded
from portfolio.i18n import gettext
from portfolio.identity import known_browser, limits, passwords, second_factor, sessions, tickets
from portfolio.identity.models import Account
from portfolio.identity.queries import account_by_email
from portfolio.identity.terms import SignInMethod
from portfolio.people.viewer import Viewer

PER_ACCOUNT = (limits.PER_ACCOUNT, limits.PER_ACCOUNT_HOUR, limits.PER_ACCOUNT_DAY)


@dataclass(frozen=True, slots=True)
class SignIn:
    """The outcome: a token for the cookie, or a ticket for the page that asks the code, or a field and its refusal."""

    person_id: uuid.UUID | None = None
    token: str = ""
    csrf_token: str = ""
    ticket: str = ""
    field: str = ""
    refusal: str = ""


def sign_in(
    session: Session, secret: str, email: str, password: str, address: str, agent: str, known: str = ""
) -> SignIn:
    """One answer for a wrong address, a wrong password and a disabled account, after the same time.

    `known` is the cookie of a browser in which this person signed in before: its failures count apart, so that a
    stranger's guesses do not lock the owner out.
    """
    account = account_by_email(session, email)
    browser = known_browser.number_of(secret, account.person_id, known) if account else ""
    network, key = limits.network_of(address), f"{folded(email)} {browser}".strip()
    if limits.is_over(session, limits.PER_ADDRESS, network) or any(
        limits.is_over(session, limit, key) for limit in PER_ACCOUNT
    ):
        return SignIn(field="email", refusal=gettext("Too many failed attempts. Wait five minutes and try again."))
    right = passwords.matches(account.password_hash if account else "", password)
    if account is None or not right or account.disabled_at is not None:
        return _failed(session, key, network, "password", gettext("The address or the password is not right."))
    if passwords.needs_rehash(account.password_hash):
        account.password_hash = passwords.hash_password(password)
        record(session, Viewer(account.person_id, ""), Tag.PASSWORD_CHANGED, account, by="rehash")
    limits.forgive(session, limits.PER_ACCOUNT, key)
    if account.totp_confirmed_at is not None:
        return SignIn(ticket=tickets.issue(secret, account, utc_now()))
    return opened(session, account, SignInMethod.PASSWORD, address, agent)


def finish_sign_in(session: Session, secret: str, ticket: str, code: str, address: str, agent: str) -> SignIn:
    """The second page: the code, for whoever's password was right a moment ago."""
    held = tickets.opened(secret, ticket, utc_now())
    account = None
    if held is not None:
        account = session.scalar(select(Account).where(col(Account.person_id) == held.person_id))
    if held is None or account is None or account.disabled_at is not None or account.epoch != held.epoch:
        return SignIn(field="email", refusal=gettext("The time to enter the code is over. Sign in again."))
    refusal = second_factor.why_not_passed(session, secret, account, code)
    if refusal is not None:
        return _failed(session, str(account.person_id), limits.network_of(address), "code", refusal)
    return opened(session, account, SignInMethod.PASSWORD_AND_FACTOR, address, agent)


def opened(session: Session, account: Account, method: SignInMethod, address: str, agent: str) -> SignIn:
    """A new session for a person who proved who they are."""
    token, row = sessions.open_session(session, account, method.value, address, agent)
    record(session, Viewer(account.person_id, ""), Tag.SIGNED_IN, account, method=method.value)
    return SignIn(person_id=account.person_id, token=token, csrf_token=row.csrf_token)


def _failed(session: Session, key: str, network: str, field: str, refusal: str) -> SignIn:
    limits.count(session, limits.PER_ADDRESS, network)
    if field == "password":
        limits.count(session, limits.PER_ACCOUNT, key)
    record(session, None, Tag.SIGN_IN_FAILED, None, words=key, field=field)
    return SignIn(field=field, refusal=refusal)


def sign_out(session: Session, actor: Viewer, session_id: uuid.UUID) -> None:
    sessions.end(session, session_id)
    record(session, actor, Tag.SIGNED_OUT, None)
