"""What the case promised comes into the project once: milestones, risks, indicators and benefits of the frozen content."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from case_factories import a_content, a_snapshot
from life_stage import a_scene, later
from portfolio.errors import Refused
from portfolio.kpis.models import Indicator
from portfolio.monitoring.carry_over import carry_over, is_carried_over, promised_of
from portfolio.projects.plan.models import Milestone
from portfolio.projects.terms import ProjectStage
from portfolio.risk.models import Risk

CONTENT = {
    "delivery": {
        "answers": {},
        "lines": {
            "milestones": [
                {"id": "m1", "title": "First version", "due_on": "2027-03-31", "deliverable": "It runs"},
                {"id": "m2", "title": "Whole country", "due_on": None, "deliverable": None},
            ]
        },
    },
    "risks": {
        "answers": {},
        "lines": {"risks": [{"id": "r1", "event": "The supplier leaves", "likelihood": 4, "impact": None}]},
    },
    "indicators": {
        "answers": {},
        "lines": {
            "indicators": [
                {
                    "id": "i1", "name": "Days of waiting", "family": "operational", "unit": "days",
                    "direction": "decrease", "baseline": "47", "baseline_on": "2026-06-01", "target": "2",
                    "target_on": "2028-12-31", "owner": "Head of services", "method": "Register",
                }
            ]
        },
    },
    "value": {
        "answers": {},
        "lines": {
            "benefits": [
                {"id": "b1", "description": "Fewer visits", "beneficiaries": "Residents", "amount_minor": 900_000_00,
                 "starts_on": "2028-01-01", "evidence": "Pilot of 2025"}
            ]
        },
    },
}  # fmt: skip


@pytest.fixture
def scene(session):
    found = a_scene(session)
    later(session)
    a_snapshot(session, found.case, found.stage.lead, number=2, content=a_content("With promises", **CONTENT))
    return found


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


def test_everything_that_was_promised_comes_in_once(session, scene):
    assert not is_carried_over(session, scene.project)
    found = carry_over(session, scene.stage.lead, scene.pack, scene.project)
    assert (found.milestones, found.risks, found.indicators) == (2, 1, 2)
    again = carry_over(session, scene.stage.lead, scene.pack, scene.project)
    assert again.count == 0
    assert is_carried_over(session, scene.project)
    assert (count(session, Milestone), count(session, Risk), count(session, Indicator)) == (2, 1, 2)
    first = session.scalars(select(Milestone).order_by(col(Milestone.position))).first()
    assert (first.title, first.promised_on) == ("First version", date(2027, 3, 31))
    session.commit()


def test_a_later_frozen_version_is_offered_again(session, scene):
    carry_over(session, scene.stage.lead, scene.pack, scene.project)
    lines = {"milestones": [*CONTENT["delivery"]["lines"]["milestones"], {"id": "m3", "title": "More", "due_on": None}]}
    content = a_content("With more", **{**CONTENT, "delivery": {"answers": {}, "lines": lines}})
    a_snapshot(session, scene.case, scene.stage.lead, number=3, content=content)
    assert not is_carried_over(session, scene.project)
    assert carry_over(session, scene.stage.lead, scene.pack, scene.project).milestones == 1


def test_nothing_comes_into_a_project_that_ended_or_has_no_case(session, scene):
    scene.project.stage = ProjectStage.WITHDRAWN
    with pytest.raises(Refused, match="has ended"):
        carry_over(session, scene.stage.lead, scene.pack, scene.project)
    scene.project.stage, scene.project.case_id = ProjectStage.PLANNED, None
    with pytest.raises(Refused, match="no case"):
        carry_over(session, scene.stage.lead, scene.pack, scene.project)
    assert promised_of(session, scene.project) is None


def test_the_lead_brings_it_over_from_the_page_where_it_waits(database, visitors):
    with database.writing() as session:
        found = a_scene(session)
        later(session)
        a_snapshot(session, found.case, found.stage.lead, number=2, content=a_content("With promises", **CONTENT))
    lead, path = visitors.of(found.stage.lead.person_id), f"/projects/{found.project.id}/carry-over"
    assert "Bring over what the case promised" in lead.get("/").main
    assert lead.get(path).status == 200
    assert lead.post(path, {}).location.endswith("done=promises_carried_over")
    assert "Bring over what the case promised" not in lead.get("/").main
    assert "done already" in lead.get(path).main
    assert lead.post(path, {}).location.endswith("done=nothing_to_carry_over")
    assert visitors.of(found.stage.head.person_id).get(path).status == 403
