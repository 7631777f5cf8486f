"""A page that says no leaves nothing behind of an act that found its error half way."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from case_factories import a_call, a_case
from factories import a_person, an_institution
from portfolio.audit.models import AuditEvent
from portfolio.audit.terms import Tag
from portfolio.business_cases import team_routes
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.team import hand_over
from portfolio.db.engine import Database
from portfolio.errors import FieldRefused
from portfolio.people.terms import Role
from visitors import PASSWORD, Visitors


def events(database: Database, tag: Tag) -> int:
    with database.reading() as session:
        count = select(func.count()).select_from(AuditEvent).where(col(AuditEvent.action) == tag.value)
        return session.scalar(count) or 0


def test_a_proof_without_its_act_is_not_in_the_trail(database: Database, visitors: Visitors) -> None:
    with database.writing() as session:
        person_id = a_person(session, (Role.CASE_LEAD, an_institution(session))).person_id
    person = visitors.of(person_id)
    page = person.post("/profile/password", {"password": PASSWORD, "new_password": "short", "again": "short"})
    assert page.status == 422
    assert page.error("new_password")
    assert events(database, Tag.ACT_PROVED) == 0


def test_an_act_that_is_refused_half_way_is_taken_back(
    database: Database, visitors: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.writing() as session:
        home = an_institution(session)
        lead, heir = (a_person(session, (Role.CASE_LEAD, home)) for _ in range(2))
        case = a_case(session, home, lead, a_call(session))

    def half_way(*given: object) -> None:
        hand_over(*given)  # type: ignore[arg-type]
        raise FieldRefused("reason", "Found too late")

    monkeypatch.setattr(team_routes, "hand_over", half_way)
    page = visitors.of(lead.person_id).post(
        f"/cases/{case.id}/lead", {"to_id": str(heir.person_id), "reason": "Another unit takes it on"}
    )
    assert page.status == 422
    assert page.error("reason") == "Found too late"
    with database.reading() as session:
        assert session.get_one(BusinessCase, case.id).lead_id == lead.person_id
    assert events(database, Tag.CASE_HANDED_OVER) == 0
