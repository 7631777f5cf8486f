"""Signing in, staying in, being thrown out; what is typed survives."""

import pytest
from sqlalchemy import select

from factories import a_person, an_institution
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.engine import Database
from portfolio.identity.models import Account, LoginSession
from portfolio.identity.passwords import hash_password
from portfolio.people.models import Person
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from visitors import Visitors

PASSWORD = "a long phrase nobody guesses"


@pytest.fixture
def lead(database: Database) -> Viewer:
    with database.writing() as session:
        viewer = a_person(session, (Role.CASE_LEAD, an_institution(session)))
        account = Account(person_id=viewer.person_id, password_hash=hash_password(PASSWORD))
        session.add(account)
        record(session, viewer, Tag.ACCOUNT_ACTIVATED, account)
    return viewer


def _email(database: Database, viewer: Viewer) -> str:
    with database.reading() as session:
        return session.get_one(Person, viewer.person_id).email


def test_the_right_password_opens_the_first_page(visitors: Visitors, database: Database, lead: Viewer) -> None:
    nobody = visitors.nobody
    assert nobody.get("/").location == "/sign-in"
    answer = nobody.post("/sign-in", {"email": _email(database, lead), "password": PASSWORD, "then": "/"})
    assert answer.status == 303
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-pf=")
    assert "Secure" in cookie
    assert "HttpOnly" in cookie
    nobody.token = cookie.split("=", 1)[1].split(";")[0]
    assert nobody.get("/").heading == "What waits for me"


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(
    visitors: Visitors, database: Database, lead: Viewer
) -> None:
    wrong = visitors.nobody.post("/sign-in", {"email": _email(database, lead), "password": "not the phrase"})
    unknown = visitors.nobody.post("/sign-in", {"email": "nobody@example.org", "password": "not the phrase"})
    assert wrong.status == unknown.status == 422
    assert wrong.error("password") == unknown.error("password") == "The address or the password is not right."
    assert wrong.value("email") == _email(database, lead)


def test_a_cookie_that_we_never_made_is_never_adopted(visitors: Visitors, database: Database) -> None:
    planted = visitors.nobody
    planted.token = "attackerchosen"
    assert planted.get("/").status == 303
    with database.reading() as session:
        assert session.scalars(select(LoginSession)).all() == []


def test_signing_out_ends_the_session_for_good(visitors: Visitors, lead: Viewer) -> None:
    visitor = visitors.of(lead.person_id)
    assert visitor.get("/").status == 200
    assert visitor.post("/sign-out").status == 303
    assert visitor.get("/").status == 303


def test_a_form_with_a_foreign_token_comes_back_filled_and_unsent(visitors: Visitors, lead: Viewer) -> None:
    visitor = visitors.of(lead.person_id)
    answer = visitor.post("/sign-out", {"csrf_token": "of another page", "reason": "typed with care"})
    assert answer.status == 409
    assert "typed with care" in answer.main
    assert visitor.get("/").status == 200


def test_a_cross_site_request_is_refused(visitors: Visitors, lead: Viewer) -> None:
    answer = visitors.of(lead.person_id).post("/sign-out", headers={"sec-fetch-site": "cross-site"})
    assert answer.status == 400
