"""A lost second factor is reset by two people, and neither of them is the person (security.md sections 1 and 4, T11)."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from accounts import account_of, an_account, email_of, field, give_factor, keep_cookie, refresh_csrf
from case_factories import a_call, a_case
from factories import an_institution
from portfolio import cli
from portfolio.approvals.ties import ties_of
from portfolio.audit.models import AuditEvent
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.base import utc_now
from portfolio.db.engine import Database
from portfolio.errors import Refused
from portfolio.identity import recovery
from portfolio.identity.models import FactorReset
from portfolio.identity.reset_queries import resetters_of
from portfolio.identity.step_up import prove
from portfolio.notifications.models import Notice
from portfolio.people.models import Institution
from portfolio.people.terms import ProposalState, Role
from portfolio.people.viewer import SYSTEM, Viewer
from portfolio.settings import Settings
from visitors import PASSWORD, Page, Visitor, Visitors

WHY = "The telephone was stolen; seen in person with the identity card"


@pytest.fixture
def home(database: Database) -> Institution:
    with database.writing() as session:
        return an_institution(session, "Registro Civil")


@pytest.fixture
def manager(database: Database, home: Institution) -> Viewer:
    return an_account(database, (Role.USER_MANAGER, home))


@pytest.fixture
def admins(database: Database) -> list[Viewer]:
    with database.writing() as session:
        office = an_institution(session, "Oficina central")
    return [an_account(database, (Role.ADMINISTRATOR, office)) for _ in range(2)]


@pytest.fixture
def head(database: Database, settings: Settings, home: Institution) -> Viewer:
    found = an_account(database, (Role.HEAD_OF_SERVICE, home))
    give_factor(database, settings, found)
    return found


def ask(visitor: Visitor, person: Viewer, reason: str = WHY) -> Page:
    return visitor.post(f"/people/{person.person_id}/factor-reset", {"reason": reason})


def waiting(database: Database) -> FactorReset:
    with database.reading() as session:
        return session.scalars(select(FactorReset).order_by(col(FactorReset.id).desc())).first()  # type: ignore[return-value]


def answer(visitor: Visitor, row: FactorReset, given: str = "grant", **fields: str) -> Page:
    path = f"/people/factor-resets/{row.id}"
    shown = visitor.get(path)
    digest = field(shown, "digest") if 'name="digest"' in shown.text else "0"
    return visitor.post(path, {"answer": given, "password": PASSWORD, "digest": digest, **fields})


def tags(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(col(AuditEvent.action)).order_by(col(AuditEvent.id))))


def told(database: Database, person: Viewer) -> list[str]:
    with database.reading() as session:
        query = select(Notice).where(col(Notice.person_id) == person.person_id).order_by(col(Notice.id))
        return [row.kind for row in session.scalars(query) if row.by_mail]


def test_from_the_loss_to_the_new_factor(
    visitors: Visitors, database: Database, manager: Viewer, admins: list[Viewer], head: Viewer, home: Institution
) -> None:
    auditor = an_account(database, (Role.AUDITOR, home))
    before = visitors.of(head.person_id)
    assert ask(visitors.of(manager.person_id), head).status == 303
    assert before.get("/profile").status == 200, "asking changes nothing yet"
    assert answer(visitors.of(admins[0].person_id), waiting(database)).status == 303
    assert before.get("/profile").status == 401, "every session of the person ends"
    with database.reading() as session:
        account = account_of(session, head)
        assert (account.totp_secret, account.totp_confirmed_at) == ("", None)
        assert recovery.left(session, head.person_id) == 0
    assert [tag for tag in tags(database) if tag.startswith("factor.reset")] == [
        Tag.FACTOR_RESET_ASKED.value,
        Tag.FACTOR_RESET.value,
    ]
    assert told(database, head) == ["factor_reset_asked", "factor_reset"]
    assert "factor_was_reset" in told(database, auditor)
    back = visitors.nobody
    keep_cookie(back, back.post("/sign-in", {"email": email_of(database, head), "password": PASSWORD}))
    refresh_csrf(back)
    assert back.get("/cases").location == "/profile/second-factor", "nothing works before the new factor"


def test_whoever_had_one_by_choice_enrols_again_too(
    visitors: Visitors, database: Database, settings: Settings, manager: Viewer, admins: list[Viewer], home: Institution
) -> None:
    lead = an_account(database, (Role.CASE_LEAD, home))
    give_factor(database, settings, lead)
    ask(visitors.of(manager.person_id), lead)
    answer(visitors.of(admins[0].person_id), waiting(database))
    back = visitors.nobody
    keep_cookie(back, back.post("/sign-in", {"email": email_of(database, lead), "password": PASSWORD}))
    assert back.get("/").location == "/profile/second-factor"


def test_neither_who_asks_nor_the_person_confirms(
    visitors: Visitors, database: Database, settings: Settings, admins: list[Viewer]
) -> None:
    lost, other = admins
    give_factor(database, settings, lost)
    assert ask(visitors.of(other.person_id), lost).status == 303
    row = waiting(database)
    for who in (other, lost):
        assert answer(visitors.of(who.person_id), row).status == 409
    assert waiting(database).state is ProposalState.PROPOSED


def test_nobody_asks_for_themselves(
    visitors: Visitors, database: Database, settings: Settings, admins: list[Viewer]
) -> None:
    give_factor(database, settings, admins[0])
    assert ask(visitors.of(admins[0].person_id), admins[0]).status == 409
    assert waiting(database) is None


def test_the_second_person_proves_who_they_are(
    visitors: Visitors, database: Database, manager: Viewer, admins: list[Viewer], head: Viewer
) -> None:
    ask(visitors.of(manager.person_id), head)
    row, admin = waiting(database), visitors.of(admins[0].person_id)
    refused = answer(admin, row, password="another phrase")
    assert (refused.status, bool(refused.error("password"))) == (422, True)
    assert answer(admin, row, "refuse").error("reason"), "a refusal says why"
    assert answer(admin, row, "refuse", reason="Nobody saw the person").status == 303
    with database.reading() as session:
        assert account_of(session, head).totp_secret, "a refusal changes nothing"
    assert answer(admin, row).status == 409, "it is decided once"


def test_a_user_manager_asks_for_their_own_people_and_confirms_nothing(
    visitors: Visitors, database: Database, manager: Viewer, admins: list[Viewer], head: Viewer
) -> None:
    with database.writing() as session:
        elsewhere = an_institution(session, "Aduanas")
    stranger = an_account(database, (Role.USER_MANAGER, elsewhere))
    assert ask(visitors.of(stranger.person_id), head).status == 404
    ask(visitors.of(manager.person_id), head)
    assert answer(visitors.of(manager.person_id), waiting(database)).status == 403
    assert ask(visitors.of(manager.person_id), head).status == 409, "one request at a time"


def test_a_person_without_a_factor_has_none_to_lose(
    visitors: Visitors, database: Database, manager: Viewer, home: Institution
) -> None:
    lead = an_account(database, (Role.CASE_LEAD, home))
    assert ask(visitors.of(manager.person_id), lead).status == 409


def test_nothing_binds_for_a_day_after_a_reset(
    visitors: Visitors, database: Database, settings: Settings, manager: Viewer, admins: list[Viewer], head: Viewer
) -> None:
    ask(visitors.of(manager.person_id), head)
    answer(visitors.of(admins[0].person_id), waiting(database))
    with database.write() as session, pytest.raises(Refused, match="24 hours"):
        prove(session, settings.secret_key, head, PASSWORD, "d" * 64)
    with database.writing() as session:
        row = session.scalars(select(FactorReset)).one()
        row.decided_at = utc_now() - timedelta(hours=24, minutes=1)
        record(session, SYSTEM, Tag.FACTOR_RESET, row)
    with database.writing() as session:
        prove(session, settings.secret_key, head, PASSWORD, "d" * 64)


def test_the_command_asks_where_no_user_manager_can(
    database: Database,
    settings: Settings,
    visitors: Visitors,
    admins: list[Viewer],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    give_factor(database, settings, admins[0])
    monkeypatch.setenv("PORTFOLIO_DATABASE_URL", database.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("PORTFOLIO_SECRET_KEY", settings.secret_key)
    email = email_of(database, admins[0])
    assert cli.main(["users", "reset-factor", email, "--reason", WHY]) == 0
    assert "an administrator confirms" in capsys.readouterr().out
    assert answer(visitors.of(admins[1].person_id), waiting(database)).status == 303


def test_the_only_administrator_is_let_in_again_by_the_command_alone(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with database.writing() as session:
        office = an_institution(session, "Oficina central")
    only = an_account(database, (Role.ADMINISTRATOR, office))
    give_factor(database, settings, only)
    monkeypatch.setenv("PORTFOLIO_DATABASE_URL", database.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("PORTFOLIO_SECRET_KEY", settings.secret_key)
    email = email_of(database, only)
    assert cli.main(["users", "reset-factor", email, "--reason", WHY, "--alone"]) == 0
    with database.reading() as session:
        assert account_of(session, only).totp_confirmed_at is None
    other = an_account(database, (Role.ADMINISTRATOR, office))
    give_factor(database, settings, other)
    assert cli.main(["users", "reset-factor", email_of(database, other), "--reason", WHY, "--alone"]) == 1
    assert "another administrator" in capsys.readouterr().err


def test_both_who_had_a_part_are_known_for_thirty_days(
    visitors: Visitors, database: Database, manager: Viewer, admins: list[Viewer], head: Viewer
) -> None:
    ask(visitors.of(manager.person_id), head)
    answer(visitors.of(admins[0].person_id), waiting(database))
    with database.reading() as session:
        assert resetters_of(session, {head.person_id}) == {manager.person_id, admins[0].person_id}
        assert resetters_of(session, {manager.person_id}) == frozenset()
    with database.writing() as session:
        row = session.scalars(select(FactorReset)).one()
        row.decided_at = utc_now() - timedelta(days=31)
        record(session, SYSTEM, Tag.FACTOR_RESET, row)
    with database.reading() as session:
        assert resetters_of(session, {head.person_id}) == frozenset()


def test_the_ties_of_a_case_name_them(
    visitors: Visitors, database: Database, manager: Viewer, admins: list[Viewer], head: Viewer, home: Institution
) -> None:
    ask(visitors.of(manager.person_id), head)
    answer(visitors.of(admins[0].person_id), waiting(database))
    with database.writing() as session:
        case = a_case(session, home, head, a_call(session))
        assert ties_of(session, case).factor_resetters == {manager.person_id, admins[0].person_id}
