"""Whoever decides, issues or administers acts only in a session without long pauses; what they had typed comes back."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlmodel import col

from accounts import an_account, email_of, field, keep_cookie
from factories import an_institution
from portfolio.db.base import utc_now
from portfolio.db.engine import Database
from portfolio.identity import sessions
from portfolio.identity.models import LoginSession
from portfolio.people.models import Institution
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from visitors import PASSWORD, Visitor, Visitors

PAUSE = sessions.IDLE_ACTS + timedelta(seconds=1)


@pytest.fixture
def home(database: Database) -> Institution:
    with database.writing() as session:
        return an_institution(session)


@pytest.fixture
def admin(database: Database, home: Institution) -> Viewer:
    return an_account(database, (Role.ADMINISTRATOR, home))


def pause(database: Database, by: timedelta = PAUSE) -> None:
    with database.writing() as session:
        session.execute(update(LoginSession).values(seen_at=utc_now() - by, busy_at=utc_now() - by))


def add_body(visitor: Visitor, name: str = "Aduanas") -> int:
    return visitor.post("/institutions/new", {"name": name, "kind": "central"}).status


def test_within_a_quarter_of_an_hour_acts_go_on(visitors: Visitors, database: Database, admin: Viewer) -> None:
    visitor = visitors.of(admin.person_id)
    pause(database, sessions.IDLE_ACTS - timedelta(minutes=1))
    assert add_body(visitor) == 303


def test_after_it_reading_goes_on_and_acting_does_not(visitors: Visitors, database: Database, admin: Viewer) -> None:
    visitor = visitors.of(admin.person_id)
    pause(database)
    assert visitor.get("/institutions").status == 200
    assert add_body(visitor) == 401, "looking at a page does not make a left screen busy again"
    assert visitor.get("/institutions").status == 200
    assert visitor.post("/sign-out").status == 303, "the way out stays open"


def test_a_case_lead_has_the_longer_time(visitors: Visitors, database: Database, home: Institution) -> None:
    lead = an_account(database, (Role.CASE_LEAD, home))
    visitor = visitors.of(lead.person_id)
    pause(database)
    assert visitor.post("/inbox/read-all", {}).status != 401


def test_what_was_typed_comes_back_after_signing_in_and_the_old_session_is_gone(
    visitors: Visitors, database: Database, admin: Viewer
) -> None:
    visitor = visitors.of(admin.person_id)
    pause(database)
    page = visitor.post("/institutions/new", {"name": "Dirección de Aduanas", "kind": "central"})
    assert "15 minutes" in page.main
    again = {"email": email_of(database, admin), "password": PASSWORD, "carried": field(page, "carried"), "then": "/"}
    back = visitor.post("/sign-in", again)
    assert back.value("name") == "Dirección de Aduanas"
    old, csrf = visitor.token, back.value("csrf_token") or ""
    keep_cookie(visitor, back)
    visitor.csrf = csrf
    assert Visitor(visitor.client, old).get("/profile").status == 401
    with database.reading() as session:
        count = session.scalar(select(func.count()).where(col(LoginSession.person_id) == admin.person_id))
    assert count == 1
