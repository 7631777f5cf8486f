"""How long a session lives, what ends it at once, and what survives its end."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlmodel import col

from accounts import account_of, an_account, email_of, field, keep_cookie
from factories import a_person, an_institution
from portfolio.audit.models import AuditEvent
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.base import utc_now
from portfolio.db.engine import Database
from portfolio.identity import sessions
from portfolio.identity.models import LoginSession
from portfolio.people.models import Institution, Membership, Person
from portfolio.people.terms import Role
from portfolio.people.viewer import SYSTEM, Viewer
from visitors import PASSWORD, Visitors


@pytest.fixture
def home(database: Database) -> Institution:
    with database.writing() as session:
        return an_institution(session)


@pytest.fixture
def lead(database: Database, home: Institution) -> Viewer:
    return an_account(database, (Role.CASE_LEAD, home))


def age(database: Database, **values: object) -> None:
    with database.writing() as session:
        session.execute(update(LoginSession).values(**values))


def test_half_an_hour_without_a_request_ends_it(visitors: Visitors, database: Database, lead: Viewer) -> None:
    visitor = visitors.of(lead.person_id)
    age(database, seen_at=utc_now() - sessions.IDLE + timedelta(minutes=1))
    assert visitor.get("/profile").status == 200
    age(database, seen_at=utc_now() - sessions.IDLE - timedelta(seconds=1))
    assert visitor.get("/profile").status == 401


def test_half_a_day_ends_it_whatever_the_traffic(visitors: Visitors, database: Database, lead: Viewer) -> None:
    visitor = visitors.of(lead.person_id)
    age(database, expires_at=utc_now() - timedelta(seconds=1))
    assert visitor.get("/profile").status == 401


def test_a_visit_is_noted_at_most_once_a_minute(visitors: Visitors, database: Database, lead: Viewer) -> None:
    visitor = visitors.of(lead.person_id)
    before = utc_now() - timedelta(minutes=5)
    age(database, seen_at=before)
    visitor.get("/profile")
    with database.reading() as session:
        noted = session.scalars(select(col(LoginSession.seen_at))).one()
    assert noted > before
    visitor.get("/profile")
    with database.reading() as session:
        assert session.scalars(select(col(LoginSession.seen_at))).one() == noted


def test_the_epoch_ends_every_session_at_its_next_request(visitors: Visitors, database: Database, lead: Viewer) -> None:
    one, other = visitors.of(lead.person_id), visitors.of(lead.person_id)
    with database.writing() as session:
        account = account_of(session, lead)
        account.epoch += 1
        record(session, SYSTEM, Tag.SESSIONS_ENDED, account)
    assert one.get("/profile").status == other.get("/profile").status == 401


def test_a_disabled_account_is_out_at_its_next_request(visitors: Visitors, database: Database, lead: Viewer) -> None:
    visitor = visitors.of(lead.person_id)
    with database.writing() as session:
        account = account_of(session, lead)
        account.disabled_at = utc_now()
        record(session, SYSTEM, Tag.ACCOUNT_DISABLED, account)
    assert visitor.get("/profile").status == 401


def test_a_role_that_ended_bites_at_the_next_request(visitors: Visitors, database: Database, home: Institution) -> None:
    manager = an_account(database, (Role.USER_MANAGER, home))
    visitor = visitors.of(manager.person_id)
    assert visitor.get("/people").status == 200
    with database.writing() as session:
        row = session.scalars(select(Membership).where(col(Membership.person_id) == manager.person_id)).one()
        row.valid_to = utc_now().date() - timedelta(days=2)
        record(session, SYSTEM, Tag.ROLE_ENDED, row)
    assert visitor.get("/people").status == 403


def test_a_slow_request_does_not_bring_a_session_back(database: Database, lead: Viewer, visitors: Visitors) -> None:
    """security.md F2: a request that began before sign-out ends after it, and writes nothing back."""
    visitor = visitors.of(lead.person_id)
    with database.reading() as session:
        found = sessions.find(session, visitor.token)  # the slow request has read its session…
    assert found is not None
    age(database, seen_at=utc_now() - timedelta(minutes=5))
    assert visitor.post("/sign-out").status == 303  # …another signs out meanwhile…
    with database.writing() as session:
        sessions.touch(session, found)  # …and the slow one notes its visit
    assert visitor.get("/profile").status == 401
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(LoginSession)) == 0


def test_own_sessions_are_listed_and_ended_one_by_one(visitors: Visitors, database: Database, lead: Viewer) -> None:
    here, there = visitors.of(lead.person_id), visitors.of(lead.person_id)
    with database.reading() as session:
        other_id = session.scalars(
            select(col(LoginSession.id)).where(col(LoginSession.token_hash) == sessions.digest_of(there.token))
        ).one()
    page = here.get("/profile")
    assert page.main.count("This browser") == 1
    assert here.follow(here.post(f"/profile/sessions/{other_id}/end")).status == 200
    assert there.get("/profile").status == 401
    assert here.get("/profile").status == 200


def test_nobody_ends_the_session_of_another(visitors: Visitors, database: Database, lead: Viewer) -> None:
    other = an_account(database)
    theirs = visitors.of(other.person_id)
    with database.reading() as session:
        their_id = session.scalars(select(col(LoginSession.id))).one()
    visitors.of(lead.person_id).post(f"/profile/sessions/{their_id}/end")
    assert theirs.get("/profile").status == 200


def test_all_the_others_end_at_once(visitors: Visitors, lead: Viewer) -> None:
    here, there = visitors.of(lead.person_id), visitors.of(lead.person_id)
    here.post("/profile/sessions/end-others")
    assert there.get("/profile").status == 401
    assert here.get("/profile").status == 200


TYPED = {"name": "A name typed with care", "language": "en", "job_title": "Head of things"}


def _expired_form(visitors: Visitors, database: Database, lead: Viewer) -> str:
    visitor = visitors.of(lead.person_id)
    age(database, seen_at=utc_now() - sessions.IDLE - timedelta(minutes=1))
    refused = visitor.post("/profile", {**TYPED, "password": "a secret that stays behind"})
    assert refused.status == 401
    carried = field(refused, "carried")
    assert carried
    assert "typed with care" not in refused.text
    return carried


def test_what_was_typed_comes_back_to_the_same_person_unsent(
    visitors: Visitors, database: Database, lead: Viewer
) -> None:
    carried = _expired_form(visitors, database, lead)
    nobody = visitors.nobody
    back = nobody.post("/sign-in", {"email": email_of(database, lead), "password": PASSWORD, "carried": carried})
    assert back.status == 200
    assert "A name typed with care" in back.main
    assert "a secret that stays behind" not in back.text
    with database.reading() as session:
        assert session.get_one(Person, lead.person_id).name != TYPED["name"]
    keep_cookie(nobody, back)
    nobody.csrf = field(back, "csrf_token")
    sent = nobody.post("/profile", {**TYPED, "form_key": field(back, "form_key")})
    assert sent.status == 303
    with database.reading() as session:
        assert session.get_one(Person, lead.person_id).name == TYPED["name"]


def test_what_was_typed_never_comes_back_to_another_person(
    visitors: Visitors, database: Database, lead: Viewer
) -> None:
    carried = _expired_form(visitors, database, lead)
    other = an_account(database)
    answer = visitors.nobody.post(
        "/sign-in", {"email": email_of(database, other), "password": PASSWORD, "carried": carried, "then": "/"}
    )
    assert answer.status == 303
    assert answer.location == "/"


def test_a_form_sent_twice_is_one_act(visitors: Visitors, database: Database, lead: Viewer) -> None:
    visitor = visitors.of(lead.person_id)
    key = field(visitor.get("/profile"), "form_key")
    first = visitor.post("/profile", {**TYPED, "form_key": key})
    second = visitor.post("/profile", {**TYPED, "name": "The second click says something else", "form_key": key})
    assert first.location == second.location == "/profile?done=profile_saved"
    with database.reading() as session:
        assert session.get_one(Person, lead.person_id).name == TYPED["name"]
        changes = select(func.count()).where(col(AuditEvent.action) == Tag.PROFILE_CHANGED.value)
        assert session.scalar(changes) == 1


def test_expired_rows_are_purged(database: Database, lead: Viewer, visitors: Visitors) -> None:
    visitors.of(lead.person_id)
    age(database, expires_at=utc_now() - timedelta(days=2))
    with database.writing() as session:
        assert sessions.purge(session) == 1


def test_a_narrowed_viewer_shows_the_roles_of_the_route_only(database: Database) -> None:
    """A lead in A who manages users in B is, on a page of people, a member of B alone (house.md section 6)."""
    from portfolio.people.permissions import Permission

    with database.write() as session:
        one, other = an_institution(session), an_institution(session)
        viewer = a_person(session, (Role.CASE_LEAD, one), (Role.USER_MANAGER, other))
        session.rollback()
    narrowed = viewer.narrowed(Permission.PEOPLE_READ)
    assert narrowed.own_institutions == {other.id}
