"""An address that leads nowhere answers in the language of whoever is signed in, not of the browser."""

from factories import a_person, an_institution
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.engine import Database
from portfolio.people.models import Person
from portfolio.people.terms import Role
from visitors import Visitor, Visitors


def lusophone(database: Database, visitors: Visitors) -> Visitor:
    with database.writing() as session:
        viewer = a_person(session, (Role.CASE_LEAD, an_institution(session)), name="Lena Lead")
        session.get_one(Person, viewer.person_id).language = "pt"
        record(session, viewer, Tag.PROFILE_CHANGED, session.get_one(Person, viewer.person_id))
    return visitors.of(viewer.person_id)


def test_an_unknown_address_speaks_the_persons_language_and_keeps_their_menu(
    database: Database, visitors: Visitors
) -> None:
    page = lusophone(database, visitors).get("/nothing/here")
    assert page.status == 404
    assert '<html lang="pt"' in page.text
    assert "Lena Lead" in page.text or "/sign-out" in page.text


def test_a_method_that_the_address_does_not_take_does_too(database: Database, visitors: Visitors) -> None:
    page = lusophone(database, visitors).post("/cases", {})
    assert page.status == 405
    assert '<html lang="pt"' in page.text


def test_nobody_signed_in_is_answered_in_the_browsers_language(visitors: Visitors) -> None:
    page = visitors.nobody.get("/nothing/here")
    assert page.status == 404
    assert '<html lang="en"' in page.text
