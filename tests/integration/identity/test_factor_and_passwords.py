"""Enrolling a second factor, choosing, changing and forgetting a password."""

from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import func, select, update
from sqlmodel import col

from accounts import an_account, email_of, field, keep_cookie, mailed_path, refresh_csrf
from factories import an_institution
from portfolio.db.base import utc_now
from portfolio.db.engine import Database
from portfolio.identity import limits
from portfolio.identity.models import OneTimeToken, RecoveryCode
from portfolio.identity.sessions import digest_of
from portfolio.notifications import sealed
from portfolio.notifications.models import Notice
from portfolio.people.models import Institution
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from portfolio.settings import Settings
from visitors import PASSWORD, Page, Visitor, Visitors

NEW = "siete gatos leen en la azotea"


@pytest.fixture
def home(database: Database) -> Institution:
    with database.writing() as session:
        return an_institution(session)


@pytest.fixture
def lead(database: Database, home: Institution) -> Viewer:
    return an_account(database, (Role.CASE_LEAD, home))


@pytest.fixture
def head(database: Database, home: Institution) -> Viewer:
    return an_account(database, (Role.HEAD_OF_SERVICE, home))


def signed_in(visitors: Visitors, database: Database, viewer: Viewer, password: str = PASSWORD) -> Visitor:
    """By password alone, as the sign-in page does it."""
    visitor = visitors.nobody
    keep_cookie(visitor, visitor.post("/sign-in", {"email": email_of(database, viewer), "password": password}))
    refresh_csrf(visitor)
    return visitor


def enrol(visitor: Visitor, password: str = PASSWORD) -> tuple[Page, str]:
    page = visitor.get("/profile/second-factor")
    secret = page.by_id("enrol").find(".//{*}code").text.replace(" ", "")
    sent = {"pending": field(page, "pending"), "code": pyotp.TOTP(secret).now(), "password": password}
    return visitor.post("/profile/second-factor", sent), secret


class TestWhoSigns:
    """Nothing works before the factor, but what leads to it."""

    def test_pages_lead_to_the_enrolment(self, visitors: Visitors, database: Database, head: Viewer) -> None:
        visitor = signed_in(visitors, database, head)
        assert visitor.get("/").location == "/profile/second-factor"
        assert visitor.get("/people").location == "/profile/second-factor"
        assert visitor.get("/profile").status == 200
        assert "it works once you have a second factor" in visitor.get("/profile/second-factor").main

    def test_acts_are_refused_in_words(self, visitors: Visitors, database: Database, head: Viewer) -> None:
        visitor = signed_in(visitors, database, head)
        answer = visitor.post("/people/proposals/00000000-0000-0000-0000-000000000000", {"answer": "grant"})
        assert answer.status == 403
        assert "needs a second factor" in answer.main

    def test_enrolment_opens_everything_with_a_new_session_id(
        self, visitors: Visitors, database: Database, head: Viewer
    ) -> None:
        visitor = signed_in(visitors, database, head)
        old = visitors.nobody
        old.token = visitor.token
        answer, _secret = enrol(visitor)
        assert answer.status == 200
        assert answer.heading == "Your recovery codes"
        assert len(list(answer.by_id("main").iter("{http://www.w3.org/1999/xhtml}code"))) == 10
        keep_cookie(visitor, answer)
        assert visitor.token != old.token
        assert visitor.get("/people").status == 200
        assert old.get("/profile").status == 401

    def test_the_secret_is_stored_only_when_its_owner_shows_a_code(
        self, visitors: Visitors, database: Database, head: Viewer
    ) -> None:
        visitor = signed_in(visitors, database, head)
        page = visitor.get("/profile/second-factor")
        pending = field(page, "pending")
        wrong = visitor.post("/profile/second-factor", {"pending": pending, "code": "000000", "password": PASSWORD})
        assert wrong.status == 422
        assert wrong.error("code")
        assert field(wrong, "pending") == pending, "the same QR comes back"
        assert visitor.get("/").location == "/profile/second-factor"

    def test_enrolling_asks_the_password(self, visitors: Visitors, database: Database, head: Viewer) -> None:
        answer, _secret = enrol(signed_in(visitors, database, head), password="not the phrase")
        assert answer.status == 422
        assert answer.error("password")

    def test_a_pending_secret_of_another_person_is_not_taken(
        self, visitors: Visitors, database: Database, head: Viewer, lead: Viewer
    ) -> None:
        foreign = field(signed_in(visitors, database, lead).get("/profile/second-factor"), "pending")
        visitor = signed_in(visitors, database, head)
        answer = visitor.post("/profile/second-factor", {"pending": foreign, "code": "123456", "password": PASSWORD})
        assert field(answer, "pending") != foreign

    def test_who_does_not_sign_needs_none(self, visitors: Visitors, database: Database, lead: Viewer) -> None:
        assert signed_in(visitors, database, lead).get("/").status == 200

    def test_a_demonstration_offers_a_way_round(self, visitors: Visitors, database: Database, head: Viewer) -> None:
        visitor = signed_in(visitors, database, head)
        keep_cookie(visitor, visitor.post("/profile/second-factor/skip"))
        assert visitor.get("/people").status == 200


def test_new_recovery_codes_replace_the_old_ones(visitors: Visitors, database: Database, head: Viewer) -> None:
    visitor = signed_in(visitors, database, head)
    keep_cookie(visitor, enrol(visitor)[0])
    refresh_csrf(visitor)
    with database.reading() as session:
        old = set(session.scalars(select(col(RecoveryCode.code_hash))))
    assert visitor.post("/profile/recovery-codes", {"password": "wrong"}).status == 422
    assert visitor.post("/profile/recovery-codes", {"password": PASSWORD}).heading == "Your recovery codes"
    with database.reading() as session:
        new = set(session.scalars(select(col(RecoveryCode.code_hash))))
    assert len(new) == 10
    assert not old & new


class TestChange:
    """A person changes the password, having typed the present one."""

    def change(self, visitor: Visitor, **fields: str) -> Page:
        return visitor.post("/profile/password", {"password": PASSWORD, "new_password": NEW, "again": NEW, **fields})

    def test_it_ends_the_other_sessions_and_renews_this_one(
        self, visitors: Visitors, database: Database, lead: Viewer
    ) -> None:
        here, there = signed_in(visitors, database, lead), signed_in(visitors, database, lead)
        old_token = here.token
        answer = self.change(here)
        assert answer.status == 303
        keep_cookie(here, answer)
        assert here.token != old_token
        assert here.get("/profile").status == 200
        assert there.get("/profile").status == 401
        assert signed_in(visitors, database, lead, NEW).get("/profile").status == 200

    def test_the_present_password_is_asked(self, visitors: Visitors, database: Database, lead: Viewer) -> None:
        answer = self.change(signed_in(visitors, database, lead), password="not the phrase")
        assert answer.status == 422
        assert answer.error("password")
        assert signed_in(visitors, database, lead)

    def test_a_weak_one_is_refused_in_words(self, visitors: Visitors, database: Database, lead: Viewer) -> None:
        answer = self.change(
            signed_in(visitors, database, lead), new_password="password123456789", again="password123456789"
        )
        assert "first that are guessed" in answer.error("new_password")

    def test_a_slip_of_the_finger_is_found(self, visitors: Visitors, database: Database, lead: Viewer) -> None:
        answer = self.change(signed_in(visitors, database, lead), again=NEW + "x")
        assert answer.error("again") == "The two passwords are not the same"


class TestForgotten:
    """The answer is the same for everybody; the link works once, for an hour."""

    def ask(self, visitors: Visitors, email: str) -> Page:
        return visitors.nobody.post("/forgotten-password", {"email": email})

    def test_known_and_unknown_addresses_get_the_same_page(
        self, visitors: Visitors, database: Database, lead: Viewer
    ) -> None:
        known, unknown = self.ask(visitors, email_of(database, lead)), self.ask(visitors, "nobody@example.org")
        assert known.status == unknown.status == 200
        assert known.main == unknown.main
        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(OneTimeToken)) == 1

    def test_the_link_sets_a_password_once(
        self, visitors: Visitors, database: Database, settings: Settings, lead: Viewer
    ) -> None:
        stolen = signed_in(visitors, database, lead)
        self.ask(visitors, email_of(database, lead))
        path = mailed_path(database, settings, lead, "password_reset")
        assert visitors.nobody.get(path).heading == "Choose your password"
        weak = visitors.nobody.post(path, {"new_password": "short", "again": "short"})
        assert weak.status == 422
        assert visitors.nobody.post(path, {"new_password": NEW, "again": NEW}).status == 303
        assert stolen.get("/profile").status == 401
        assert visitors.nobody.post(path, {"new_password": NEW + "2", "again": NEW + "2"}).status == 409
        assert visitors.nobody.get(path).status == 409
        assert signed_in(visitors, database, lead, NEW)

    def test_an_hour_later_the_link_is_dead(
        self, visitors: Visitors, database: Database, settings: Settings, lead: Viewer
    ) -> None:
        self.ask(visitors, email_of(database, lead))
        path = mailed_path(database, settings, lead, "password_reset")
        with database.writing() as session:
            session.execute(update(OneTimeToken).values(expires_at=utc_now() - timedelta(seconds=1)))
        assert visitors.nobody.post(path, {"new_password": NEW, "again": NEW}).status == 409

    def test_a_newer_link_replaces_the_older(
        self, visitors: Visitors, database: Database, settings: Settings, lead: Viewer
    ) -> None:
        self.ask(visitors, email_of(database, lead))
        older = mailed_path(database, settings, lead, "password_reset")
        self.ask(visitors, email_of(database, lead))
        assert visitors.nobody.get(older).status == 409
        assert visitors.nobody.get(mailed_path(database, settings, lead, "password_reset")).status == 200

    def test_asking_is_limited_without_saying_so(self, visitors: Visitors, database: Database, lead: Viewer) -> None:
        email = email_of(database, lead)
        answers = {self.ask(visitors, email).main for _ in range(limits.PER_RESET.failures + 2)}
        assert len(answers) == 1
        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(OneTimeToken)) == limits.PER_RESET.failures

    def test_the_link_lies_nowhere_in_clear(
        self, visitors: Visitors, database: Database, settings: Settings, lead: Viewer
    ) -> None:
        self.ask(visitors, email_of(database, lead))
        token = mailed_path(database, settings, lead, "password_reset").rsplit("/", 1)[1]
        with database.writing() as session:
            row = session.scalars(select(OneTimeToken)).one()
            notice = session.scalars(select(Notice)).one()
            assert row.token_hash == digest_of(token)
            assert token not in str(notice.params)
            assert token not in notice.path
            assert sealed.path_of("the secret of another installation", notice) == ""
            sealed.forget(notice)
            assert sealed.path_of(settings.secret_key, notice) == ""
