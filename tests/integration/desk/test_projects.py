"""The first page of a project: who finds it, and what it says."""

from __future__ import annotations

import re
from datetime import date, timedelta

from case_factories import a_call, a_case
from databases import statements
from factories import a_person, an_institution
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.terms import CaseStatus
from portfolio.db.base import utc_now
from portfolio.db.engine import Database
from portfolio.people.models import Recusal
from portfolio.people.terms import RecusalKind, Role
from portfolio.people.viewer import SYSTEM, Viewer
from portfolio.projects.beginning import create_project
from portfolio.strategy.models import Call
from visitors import Visitors


class House:
    """A funded project of one institution, and who may or may not see it."""

    def __init__(self, database: Database) -> None:
        with database.writing() as session:
            registry, customs = an_institution(session, "Civil Registry"), an_institution(session, "Customs")
            office = an_institution(session, "Budget Office")
            self.lead = a_person(session, (Role.CASE_LEAD, registry))
            self.stranger = a_person(session, (Role.CASE_LEAD, customs))
            self.analyst = a_person(session, (Role.BUDGET_ANALYST, office))
            self.reviewer = a_person(session, (Role.REVIEWER, customs))
            self.call = a_call(session)
            self.case = a_case(session, registry, self.lead, self.call, CaseStatus.DECIDED, track="full")
            self.project = create_project(
                session,
                SYSTEM,
                initiative_id=self.case.initiative_id,
                case_id=self.case.id,
                began_on=date(2026, 12, 1),
                ends_on=date(2028, 6, 30),
            )

    @property
    def path(self) -> str:
        return f"/projects/{self.project.id}"


def status(visitors: Visitors, who: Viewer, path: str) -> int:
    return visitors.of(who.person_id).get(path).status


def test_its_institution_and_oversight_read_it(database: Database, visitors: Visitors) -> None:
    house = House(database)
    for who in (house.lead, house.analyst):
        page = visitors.of(who.person_id).get(house.path)
        assert page.status == 200
        assert page.heading == house.case.title
        assert f'href="/cases/{house.case.id}"' in page.text


def test_others_find_nothing(database: Database, visitors: Visitors) -> None:
    house = House(database)
    assert status(visitors, house.stranger, house.path) == 404
    assert status(visitors, house.reviewer, house.path) == 403


def test_whoever_is_recused_from_the_case_loses_sight_of_its_project(database: Database, visitors: Visitors) -> None:
    house = House(database)
    with database.writing() as session:
        row = Recusal(
            person_id=house.analyst.person_id, subject_id=house.case.id, kind=RecusalKind.DECLARED, reason="Kin"
        )
        session.add(row)
        record(session, house.analyst, Tag.CONFLICT_DECLARED, row)
    assert status(visitors, house.analyst, house.path) == 404


def test_a_project_tells_nobody_of_a_decision_that_is_not_published(database: Database, visitors: Visitors) -> None:
    house = House(database)
    with database.writing() as session:
        call = session.get_one(Call, house.call.id)
        call.embargo_until = utc_now() + timedelta(days=3)
        record(session, SYSTEM, Tag.CALL_CHANGED, call)
    assert status(visitors, house.lead, house.path) == 404
    assert status(visitors, house.analyst, house.path) == 200


def test_the_sheet_of_the_case_leads_to_it(database: Database, visitors: Visitors) -> None:
    house = House(database)
    assert f'href="{house.path}"' in visitors.of(house.lead.person_id).get(f"/cases/{house.case.id}").text


def test_a_room_without_anything_to_show_is_not_asked(database: Database, visitors: Visitors) -> None:
    """What is not there costs the page nothing: with every room that joins, the first page of a new project stays as quick."""
    house = House(database)
    reader = visitors.of(house.lead.person_id)
    with statements(database) as asked:
        assert reader.get(house.path).status == 200
    rooms = (
        "risk",
        "issue",
        "milestone",
        "progress_return",
        "finding",
        "kpi_indicator",
        "execution_entry",
        "derived_link",
    )
    for table in rooms:
        naming = [text for text in asked if re.search(rf"FROM {table}\b", text)]
        assert len(naming) == 1, f"{table}: asked for once, with all the others, and not read: {naming}"
    assert len({text for text in asked if re.search(r"FROM risk\b|FROM finding\b", text)}) == 1


def test_a_case_leads_to_its_project(database: Database, visitors: Visitors) -> None:
    house = House(database)
    shown = visitors.of(house.lead.person_id).get(f"/cases/{house.case.id}")
    assert "Go to the project" in shown.main
    assert f'href="{house.path}"' in shown.text
