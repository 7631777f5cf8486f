"""The end of a case whose track ends with the opinion: concluded by the directive head from the page of its closing."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlmodel import col

from conftest import NOW
from decision_stage import a_case_for, a_stage, an_opinion
from factories import a_person, an_institution
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import CaseStatus
from portfolio.notifications.models import Notice
from portfolio.packs.loader import load_pack
from portfolio.people.terms import Role

TRACK = "opinion_only"
"""Of the Chilean pack: it ends with the opinion."""


class Scene:
    def __init__(self, database):
        with database.writing() as session:
            session.info["now"] = NOW
            self.stage = a_stage(session)
            secretariat = an_institution(session, "Secretariat of Digital Government", code="SGD")
            self.head = a_person(session, (Role.DIRECTIVE_HEAD, secretariat), name="Head of the secretariat")
            self.ids = {}
            for track in (TRACK, "emergency"):
                case = a_case_for(session, self.stage, CaseStatus.RECOMMENDED, track=track)
                an_opinion(session, self.stage, case)
                self.ids[track] = case.id


@pytest.fixture
def visitors(visitors):
    """The application under the Chilean pack."""
    state = visitors.client.app.state
    before = state.runtime
    state.runtime = replace(before, pack=load_pack("chile"))
    yield visitors
    state.runtime = before


@pytest.fixture
def scene(database):
    return Scene(database)


def test_the_head_concludes_a_case_whose_track_has_no_budget_decision(scene, visitors, database):
    head, path = visitors.of(scene.head.person_id), f"/cases/{scene.ids[TRACK]}/closing"
    shown = head.get(path)
    assert shown.status == 200
    assert "Close after the opinion" in shown.main
    assert head.post(path, {"reason": "x" * 2001}).error("reason")
    assert head.follow(head.post(path, {"reason": ""})).status == 200
    with database.reading() as session:
        assert session.get_one(BusinessCase, scene.ids[TRACK]).status is CaseStatus.CLOSED
        told = set(session.scalars(select(col(Notice.person_id)).where(col(Notice.kind) == "case_conclude")))
    assert scene.stage.lead.person_id in told
    assert head.get(path).status == 404


def test_where_the_budget_office_decides_it_is_not_concluded_and_the_page_says_why(scene, visitors, database):
    head, path = visitors.of(scene.head.person_id), f"/cases/{scene.ids['emergency']}/closing"
    assert "demands a budget decision" in head.get(path).main
    assert head.post(path, {"reason": ""}).status == 409
    with database.reading() as session:
        assert session.get_one(BusinessCase, scene.ids["emergency"]).status is CaseStatus.RECOMMENDED


def test_nobody_else_finds_that_page(scene, visitors):
    path = f"/cases/{scene.ids[TRACK]}/closing"
    assert visitors.of(scene.stage.lead.person_id).get(path).status == 403
    assert visitors.of(scene.stage.decider.person_id).get(path).status == 404
