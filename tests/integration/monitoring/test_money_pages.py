"""The pages of a project's money and performance, over entries of two currencies; the newest amount of a key counts."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from factories import a_person, an_institution
from life_stage import Scene, a_scene
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.engine import Database
from portfolio.execution.models import ExecutionEntry
from portfolio.execution.queries import entries_of
from portfolio.execution.terms import Flow, Origin
from portfolio.people.terms import Role
from portfolio.projects.models import Project
from visitors import Visitors

MONTH = date(2026, 8, 1)


def an_entry(session: Session, scene: Scene, flow: Flow, amount: int, **other: object) -> ExecutionEntry:
    row = ExecutionEntry.model_validate(
        {
            "project_id": scene.project.id,
            "month": MONTH,
            "line": "2.2",
            "flow": flow,
            "amount_minor": amount,
            "currency": "USD",
            "origin": Origin.SYSTEM,
            "made_by_id": scene.stage.lead.person_id,
            "made_at": datetime(2026, 9, 1, tzinfo=UTC),
            **other,
        }
    )
    session.add(row)
    session.flush()
    return row


@pytest.fixture
def scene(database: Database) -> Scene:
    with database.writing() as session:
        found = a_scene(session)
        an_entry(session, found, Flow.PAID, 100_00)
        an_entry(session, found, Flow.PAID, 250_00, ordinal=1)
        an_entry(session, found, Flow.COMMITTED, 900_00)
        an_entry(session, found, Flow.PAID, 77_00, currency="EUR", reference="grant")
        record(session, None, Tag.PROJECT_CREATED, session.get_one(Project, found.project.id))
        session.expunge_all()
    return found


def test_the_newest_amount_counts_and_the_earlier_one_stays(database: Database, scene: Scene) -> None:
    with database.reading() as session:
        counting = entries_of(session, scene.project.id)
    found = {(row.flow, row.amount_minor) for row in counting if row.currency == "USD"}
    assert found == {(Flow.COMMITTED, 900_00), (Flow.PAID, 250_00)}


def test_the_page_of_money_says_what_is_there_and_what_is_not(visitors: Visitors, scene: Scene) -> None:
    lead = visitors.of(scene.stage.lead.person_id)
    page = lead.get(f"/projects/{scene.project.id}/money?as_at=2026-08-31")
    assert page.status == 200
    assert "250.00" in page.main
    assert "100.00 " not in page.main
    assert "not reported" in page.main, "nothing was accrued: that is not zero"
    assert "EUR" in page.main
    assert "77.00" not in page.main
    for asked in ("never", "9999-12-31", "0001-01-01"):
        assert lead.get(f"/projects/{scene.project.id}/money?as_at={asked}").status == 200


def test_performance_without_a_return_gives_reasons(visitors: Visitors, scene: Scene) -> None:
    page = visitors.of(scene.stage.lead.person_id).get(f"/projects/{scene.project.id}/performance")
    assert page.status == 200
    assert "nothing can be earned" in page.main
    assert "Not available" in page.main
    assert "First approved baseline" in page.main
    assert "Current baseline" in page.main


def test_a_stranger_finds_no_money(database: Database, visitors: Visitors, scene: Scene) -> None:
    with database.writing() as session:
        stranger = a_person(session, (Role.CASE_LEAD, an_institution(session, "Elsewhere")))
    for page in ("money", "performance"):
        assert visitors.of(stranger.person_id).get(f"/projects/{scene.project.id}/{page}").status == 404


def test_the_database_refuses_to_change_an_amount(database: Database, scene: Scene) -> None:
    with pytest.raises(DatabaseError), database.writing() as session:
        session.connection().execute(ExecutionEntry.__table__.update().values(amount_minor=1))  # type: ignore[attr-defined]
