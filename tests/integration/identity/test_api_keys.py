"""Keys of the API on their pages: made with a password, shown once, listed, revoked; each manager in the own institution."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from factories import a_person, an_institution
from portfolio.audit.models import AuditEvent
from portfolio.audit.terms import Tag
from portfolio.audit.verify import verify
from portfolio.db.engine import Database
from portfolio.identity.models import ApiKey
from portfolio.identity.people_queries import today
from portfolio.identity.people_scope import may_propose
from portfolio.identity.sessions import digest_of
from portfolio.people.models import Institution
from portfolio.people.terms import Role
from portfolio.people.viewer import SYSTEM, Viewer
from visitors import PASSWORD, Page, Visitors

KEY = re.compile(r"pfk_[\w-]{43}")


class Stage:
    def __init__(self, database: Database) -> None:
        with database.writing() as session:
            self.home, self.elsewhere = an_institution(session, "Registry"), an_institution(session, "Treasury")
            self.manager = a_person(session, (Role.USER_MANAGER, self.home))
            self.other = a_person(session, (Role.USER_MANAGER, self.elsewhere))
            self.administrator = a_person(session, (Role.ADMINISTRATOR, self.elsewhere))
            self.head = a_person(session, (Role.HEAD_OF_SERVICE, self.home))
            self.today = today(session)

    def form(self, place: Institution | None = None, **changes: str) -> dict[str, str]:
        return {
            "name": "Enrolment register",
            "institution": str((place or self.home).id),
            "scope": "measurements_write",
            "expires_on": str(self.today + timedelta(days=30)),
            "password": PASSWORD,
            **changes,
        }


@pytest.fixture
def stage(database: Database) -> Stage:
    return Stage(database)


def keys(database: Database) -> list[ApiKey]:
    with database.reading() as session:
        return list(session.scalars(select(ApiKey).order_by(col(ApiKey.id))))


def make(visitors: Visitors, viewer: Viewer, form: dict[str, str]) -> Page:
    return visitors.of(viewer.person_id).post("/api-keys/new", form)


def test_a_key_is_shown_once_and_kept_as_its_digest(
    database: Database, visitors: Visitors, stage: Stage, tmp_path: Path
) -> None:
    answer = make(visitors, stage.manager, stage.form())
    assert answer.status == 200
    (token,) = set(KEY.findall(answer.text))
    (row,) = keys(database)
    assert (row.key_hash, row.institution_id, row.made_by_id) == (
        digest_of(token),
        stage.home.id,
        stage.manager.person_id,
    )
    listed = visitors.of(stage.manager.person_id).get("/api-keys")
    assert "Enrolment register" in listed.main
    assert token not in listed.text
    with database.reading() as session:
        made = session.scalars(select(AuditEvent).where(col(AuditEvent.action) == Tag.API_KEY_MADE.value)).one()
        proofs = select(func.count()).where(col(AuditEvent.action) == Tag.ACT_PROVED.value)
        assert session.scalar(proofs) == 1
    assert token not in made.canon
    assert made.object_id == row.id
    assert verify(database, tmp_path, {}).finding is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("password", "not mine"),
        ("name", ""),
        ("scope", "everything"),
        ("institution", "x"),
        ("expires_on", "2026-02-30"),
    ],
)
def test_a_key_is_not_made_without_all_that_it_needs(
    database: Database, visitors: Visitors, stage: Stage, field: str, value: str
) -> None:
    answer = make(visitors, stage.manager, stage.form(**{field: value}))
    assert answer.status == 422
    assert answer.error(field)
    assert keys(database) == []


@pytest.mark.parametrize("days", [-1, 367])
def test_a_key_lasts_a_year_at_most(database: Database, visitors: Visitors, stage: Stage, days: int) -> None:
    answer = make(visitors, stage.manager, stage.form(expires_on=str(stage.today + timedelta(days=days))))
    assert (answer.status, bool(answer.error("expires_on"))) == (422, True)
    assert keys(database) == []


def test_a_manager_makes_keys_for_the_own_institution_and_an_administrator_for_all(
    database: Database, visitors: Visitors, stage: Stage
) -> None:
    assert make(visitors, stage.manager, stage.form(stage.elsewhere)).error("institution")
    assert keys(database) == []
    assert make(visitors, stage.administrator, stage.form()).status == 200
    (row,) = keys(database)
    path = f"/api-keys/{row.id}/revoke"
    assert visitors.of(stage.other.person_id).get(path).status == 404
    assert visitors.of(stage.other.person_id).post(path, {"reason": "Not mine"}).status == 404
    assert "Enrolment register" not in visitors.of(stage.other.person_id).get("/api-keys").main
    assert "Enrolment register" in visitors.of(stage.head.person_id).get("/api-keys").main
    assert visitors.of(stage.head.person_id).post(path, {"reason": "Not my act"}).status == 403


def test_a_key_is_revoked_once_with_its_reason(database: Database, visitors: Visitors, stage: Stage) -> None:
    make(visitors, stage.manager, stage.form())
    (row,) = keys(database)
    visitor, path = visitors.of(stage.manager.person_id), f"/api-keys/{row.id}/revoke"
    assert visitor.post(path, {"reason": ""}).error("reason")
    assert visitor.post(path, {"reason": "It was in a mail"}).status == 303
    (row,) = keys(database)
    assert row.revoked_by_id == stage.manager.person_id
    assert "It was in a mail" in visitor.get("/api-keys").main
    assert visitor.get(path).status == 404
    assert visitor.post(path, {"reason": "Once more"}).status == 409


def test_a_double_click_makes_one_key(database: Database, visitors: Visitors, stage: Stage) -> None:
    form = {**stage.form(), "form_key": "one-and-the-same"}
    assert make(visitors, stage.manager, form).status == 200
    assert make(visitors, stage.manager, form).location == "/api-keys"
    assert len(keys(database)) == 1


def test_a_system_is_no_person(database: Database, visitors: Visitors, stage: Stage) -> None:
    """It stands in no list of people, and nobody is given its role."""
    make(visitors, stage.manager, stage.form())
    assert "Enrolment register" not in visitors.of(stage.administrator.person_id).get("/people").main
    assert not may_propose(stage.administrator, Role.INTERFACE, stage.home.id)
    assert not may_propose(SYSTEM, Role.INTERFACE, stage.home.id)


def test_the_page_that_explains_it_names_the_address(visitors: Visitors, stage: Stage) -> None:
    shown = visitors.of(stage.manager.person_id).get("/indicators/api")
    assert shown.status == 200
    assert "/api/v1/projects/" in shown.main
    assert "Idempotency-Key" in shown.main
