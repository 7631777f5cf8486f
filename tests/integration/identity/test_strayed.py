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


def test_who_looks_at_the_address_of_an_act_is_led_to_the_page_above_it(database: Database, visitors: Visitors) -> None:
    """As by a reload from the address bar, or a change of language, after an act came back with errors."""
    someone = lusophone(database, visitors)
    nothing = "00000000-0000-7000-8000-000000000000"
    moved = someone.get(f"/returns/{nothing}/verification")
    assert (moved.status, moved.location) == (303, f"/returns/{nothing}")


def test_the_language_is_changed_where_one_is_with_the_filter_of_a_list(database: Database, visitors: Visitors) -> None:
    someone = lusophone(database, visitors)
    page = someone.get("/portfolio?q=saúde&sort=-number")
    assert 'name="back" value="/portfolio?q=sa%C3%BAde&amp;sort=-number"' in page.text
    stayed = someone.post("/language", {"language": "en", "back": "/portfolio?q=sa%C3%BAde&sort=-number"})
    assert stayed.location == "/portfolio?q=sa%C3%BAde&sort=-number"


def test_nobody_signed_in_is_answered_in_the_browsers_language(visitors: Visitors) -> None:
    page = visitors.nobody.get("/nothing/here")
    assert page.status == 404
    assert '<html lang="en"' in page.text
