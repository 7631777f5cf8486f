"""Signing in, in one step or two; what is refused says nothing about who exists."""

import time
from datetime import UTC, datetime

import pyotp
import pytest
from sqlalchemy import func, select
from sqlmodel import col

from accounts import account_of, an_account, email_of, field, give_factor, keep_cookie
from factories import an_institution
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.engine import Database
from portfolio.identity import factors, limits
from portfolio.identity.models import Attempt, LoginSession, UsedFactorStep
from portfolio.people.terms import Role
from portfolio.people.viewer import SYSTEM, Viewer
from portfolio.settings import Settings
from visitors import PASSWORD, Page, Visitor, Visitors


@pytest.fixture
def lead(database: Database) -> Viewer:
    with database.writing() as session:
        home = an_institution(session)
    return an_account(database, (Role.CASE_LEAD, home))


def sign_in(visitor: Visitor, email: str, password: str = PASSWORD, then: str = "/") -> Page:
    return visitor.post("/sign-in", {"email": email, "password": password, "then": then})


def test_the_right_password_opens_the_first_page(visitors: Visitors, database: Database, lead: Viewer) -> None:
    nobody = visitors.nobody
    assert nobody.get("/").location == "/demo"  # where a demonstration introduces its people
    answer = sign_in(nobody, email_of(database, lead))
    assert answer.status == 303
    cookie = answer.headers["set-cookie"]
    assert "Secure" in cookie
    assert "HttpOnly" in cookie
    keep_cookie(nobody, answer)
    assert nobody.get("/").heading == "What waits for me"


def test_a_wrong_password_an_unknown_address_and_a_disabled_account_get_the_same_answer(
    visitors: Visitors, database: Database, lead: Viewer
) -> None:
    wrong = sign_in(visitors.nobody, email_of(database, lead), "not the phrase")
    unknown = sign_in(visitors.nobody, "nobody@example.org", "not the phrase")
    with database.writing() as session:
        account = account_of(session, lead)
        account.disabled_at = account.created_at
        record(session, SYSTEM, Tag.ACCOUNT_DISABLED, account)
    disabled = sign_in(visitors.nobody, email_of(database, lead))
    assert wrong.status == unknown.status == disabled.status == 422
    assert wrong.error("password") == unknown.error("password") == disabled.error("password")
    assert wrong.error("password") == "The address or the password is not right."
    assert wrong.value("email") == email_of(database, lead)


def test_an_unknown_address_takes_as_long_as_a_wrong_password(
    visitors: Visitors, database: Database, lead: Viewer
) -> None:
    email = email_of(database, lead)
    sign_in(visitors.nobody, "warm@example.org", "up")

    def taken(address: str) -> float:
        started = time.perf_counter()
        for _ in range(3):
            sign_in(visitors.nobody, address, "not the phrase")
        return time.perf_counter() - started

    known, unknown = taken(email), taken("nobody@example.org")
    assert unknown > known / 3, "the hash of a password is computed for nobody, too"


def test_after_ten_failures_an_account_waits_whatever_the_password(
    visitors: Visitors, database: Database, lead: Viewer
) -> None:
    email = email_of(database, lead)
    with database.writing() as session:
        for _ in range(limits.PER_ACCOUNT.failures):
            limits.count(session, limits.PER_ACCOUNT, email)
    answer = sign_in(visitors.nobody, email)
    assert answer.status == 422
    assert "Too many" in answer.error("email")


def test_a_stranger_does_not_lock_the_owner_out_of_a_browser_they_know(
    visitors: Visitors, database: Database, lead: Viewer
) -> None:
    email = email_of(database, lead)
    cookies = sign_in(visitors.nobody, email).headers.get_list("set-cookie")
    known = next(cookie.split(";")[0] for cookie in cookies if "known" in cookie)
    with database.writing() as session:
        for _ in range(limits.PER_ACCOUNT.failures):
            limits.count(session, limits.PER_ACCOUNT, email)
    fields = {"email": email, "password": PASSWORD}
    assert visitors.nobody.post("/sign-in", fields).status == 422
    assert visitors.nobody.post("/sign-in", fields, headers={"cookie": f"pf_language=en; {known}"}).status == 303
    other = an_account(database)
    with database.writing() as session:
        for _ in range(limits.PER_ACCOUNT.failures):
            limits.count(session, limits.PER_ACCOUNT, email_of(database, other))
    foreign = {"email": email_of(database, other), "password": PASSWORD}
    assert visitors.nobody.post("/sign-in", foreign, headers={"cookie": f"pf_language=en; {known}"}).status == 422


def test_guesses_from_a_known_browser_are_limited_too(visitors: Visitors, database: Database, lead: Viewer) -> None:
    email = email_of(database, lead)
    cookies = sign_in(visitors.nobody, email).headers.get_list("set-cookie")
    known = {"cookie": "pf_language=en; " + next(c.split(";")[0] for c in cookies if "known" in c)}
    for _ in range(limits.PER_ACCOUNT.failures):
        visitors.nobody.post("/sign-in", {"email": email, "password": "wrong"}, headers=known)
    assert "Too many" in visitors.nobody.post("/sign-in", {"email": email, "password": PASSWORD}, headers=known).error(
        "email"
    )


def test_a_success_clears_the_accounts_failures_and_not_the_networks(
    visitors: Visitors, database: Database, lead: Viewer
) -> None:
    email = email_of(database, lead)
    sign_in(visitors.nobody, email, "wrong")
    sign_in(visitors.nobody, email)
    with database.reading() as session:
        left = session.scalars(select(col(Attempt.scope))).all()
    assert left == [limits.PER_ADDRESS.scope]


def test_where_sign_in_leads_is_never_another_site(visitors: Visitors, database: Database, lead: Viewer) -> None:
    email = email_of(database, lead)
    assert sign_in(visitors.nobody, email, then="//evil.example/").location == "/"
    assert sign_in(visitors.nobody, email, then="/profile").location == "/profile"


class TestSecondFactor:
    """Whoever has an authenticator is asked its code on a second page."""

    @pytest.fixture
    def head(self, database: Database) -> Viewer:
        with database.writing() as session:
            home = an_institution(session)
        return an_account(database, (Role.HEAD_OF_SERVICE, home))

    def first_page(self, visitors: Visitors, database: Database, head: Viewer) -> tuple[Visitor, str]:
        visitor = visitors.nobody
        page = sign_in(visitor, email_of(database, head))
        assert page.status == 200
        assert page.heading == "Your second factor"
        assert "set-cookie" not in page.headers
        return visitor, field(page, "ticket")

    def test_the_code_opens_and_works_once(
        self, visitors: Visitors, database: Database, settings: Settings, head: Viewer
    ) -> None:
        secret, _codes = give_factor(database, settings, head)
        visitor, ticket = self.first_page(visitors, database, head)
        code = pyotp.TOTP(secret).now()
        answer = visitor.post("/sign-in/code", {"ticket": ticket, "code": code, "then": "/"})
        assert answer.status == 303
        again = visitors.nobody.post("/sign-in/code", {"ticket": ticket, "code": code})
        assert again.status == 422
        assert "already used" in again.error("code")

    def test_a_recovery_code_opens_once(
        self, visitors: Visitors, database: Database, settings: Settings, head: Viewer
    ) -> None:
        _secret, codes = give_factor(database, settings, head)
        assert len(set(codes)) == 10
        visitor, ticket = self.first_page(visitors, database, head)
        typed = codes[3].upper().replace("-", " ")
        assert visitor.post("/sign-in/code", {"ticket": ticket, "code": typed}).status == 303
        assert visitors.nobody.post("/sign-in/code", {"ticket": ticket, "code": codes[3]}).status == 422

    def test_guesses_at_the_code_are_limited(
        self, visitors: Visitors, database: Database, settings: Settings, head: Viewer
    ) -> None:
        secret, _codes = give_factor(database, settings, head)
        visitor, ticket = self.first_page(visitors, database, head)
        for _ in range(limits.PER_FACTOR.failures):
            visitor.post("/sign-in/code", {"ticket": ticket, "code": "nonsense"})
        late = visitor.post("/sign-in/code", {"ticket": ticket, "code": pyotp.TOTP(secret).now()})
        assert late.status == 422
        assert "Too many" in late.error("code")

    def test_a_ticket_is_ours_or_worth_nothing(self, visitors: Visitors) -> None:
        answer = visitors.nobody.post("/sign-in/code", {"ticket": "made up", "code": "123456"})
        assert answer.status == 422
        assert answer.heading == "Sign in"

    def test_a_ticket_dies_with_the_epoch_of_its_account(
        self, visitors: Visitors, database: Database, settings: Settings, head: Viewer
    ) -> None:
        secret, _codes = give_factor(database, settings, head)
        visitor, ticket = self.first_page(visitors, database, head)
        with database.writing() as session:
            account = account_of(session, head)
            account.epoch += 1
            record(session, SYSTEM, Tag.PASSWORD_CHANGED, account)
        answer = visitor.post("/sign-in/code", {"ticket": ticket, "code": pyotp.TOTP(secret).now()})
        assert answer.heading == "Sign in"

    def test_two_workers_cannot_both_use_a_time_step(self, database: Database, head: Viewer) -> None:
        with database.write() as session:
            assert factors.take(session, head.person_id, 7)
            session.commit()
        with database.write() as session:
            assert not factors.take(session, head.person_id, 7)
        with database.write() as one:  # both looked before either wrote: the table's key decides
            one.get(UsedFactorStep, (head.person_id, 8))
            if database.is_sqlite:  # one writer at a time: nothing to race
                return
            with database.write() as other:
                assert factors.take(other, head.person_id, 8)
                other.commit()
            assert not factors.take(one, head.person_id, 8)

    def test_used_steps_are_purged_only_when_no_code_of_theirs_would_pass(
        self, database: Database, head: Viewer
    ) -> None:
        at = datetime(2026, 8, 3, tzinfo=UTC)
        now_step = int(at.timestamp()) // 30
        with database.write() as session:
            for step in (now_step - 1000, now_step - 1):
                factors.take(session, head.person_id, step)
            assert factors.purge(session, at) == 1
            assert session.scalar(select(func.count()).select_from(UsedFactorStep)) == 1


def test_a_form_with_a_foreign_token_comes_back_filled_and_unsent(visitors: Visitors, lead: Viewer) -> None:
    visitor = visitors.of(lead.person_id)
    answer = visitor.post("/sign-out", {"csrf_token": "of another page", "reason": "typed with care"})
    assert answer.status == 409
    assert "typed with care" in answer.main
    assert visitor.get("/profile").status == 200


def test_a_cross_site_request_is_refused(visitors: Visitors, lead: Viewer) -> None:
    visitor = visitors.of(lead.person_id)
    assert visitor.post("/sign-out", headers={"sec-fetch-site": "cross-site"}).status == 400


def test_the_language_chosen_in_the_head_of_the_page_is_the_persons_own(
    visitors: Visitors, database: Database, lead: Viewer
) -> None:
    visitor = visitors.of(lead.person_id)
    assert visitor.post("/language", {"language": "pt", "back": "/profile"}).location == "/profile"
    assert 'lang="pt"' in visitor.get("/profile").text


def test_an_old_hash_is_renewed_at_sign_in(visitors: Visitors, database: Database, lead: Viewer) -> None:
    from argon2 import PasswordHasher

    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with database.writing() as session:
        account = account_of(session, lead)
        account.password_hash = weak
        record(session, SYSTEM, Tag.PASSWORD_CHANGED, account)
    assert sign_in(visitors.nobody, email_of(database, lead)).status == 303
    with database.reading() as session:
        assert "m=19456" in account_of(session, lead).password_hash


def test_nobody_writes_a_session_row_without_signing_in(visitors: Visitors, database: Database) -> None:
    planted = visitors.nobody
    planted.token = "attackerchosen"
    for path in ("/", "/sign-in", "/forgotten-password", "/healthz"):
        planted.get(path)
    with database.reading() as session:
        assert session.scalars(select(LoginSession)).all() == []


def test_signing_in_makes_a_new_id_whatever_the_browser_sent(
    visitors: Visitors, database: Database, lead: Viewer
) -> None:
    victim = visitors.nobody
    victim.token = "attackerchosen"
    answer = sign_in(victim, email_of(database, lead))
    attacker = visitors.nobody
    attacker.token = "attackerchosen"
    assert answer.status == 303
    assert "attackerchosen" not in answer.headers["set-cookie"]
    assert attacker.get("/profile").status == 401


def test_somebody_without_any_role_can_sign_in(visitors: Visitors, database: Database) -> None:
    nobody_yet = an_account(database)
    assert sign_in(visitors.nobody, email_of(database, nobody_yet)).status == 303
