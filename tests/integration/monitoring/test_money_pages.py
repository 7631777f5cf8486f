"""The pages of a project's money and performance, over entries of two currencies; the newest amount of a key counts."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from factories import a_person, an_institution
from health_stage import PACK, TODAY, a_health_stage, expect, with_plan
from life_stage import Scene, a_scene
from plan_stage import approved, proposed
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.engine import Database
from portfolio.execution.models import ExecutionEntry, ExecutionRun
from portfolio.execution.queries import entries_of
from portfolio.execution.terms import Flow, Origin, RunState
from portfolio.monitoring.plans_then import plans_then
from portfolio.people.terms import Role
from portfolio.projects.models import Project
from portfolio.projects.plan.terms import BaselineKind
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


def a_file(session: Session, as_at: date) -> ExecutionRun:
    row = ExecutionRun(file_name="s.csv", file_sha256="0" * 64, as_at=as_at, state=RunState.RECORDED)
    session.add(row)
    session.flush()
    return row


def test_a_day_shows_what_was_known_then(database: Database, visitors: Visitors) -> None:
    """An amount of August that the file of October corrected: a page of September does not know the correction."""
    with database.writing() as session:
        found = a_scene(session)
        september, october = a_file(session, date(2026, 8, 31)), a_file(session, date(2026, 10, 31))
        late = datetime(2026, 11, 3, tzinfo=UTC)  # when both files were loaded here
        an_entry(session, found, Flow.PAID, 400_00, run_id=september.id, made_at=late)
        an_entry(session, found, Flow.PAID, 555_00, run_id=october.id, ordinal=1, made_at=late)
        an_entry(session, found, Flow.ACCRUED, 600_00, made_at=datetime(2026, 10, 5, 15, tzinfo=UTC))
        for row in (september, october, session.get_one(Project, found.project.id)):
            record(session, None, Tag.PROJECT_CREATED, row)
        session.expunge_all()
    lead = visitors.of(found.stage.lead.person_id)
    then = lead.get(f"/projects/{found.project.id}/money?as_at=2026-09-30").main
    assert "As known on" in then
    assert "400.00" in then
    assert "555.00" not in then
    assert "600.00" not in then, "typed in October"
    assert "555.00" in lead.get(f"/projects/{found.project.id}/money?as_at=2026-10-31").main
    assert "600.00" in lead.get(f"/projects/{found.project.id}/money?as_at=2026-10-05").main


def test_an_impossible_day_is_said_and_kept(visitors: Visitors, scene: Scene) -> None:
    lead = visitors.of(scene.stage.lead.person_id)
    for page in ("money", "performance"):
        for asked, said in (
            ("never", "This is not a day"),
            ("9999-12-31", "still to come"),
            ("0001-01-01", "Nothing on record is that old"),
        ):
            shown = lead.get(f"/projects/{scene.project.id}/{page}?as_at={asked}")
            assert said in shown.main
            assert f'value="{asked}"' in shown.text


def test_figures_that_contradict_each_other_are_said_with_the_way_to_mend_them(
    database: Database, visitors: Visitors, scene: Scene
) -> None:
    with database.writing() as session:
        an_entry(session, scene, Flow.ACCRUED, 950_00)
        an_entry(session, scene, Flow.PAID, 960_00, ordinal=2)
        record(session, None, Tag.PROJECT_CREATED, session.get_one(Project, scene.project.id))
    page = visitors.of(scene.stage.lead.person_id).get(f"/projects/{scene.project.id}/money")
    assert "Accrued 950.00 USD is more than committed 900.00 USD." in page.main
    assert "Paid 960.00 USD is more than accrued 950.00 USD." in page.main
    assert visitors.path("execution.contracts", project_id=scene.project.id) in page.text
    assert "Committed under approval codes" in page.main
    assert "Committed, financial system" in page.main
    assert "Decided less paid" in page.main


def test_performance_of_a_past_day_does_not_show_what_came_later(database: Database, visitors: Visitors) -> None:
    with database.writing() as session:
        session.info["now"] = datetime(2026, 8, 3, 15, tzinfo=UTC)
        stage = a_health_stage(session)
        _first, second = with_plan(session, stage)
        expect(session, stage, second, date(2026, 12, 15))
        approved(session, stage.plan, proposed(session, stage.plan, BaselineKind.REPLAN))
        lead, project_id = stage.lead.person_id, stage.project.id
        before = plans_then(session, PACK, stage.project, date(2026, 7, 1)).row(0, named=True)
        now_known = plans_then(session, PACK, stage.project, TODAY).row(0, named=True)
        none_yet = stage.project.ends_on
    assert before["planned_finish"] == none_yet, "no plan was approved by then"
    assert (before["projected_finish"], before["actual_finish"]) == (None, None)
    assert now_known["first_planned_finish"] == date(2026, 10, 30)
    assert now_known["planned_finish"] == date(2026, 12, 15)
    page = visitors.of(lead).get(f"/projects/{project_id}/performance?as_at=2026-07-01").main
    assert "15 Dec 2026" not in page
    assert "Declared by people" in page


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
