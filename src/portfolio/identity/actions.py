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
from portfolio.identity import factors, limits, passwords, sessions
from portfolio.identity.models import Account
from portfolio.identity.terms import SignInMethod
from portfolio.people.models import Person
from portfolio.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class SignIn:
    """The outcome: a token for the cookie, or the field and the sentence of the refusal."""

    person_id: uuid.UUID | None = None
    token: str = ""
    csrf_token: str = ""
    field: str = ""
    refusal: str = ""


def account_of(session: Session, email: str) -> Account | None:
    return session.scalar(
        select(Account)
        .join(Person, col(Person.id) == col(Account.person_id))
        .where(col(Person.email_key) == folded(email))
    )


def sign_in(session: Session, secret: str, email: str, password: str, code: str, address: str, agent: str) -> SignIn:
    """One answer for a wrong address, a wrong password and a disabled account, after the same time."""
    network = limits.network_of(address)
    if limits.is_over(session, limits.PER_ADDRESS, network) or limits.is_over(
        session, limits.PER_ACCOUNT, folded(email)
    ):
        return SignIn(field="email", refusal=gettext("Too many failed attempts. Wait five minutes and try again."))
    account = account_of(session, email)
    right = passwords.matches(account.password_hash if account else "", password)
    if account is None or not right or account.disabled_at is not None:
        return _failed(session, email, network, "password", gettext("The address or the password is not right."))
    if account.totp_confirmed_at is not None:
        if not code:
            return SignIn(field="code", refusal=gettext("Enter the code that your authenticator shows."))
        if not factor_passes(session, secret, account, code):
            return _failed(session, email, network, "code", gettext("The code is not right, or was already used."))
    if passwords.needs_rehash(account.password_hash):
        account.password_hash = passwords.hash_password(password)
    limits.forgive(session, limits.PER_ACCOUNT, folded(email))
    method = SignInMethod.PASSWORD_AND_FACTOR if account.totp_confirmed_at else SignInMethod.PASSWORD
    return opened(session, account, method, address, agent)


def opened(session: Session, account: Account, method: SignInMethod, address: str, agent: str) -> SignIn:
    """A new session for a person who proved who they are."""
    token, row = sessions.open_session(session, account, method.value, address, agent)
    record(session, Viewer(account.person_id, ""), Tag.SIGNED_IN, account, method=method.value)
    return SignIn(person_id=account.person_id, token=token, csrf_token=row.csrf_token)


def _failed(session: Session, email: str, network: str, field: str, refusal: str) -> SignIn:
    limits.count(session, limits.PER_ADDRESS, network)
    limits.count(session, limits.PER_ACCOUNT, folded(email))
    record(session, None, Tag.SIGN_IN_FAILED, None, words=folded(email), field=field)
    return SignIn(field=field, refusal=refusal)


def factor_passes(session: Session, secret: str, account: Account, code: str) -> bool:
    """A code of the authenticator, or one of the recovery codes, each once; guesses are limited apart from passwords."""
    key = str(account.person_id)
    if limits.is_over(session, limits.PER_FACTOR, key) or limits.is_over(session, limits.PER_FACTOR_DAY, key):
        return False
    if factors.use(session, secret, account, code, utc_now()):
        return True
    limits.count(session, limits.PER_FACTOR, key)
    return False


def sign_out(session: Session, actor: Viewer, session_id: uuid.UUID) -> None:
    sessions.end(session, session_id)
    record(session, actor, Tag.SIGNED_OUT, None)
