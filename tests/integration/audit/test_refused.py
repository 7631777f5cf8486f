"""What must survive a refusal: refused acts of a signed-in person are in the trail, although their transaction is gone."""

import json
import uuid
from typing import Any

import pytest
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from factories import a_person, an_institution
from portfolio import rooms
from portfolio.app import create_app
from portfolio.audit import refused
from portfolio.audit.models import AuditEvent, AuditText
from portfolio.audit.refused import record_refused
from portfolio.audit.terms import Tag
from portfolio.db.engine import Database
from portfolio.errors import NotAllowed, Refused
from portfolio.people.models import Institution
from portfolio.people.permissions import Permission
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from portfolio.settings import Settings
from visitors import Visitors

CASE = uuid.uuid4()


@post("/trial/{case_id:uuid}/refuse", name="trial.refuse", permission=Permission.SIGNED_IN, sync_to_thread=True)
def refuse(session: NamedDependency[Session], case_id: FromPath[uuid.UUID]) -> None:
    session.add(Institution(name="half done", sort_key="half done", search_text="half done"))
    session.flush()
    raise Refused("Two peer reviews are outstanding.", f"Of {case_id}.")


@post("/trial/forbid", name="trial.forbid", permission=Permission.SIGNED_IN, sync_to_thread=True)
def forbid(request: Request[Any, Any, Any]) -> None:
    raise NotAllowed("Only an approver decides.")


@post("/trial/audit", name="trial.audit", permission=Permission.AUDIT_READ, sync_to_thread=True)
def for_auditors(request: Request[Any, Any, Any]) -> None:
    raise AssertionError("nobody else gets here")


@get("/trial/look", name="trial.look", permission=Permission.SIGNED_IN, sync_to_thread=True)
def look(request: Request[Any, Any, Any]) -> None:
    raise NotAllowed("Not for you.")


@pytest.fixture
def visitors(settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch) -> Any:
    others = rooms.routes
    monkeypatch.setattr(rooms, "routes", lambda known: [*others(known), refuse, forbid, for_auditors, look])
    with Visitors(create_app(settings, database), database) as found:
        yield found


@pytest.fixture
def lead(database: Database) -> Viewer:
    with database.writing() as session:
        return a_person(session, (Role.CASE_LEAD, an_institution(session)))


def refusals(database: Database) -> list[AuditEvent]:
    with database.reading() as session:
        query = select(AuditEvent).where(col(AuditEvent.action) == Tag.ACT_REFUSED.value)
        return list(session.scalars(query.order_by(col(AuditEvent.seq))))


def test_a_refused_act_is_recorded_and_what_it_had_changed_is_not(
    visitors: Visitors, database: Database, lead: Viewer
) -> None:
    assert visitors.of(lead.person_id).post(f"/trial/{CASE}/refuse", {"reason": "typed in private"}).status == 409
    (event,) = refusals(database)
    content = json.loads(event.canon)
    assert event.actor_id == lead.person_id
    assert event.about_id == CASE
    assert content["detail"]["route"] == "trial.refuse"
    assert content["detail"]["status"] == 409
    assert "typed in private" not in event.canon
    with database.reading() as session:
        words = session.get_one(AuditText, content["detail"]["words"]).value
        assert words.startswith("Two peer reviews are outstanding.; Of ")
        assert session.scalars(select(Institution).where(col(Institution.name) == "half done")).all() == []


def test_a_forbidden_act_is_recorded_whoever_forbade_it(visitors: Visitors, database: Database, lead: Viewer) -> None:
    visitor = visitors.of(lead.person_id)
    assert visitor.post("/trial/forbid").status == 403
    assert visitor.post("/trial/audit").status == 403
    assert [json.loads(event.canon)["detail"]["route"] for event in refusals(database)] == [
        "trial.forbid",
        "trial.audit",
    ]


def test_looking_is_no_act_and_nobody_is_no_actor(visitors: Visitors, database: Database, lead: Viewer) -> None:
    assert visitors.of(lead.person_id).get("/trial/look").status == 403
    assert visitors.nobody.post("/trial/forbid").status == 401
    assert refusals(database) == []


def test_a_person_who_is_refused_again_and_again_does_not_flood_the_trail(
    database: Database, lead: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refused, "PER_HOUR", 3)
    outcomes = [record_refused(database, lead, "trial.refuse", {}, 409, ["No."]) for _ in range(5)]
    assert outcomes == [True, True, True, False, False]
    assert [json.loads(e.canon)["detail"].get("more_not_recorded") for e in refusals(database)] == [None, None, True]


def test_a_trail_that_cannot_be_written_does_not_turn_a_refusal_into_an_error(
    visitors: Visitors, lead: Viewer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_given: Any) -> bool:
        raise OSError("no disk")

    monkeypatch.setattr(refused, "record_refused", broken)
    assert visitors.of(lead.person_id).post("/trial/forbid").status == 403
    assert "could not be recorded" in caplog.text
