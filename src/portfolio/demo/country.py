"""Bodies, units, people and their accounts. Every person of the demonstration has the same made-up password."""

import uuid
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.text import folded, sort_key
from portfolio.demo.stories import read, stories
from portfolio.identity.models import Account
from portfolio.people.models import Institution, InstitutionCode, Membership, Person, Unit
from portfolio.people.queries import load_viewer
from portfolio.people.terms import InstitutionKind, Role
from portfolio.people.viewer import SYSTEM, Viewer

SINCE = date(2024, 1, 2)
DOMAIN = "demo.example"
TEAM = {"lead": Role.CASE_LEAD, "fin": Role.FINANCE_MANAGER, "exp": Role.DIGITAL_EXPERT, "cio": Role.AGENCY_CIO}
REGISTRY = {"lead": "lead", "fin": "finance", "exp": "expert", "cio": "cio"}
"""Keys of the registry's people, whose names are their roles; other teams are `<institution>_<part>`."""


@dataclass(slots=True)
class Country:
    """Who and what was made, by the keys of the data."""

    institutions: dict[str, Institution] = field(default_factory=dict)
    units: dict[tuple[str, str], Unit] = field(default_factory=dict)
    people: dict[str, uuid.UUID] = field(default_factory=dict)

    def viewer(self, session: Session, key: str, on: date) -> Viewer:
        """The person with the roles of that day, as a request would see them."""
        return load_viewer(session, self.people[key], on)

    def member(self, team: str, part: str) -> str:
        """Key of one of a team: `lead`, `fin`, `exp` or `cio`."""
        return REGISTRY[part] if team == "reg" else f"{team}_{part}"


def make_country(session: Session, password_hash: str) -> Country:
    """Everything of `data/country.yaml`, in this transaction."""
    country = Country()
    data = read("country")
    for row in data["institutions"]:
        _institution(session, country, row)
    for row in data["units"]:
        unit = Unit(institution_id=country.institutions[row["institution"]].id, name=row["name"], valid_from=SINCE)
        session.add(unit)
        session.flush()
        country.units[row["institution"], row["code"]] = unit
        record(session, SYSTEM, Tag.INSTITUTION_ADDED, unit)
    for row in data["people"]:
        _person(session, country, row, password_hash)
    _lend_teams(session, country)
    session.flush()
    return country


def _institution(session: Session, country: Country, row: dict[str, str]) -> None:
    parent = country.institutions.get(row.get("parent", ""))
    found = Institution(
        name=row["name"],
        short_name=row["code"],
        kind=InstitutionKind(row.get("kind", "central")),
        parent_id=parent.id if parent else None,
        valid_from=SINCE,
        sort_key=sort_key(row["name"]),
        search_text=folded(row["name"]),
    )
    session.add(found)
    session.flush()
    session.add(InstitutionCode(institution_id=found.id, scheme="pack", code=row["code"]))
    record(session, SYSTEM, Tag.INSTITUTION_ADDED, found)
    country.institutions[row["code"]] = found


def _person(session: Session, country: Country, row: dict[str, object], password_hash: str) -> None:
    address = f"{str(row['key']).replace('_', '.')}@{DOMAIN}"
    person = Person(name=str(row["name"]), email=address, email_key=folded(address), job_title=str(row["title"]))
    session.add(person)
    session.flush()
    session.add(Account(person_id=person.id, password_hash=password_hash))
    roles: list[dict[str, str]] = row["roles"]  # type: ignore[assignment]
    for held in roles:
        unit = country.units.get((held["at"], held.get("unit", "")))
        _hold(session, person.id, country.institutions[held["at"]], Role(held["role"]), unit)
    record(session, SYSTEM, Tag.PERSON_INVITED, person)
    country.people[str(row["key"])] = person.id


def _hold(session: Session, person_id: uuid.UUID, where: Institution, role: Role, unit: Unit | None = None) -> None:
    session.add(
        Membership(
            person_id=person_id,
            institution_id=where.id,
            unit_id=unit.id if unit else None,
            role=role,
            valid_from=SINCE,
        )
    )


def _lend_teams(session: Session, country: Country) -> None:
    """A small body uses the people of a larger one for its cases."""
    for place, team in sorted({(s.at, s.team) for s in stories() if s.team != s.at.lower()}):
        for part, role in TEAM.items():
            person_id = country.people[country.member(team, part)]
            _hold(session, person_id, country.institutions[place], role)
    record(session, SYSTEM, Tag.DEMONSTRATION_LOADED, None, what="teams")
