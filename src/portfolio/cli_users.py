"""`portfolio users`: the first administrators, and what an installation needs before anybody can sign in."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.engine import open_database
from portfolio.db.text import folded, sort_key
from portfolio.errors import NotAllowed, Refused
from portfolio.identity.credentials import invite
from portfolio.identity.models import Account
from portfolio.identity.people_actions import disable_account, register_person
from portfolio.identity.people_forms import RoleFields
from portfolio.identity.people_queries import state_of, today
from portfolio.identity.reset_actions import ask_reset, reset_alone
from portfolio.identity.role_actions import propose_role
from portfolio.packs.in_force import put_in_force
from portfolio.packs.loader import load_pack
from portfolio.people.models import Institution, InstitutionCode, Membership, Person
from portfolio.people.permissions import NOT_FOR_PEOPLE
from portfolio.people.queries import in_force
from portfolio.people.terms import Role
from portfolio.people.viewer import SYSTEM
from portfolio.settings import Settings, read_settings

HELD_BY_PEOPLE = [role.value for role in Role if role not in NOT_FOR_PEOPLE]
FIRST_ADMINISTRATORS = 2
"""As many as the command makes without a second person: two, so that from then on each confirms what the other proposes."""


def add_parsers(verbs: Any) -> None:
    """Add `users`."""
    users = verbs.add_parser("users", help="create, list, deactivate, and propose roles")
    acts = users.add_subparsers(dest="act", required=True)
    create = acts.add_parser(
        "create",
        help="register a person and print the link that sets the password",
        epilog="example: portfolio users create --first-admin --email ana@cabinet.example --name 'Ana Souza' "
        "--institution 'Cabinet Office'",
    )
    create.add_argument("--email", required=True)
    create.add_argument("--name", required=True)
    create.add_argument("--job-title", default="")
    create.add_argument("--language", choices=("es", "pt", "en"), default="es")
    create.add_argument("--institution", required=True, help="official code or exact name; --first-admin may add it")
    create.add_argument("--role", choices=HELD_BY_PEOPLE, help="proposed; a second person confirms it")
    create.add_argument("--first-admin", action="store_true", help="grant the role administrator: exactly twice")
    create.set_defaults(run=run_create)
    listing = acts.add_parser(
        "list", help="one line a person: address, state, roles", epilog="example: portfolio users list"
    )
    listing.set_defaults(run=run_list)
    deactivate = acts.add_parser(
        "deactivate",
        help="disable an account and end its sessions",
        epilog="example: portfolio users deactivate ana@cabinet.example --reason 'left the service'",
    )
    deactivate.add_argument("email")
    deactivate.add_argument("--reason", required=True)
    deactivate.set_defaults(run=run_deactivate)
    reset = acts.add_parser(
        "reset-factor",
        help="ask for the reset of a lost second factor, which an administrator confirms on screen",
        epilog="example: portfolio users reset-factor ana@cabinet.example --reason 'telephone lost; seen in person'",
    )
    reset.add_argument("email")
    reset.add_argument("--reason", required=True)
    reset.add_argument("--alone", action="store_true", help="do it at once: only where no other administrator is left")
    reset.set_defaults(run=run_reset_factor)
    grant = acts.add_parser(
        "grant",
        help="propose a role, which a second person confirms on screen",
        epilog="example: portfolio users grant ana@cabinet.example --role reviewer --institution 08",
    )
    grant.add_argument("email")
    grant.add_argument("--role", required=True, choices=HELD_BY_PEOPLE)
    grant.add_argument("--institution", required=True, help="official code or exact name")
    grant.add_argument("--from", dest="valid_from", type=date.fromisoformat, help="YYYY-MM-DD; today if left out")
    grant.add_argument("--to", dest="valid_to", type=date.fromisoformat, help="YYYY-MM-DD, that day included")
    grant.add_argument("--ground", default="", help="the act that names the person")
    grant.set_defaults(run=run_grant)


@contextmanager
def _open(settings: Settings) -> Iterator[Session]:
    """One writing transaction over a database that is closed afterwards."""
    pack = load_pack(settings.pack)
    put_in_force(pack)
    database = open_database(settings.database_url, synchronous=settings.sqlite_synchronous)
    try:
        with database.writing() as session:
            yield session
    finally:
        database.engine.dispose()


def _no(verb: str, *reasons: str) -> int:
    print(f"portfolio users {verb}: {'; '.join(reasons)}", file=sys.stderr)
    return 1


def run_create(arguments: argparse.Namespace) -> int:
    """0 and the link; 1 with the reason. Nothing is stored when it is refused."""
    settings = read_settings()
    try:
        with _open(settings) as session:
            path = create(session, settings.secret_key, arguments)
    except (Refused, NotAllowed) as refused:
        return _no("create", str(refused))
    print(f"{arguments.email} chooses a password, once and within seven days, at:\n{settings.base_url}{path}")
    return 0


def create(session: Session, secret: str, arguments: argparse.Namespace) -> str:
    """Register, grant or propose, and return the path of the invitation. Raises `Refused`."""
    if person_by_email(session, arguments.email) is not None:
        raise Refused("somebody with this address is registered already")
    if arguments.first_admin:
        return _first_administrator(session, secret, arguments)
    institution = institution_named(session, arguments.institution)
    person = _register(session, arguments)
    if arguments.role:
        fields = RoleFields(role=Role(arguments.role), valid_from=today(session))
        propose_role(session, SYSTEM, person, institution.id, fields)
    return invite(session, secret, SYSTEM, person, institution)


def _first_administrator(session: Session, secret: str, arguments: argparse.Namespace) -> str:
    ever = session.scalar(
        select(func.count(col(Membership.person_id).distinct())).where(col(Membership.role) == Role.ADMINISTRATOR)
    )
    if (ever or 0) >= FIRST_ADMINISTRATORS:
        raise Refused("there were two administrators already: they name the next ones, on screen")
    try:
        institution = institution_named(session, arguments.institution)
    except Refused:
        institution = _first_institution(session, arguments.institution)
    person = _register(session, arguments)
    membership = Membership(
        person_id=person.id, institution_id=institution.id, role=Role.ADMINISTRATOR, valid_from=today(session)
    )
    session.add(membership)
    session.flush()
    record(session, SYSTEM, Tag.ROLE_GRANTED, membership, role=Role.ADMINISTRATOR, first_admin=(ever or 0) + 1)
    return invite(session, secret, SYSTEM, person, institution)


def _first_institution(session: Session, name: str) -> Institution:
    """An empty installation has no body yet; any later one is added on screen."""
    if session.scalar(select(func.count()).select_from(Institution)):
        raise Refused(f"no institution has the code or name {name!r}")
    row = Institution(name=name, sort_key=sort_key(name), search_text=folded(name))
    session.add(row)
    session.flush()
    record(session, SYSTEM, Tag.INSTITUTION_ADDED, row)
    return row


def _register(session: Session, arguments: argparse.Namespace) -> Person:
    return register_person(session, SYSTEM, arguments.name, arguments.email, arguments.job_title, arguments.language)


def person_by_email(session: Session, email: str) -> Person | None:
    return session.scalar(select(Person).where(col(Person.email_key) == folded(email)))


def institution_named(session: Session, text: str) -> Institution:
    """The body with this official code or exactly this name today. Raises `Refused` for none, and for several."""
    coded = select(col(InstitutionCode.institution_id)).where(
        col(InstitutionCode.code) == text, col(InstitutionCode.valid_to).is_(None)
    )
    found = session.scalars(
        select(Institution)
        .where(or_(col(Institution.sort_key) == sort_key(text), col(Institution.id).in_(coded)))
        .order_by(col(Institution.id))
    ).all()
    if len(found) != 1:
        raise Refused(f"{len(found) or 'no'} institutions have the code or name {text!r}")
    return found[0]


def run_list(_arguments: argparse.Namespace) -> int:
    """Address, state of the account and roles in force, tab-separated, by name."""
    settings = read_settings()
    with _open(settings) as session:
        for line in lines(session):
            print("\t".join(line))
    return 0


def lines(session: Session) -> list[tuple[str, str, str]]:
    on = today(session)
    roles: dict[Any, list[str]] = {}
    for row in session.scalars(select(Membership).where(in_force(on)).order_by(col(Membership.id))):
        roles.setdefault(row.person_id, []).append(row.role.value)
    accounts = {row.person_id: row for row in session.scalars(select(Account))}
    people = session.scalars(select(Person).order_by(col(Person.sort_key), col(Person.id)))
    return [(row.email, state_of(accounts.get(row.id)), ",".join(roles.get(row.id, []))) for row in people]


def run_deactivate(arguments: argparse.Namespace) -> int:
    settings = read_settings()
    try:
        with _open(settings) as session:
            person = person_by_email(session, arguments.email)
            if person is None:
                return _no("deactivate", "nobody with this address is registered")
            disable_account(session, SYSTEM, person, arguments.reason)
    except (Refused, NotAllowed) as refused:
        return _no("deactivate", str(refused))
    print(f"{arguments.email} is deactivated")
    return 0


def run_reset_factor(arguments: argparse.Namespace) -> int:
    settings = read_settings()
    try:
        with _open(settings) as session:
            person = person_by_email(session, arguments.email)
            if person is None:
                return _no("reset-factor", "nobody with this address is registered")
            act = reset_alone if arguments.alone else ask_reset
            act(session, SYSTEM, person, arguments.reason)
    except (Refused, NotAllowed) as refused:
        return _no("reset-factor", str(refused))
    print("reset" if arguments.alone else "asked for; an administrator confirms it, under People")
    return 0


def run_grant(arguments: argparse.Namespace) -> int:
    settings = read_settings()
    try:
        with _open(settings) as session:
            person = person_by_email(session, arguments.email)
            if person is None:
                return _no("grant", "nobody with this address is registered")
            institution = institution_named(session, arguments.institution)
            fields = RoleFields(
                role=Role(arguments.role),
                valid_from=arguments.valid_from or today(session),
                valid_to=arguments.valid_to,
                ground=arguments.ground,
            )
            propose_role(session, SYSTEM, person, institution.id, fields)
    except (Refused, NotAllowed) as refused:
        return _no("grant", str(refused))
    print("proposed; it holds once a second person confirms it, under People, Roles that wait")
    return 0
