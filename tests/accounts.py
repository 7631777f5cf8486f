"""Accounts for the tests of sign-in: plain functions, each committing what it makes."""

import re

from sqlalchemy import select
from sqlmodel import col

from factories import a_person
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.engine import Database
from portfolio.identity import factors, recovery
from portfolio.identity.models import Account
from portfolio.identity.passwords import hash_password
from portfolio.notifications import sealed
from portfolio.notifications.models import Notice
from portfolio.people.models import Institution, Person
from portfolio.people.terms import Role
from portfolio.people.viewer import SYSTEM, Viewer
from portfolio.settings import Settings
from visitors import COOKIE, PASSWORD, Page, Visitor


def an_account(database: Database, *roles: tuple[Role, Institution], password: str = PASSWORD) -> Viewer:
    """A person with these roles and a password."""
    with database.writing() as session:
        viewer = a_person(session, *roles)
        account = Account(person_id=viewer.person_id, password_hash=hash_password(password))
        session.add(account)
        record(session, viewer, Tag.ACCOUNT_ACTIVATED, account)
    return viewer


def give_factor(database: Database, settings: Settings, viewer: Viewer) -> tuple[str, list[str]]:
    """The secret of an authenticator and the recovery codes."""
    secret = factors.new_secret()
    with database.writing() as session:
        account = account_of(session, viewer)
        account.totp_secret = factors.sealed(settings.secret_key, viewer.person_id, secret)
        account.totp_confirmed_at = account.created_at
        record(session, SYSTEM, Tag.FACTOR_ENROLLED, account)
        codes = recovery.make(session, viewer.person_id)
    return secret, codes


def account_of(session: object, viewer: Viewer) -> Account:
    return session.scalars(select(Account).where(col(Account.person_id) == viewer.person_id)).one()  # type: ignore[attr-defined,no-any-return]


def email_of(database: Database, viewer: Viewer) -> str:
    with database.reading() as session:
        return session.get_one(Person, viewer.person_id).email


def keep_cookie(visitor: Visitor, answer: Page) -> None:
    """The browser takes the session of this answer."""
    cookie = answer.headers.get_list("set-cookie")[0]
    assert cookie.startswith(f"{COOKIE}="), cookie
    visitor.token = cookie.split("=", 1)[1].split(";")[0]


def refresh_csrf(visitor: Visitor, path: str = "/profile") -> None:
    """The token of the forms on a page, as a browser would send it."""
    visitor.csrf = visitor.get(path).value("csrf_token") or ""


def mailed_path(database: Database, settings: Settings, viewer: Viewer, kind: str) -> str:
    """Where the link of the latest mail of this kind would lead."""
    with database.reading() as session:
        notice = session.scalars(
            select(Notice)
            .where(col(Notice.person_id) == viewer.person_id, col(Notice.kind) == kind)
            .order_by(col(Notice.id).desc())
        ).first()
        assert notice is not None, f"no notice of kind {kind}"
        return sealed.path_of(settings.secret_key, notice)


def field(page: Page, name: str) -> str:
    """A hidden field's value."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, f"{page.url}: no field {name}"
    return found.group(1)
