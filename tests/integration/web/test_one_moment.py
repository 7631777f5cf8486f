"""A page that only reads has the instant at which its reader was recognised: the clock is asked once a request."""

from __future__ import annotations

from databases import statements
from factories import a_person, an_institution
from portfolio.db.engine import Database
from portfolio.people.terms import Role
from visitors import Visitors


def test_the_clock_is_asked_once_a_request(database: Database, visitors: Visitors) -> None:
    with database.writing() as session:
        person_id = a_person(session, (Role.CASE_LEAD, an_institution(session))).person_id
    person = visitors.of(person_id)
    with statements(database) as asked:
        assert person.get("/portfolio").status == 200
    assert sum("installation_fact" in statement for statement in asked) == 1
