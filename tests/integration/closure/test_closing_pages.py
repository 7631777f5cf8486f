"""The pages of closing and of what lives on, as people with their roles see and use them, and what waits for whom."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts import field
from closing_stage import a_lesson, a_service, settle_items
from factories import a_person, an_institution
from life_stage import a_scene, another_project
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import CaseStatus
from portfolio.closure.checklist import today_of
from portfolio.closure.models import Evaluation, ExternalReview, Service, ServiceReview
from portfolio.closure.terms import EvaluationState, ExternalState, YearReviewState
from portfolio.findings.models import Finding
from portfolio.lessons.models import Lesson
from portfolio.lessons.queries import uses_of_case
from portfolio.people.terms import Role
from portfolio.projects.models import Initiative, Project
from visitors import PASSWORD

WRITTEN = {
    "users": "They finish alone",
    "worked": "Testing early",
    "not_worked": "The first tender",
    "conclusion": "It was worth it",
    "reached": "partly",
    "act": "hand_in",
}


@pytest.fixture
def scene(database):
    with database.writing() as session:
        return a_scene(session)


def in_days(database, scene, days):
    with database.reading() as session:
        return (today_of(session, scene.pack) + timedelta(days=days)).isoformat()


def first(database, model):
    with database.reading() as session:
        return session.scalars(select(model)).one()


def test_an_item_is_said_and_what_is_missing_is_said_beside_its_field(visitors, scene):
    lead, stranger = visitors.of(scene.stage.lead.person_id), visitors.of(scene.stage.analyst.person_id)
    path = f"/projects/{scene.project.id}/closure"
    shown = lead.get(path)
    assert shown.status == 200
    assert "Contracts received, paid and closed" in shown.main
    assert "Read from the record" in shown.main
    item = f"{path}/items/assets"
    assert lead.get(item).status == 200
    bad = lead.post(item, {"state": "done", "words": ""})
    assert bad.status == 422
    assert bad.error("words") == "Say what shows it, or why it does not apply."
    assert lead.post(item, {"state": "done", "words": "Minutes of the 3rd"}).status == 303
    assert "Minutes of the 3rd" in stranger.get(path).main
    assert "Say how it stands" not in stranger.get(path).main
    assert stranger.get(item).status == 403
    assert lead.get(f"{path}/items/nothing").status == 404
    refused = lead.post(f"{path}/items/codes", {"state": "done", "words": "x"})
    assert refused.error("state") == "The record answers this; settle what is open there."


def test_an_exception_takes_the_directive_head_and_their_password(visitors, scene):
    head = visitors.of(scene.stage.head.person_id)
    path = f"/projects/{scene.project.id}/closure/exception"
    shown = head.get(path)
    data = {"reason": "The team is gone", "password": PASSWORD, "digest": field(shown, "digest")}
    assert head.post(path, {**data, "reason": ""}).status == 422
    assert head.post(path, data).status == 303
    assert "The team is gone" in head.get(f"/projects/{scene.project.id}/closure").main
    assert visitors.of(scene.stage.lead.person_id).get(path).status == 403


def test_an_evaluation_from_its_writing_to_its_review(database, visitors, scene):
    lead, analyst = visitors.of(scene.stage.lead.person_id), visitors.of(scene.stage.analyst.person_id)
    path = f"/projects/{scene.project.id}/evaluation"
    assert lead.get(path).status == 200
    assert "not written yet" in analyst.get(path).main
    bad = lead.post(path, {**WRITTEN, "users": ""})
    assert bad.error("users") == "Write this before you hand the evaluation in."
    assert bad.value("worked") == "Testing early"
    assert lead.post(path, {**WRITTEN, "users": "", "act": "save"}).status == 303
    assert lead.get(path).value("worked") == "Testing early"
    assert lead.post(path, WRITTEN).status == 303
    assert "Review an evaluation" in analyst.get("/").main
    assert "Review an evaluation" not in lead.get("/").main
    shown = analyst.get(path)
    data = {"judged": "agreed", "review": "It holds", "password": PASSWORD, "digest": field(shown, "digest")}
    assert analyst.post(f"{path}/review", {**data, "review": ""}).status == 422
    assert analyst.post(f"{path}/review", data).status == 303
    assert first(database, Evaluation).state is EvaluationState.REVIEWED
    assert "It holds" in lead.get(path).main


def test_a_service_from_its_registration_to_the_agreed_review(database, visitors, scene):
    lead, analyst = visitors.of(scene.stage.lead.person_id), visitors.of(scene.stage.analyst.person_id)
    path = f"/projects/{scene.project.id}/service"
    assert lead.get(path).status == 200
    day = in_days(database, scene, 20)
    data = {"name": "Licences", "owner_id": str(scene.stage.lead.person_id), "next_review_on": day}
    assert lead.post(path, {**data, "next_review_on": "2020-01-01"}).error("next_review_on") == "Give a day to come."
    assert lead.post(path, data).status == 303
    assert lead.get(path).status == 409
    service = f"/services/{first(database, Service).id}"
    assert "Licences" in analyst.get("/services").main
    assert "Write the yearly review of a service" in lead.get("/").main
    ending = {"conclusion": "retire", "reasons": "Nobody uses it", "cost": "1200", "successor": "The portal"}
    assert lead.post(f"{service}/review", ending).error("retires_on") == "Give a day to come."
    day = in_days(database, scene, 90)
    assert lead.post(f"{service}/review", {**ending, "retires_on": day, "avoided": "900"}).status == 303
    assert "Agree to a yearly review" in analyst.get("/").main
    assert "Nobody uses it" in analyst.get(service).main
    assert analyst.post(f"{service}/judgement", {"judged": "sent_back"}).error("judgement") == "A reason is required."
    assert analyst.post(f"{service}/judgement", {"judged": "agreed"}).status == 303
    assert first(database, ServiceReview).state is YearReviewState.AGREED
    listed = analyst.get("/services").main
    assert "The portal" in listed
    assert "900" in listed


def test_an_external_review_with_a_finding_on_its_pages(database, visitors, scene):
    head, cio = visitors.of(scene.stage.head.person_id), visitors.of(scene.stage.cio.person_id)
    path = f"/projects/{scene.project.id}/reviews"
    data = {"title": "Security", "scope": "Who can read it?", "reviewer": "University"}
    assert head.get(f"{path}/new").status == 200
    assert head.post(f"{path}/new", {**data, "due_on": "2020-01-01"}).error("due_on") == "Give a day to come."
    assert head.post(f"{path}/new", {**data, "due_on": in_days(database, scene, 60)}).status == 303
    review = f"/reviews/{first(database, ExternalReview).id}"
    assert "Security" in cio.get(path).main
    assert cio.get(f"{review}/steps/begin").status == 404
    assert head.get(f"{review}/steps/begin").status == 200
    assert head.post(f"{review}/steps/begin", {"words": ""}).status == 422
    assert head.post(f"{review}/steps/begin", {"words": "Kick-off"}).status == 303
    finding = {"evidence": "Open to all", "answer_by": in_days(database, scene, 15)}
    assert head.post(f"{review}/findings", {**finding, "answer_by": "2020-01-01"}).status == 422
    assert head.post(f"{review}/findings", finding).status == 303
    assert head.post(f"{review}/steps/report", {"words": "Page 12"}).status == 303
    assert "Respond to an external review" in cio.get("/").main
    shown = cio.get(review)
    assert "1 finding has no answer yet" in shown.main
    assert cio.post(f"{review}/steps/respond", {"words": "Done"}).status == 409
    found = first(database, Finding)
    assert cio.post(f"/findings/{found.id}/answer", {"text": "Closed"}).status == 303
    assert cio.post(f"{review}/steps/respond", {"words": "Done"}).status == 303
    assert first(database, ExternalReview).state is ExternalState.RESPONSE
    assert "Kick-off" in head.get(review).main


def test_a_lesson_is_written_found_and_answered_by_a_similar_case(database, visitors, scene):
    lead = visitors.of(scene.stage.lead.person_id)
    path = f"/projects/{scene.project.id}/lessons"
    data = {
        "title": "Deduplicate the registry first", "category": "delivery", "context": "c", "happened": "h",
        "advice": "Begin with the registry", "sharing": "shared",
    }  # fmt: skip
    assert lead.get(f"{path}/new").status == 200
    assert lead.post(f"{path}/new", {**data, "category": "astrology"}).error("category") == "Choose one of the options"
    assert lead.post(f"{path}/new", data).status == 303
    lesson = first(database, Lesson)
    assert lead.get(f"/lessons/{lesson.id}/edit").status == 200
    assert lead.post(f"/lessons/{lesson.id}/edit", {**data, "advice": "Begin with it"}).status == 303
    assert "Begin with it" in lead.get(path).main
    with database.writing() as session:
        stranger = a_person(session, (Role.CASE_LEAD, an_institution(session, name="Elsewhere")), name="Stranger")
        other = another_project(session, scene)
        case = session.get_one(BusinessCase, other.case_id)
        case.title, case.status = "Deduplicate the registry of vehicles", CaseStatus.DRAFT
        from portfolio.audit.terms import Tag
        from portfolio.audit.trail import record

        record(session, scene.stage.lead, Tag.CASE_EDITED, case)
        case_id = case.id
    elsewhere = visitors.of(stranger.person_id)
    library = elsewhere.get("/lessons?text=dedupl&category=delivery")
    assert "Deduplicate the registry first" in library.main
    assert "Not named" in library.main
    assert elsewhere.get(f"/lessons/{lesson.id}").status == 200
    assert elsewhere.get(f"/lessons/{lesson.id}/edit").status == 404
    assert elsewhere.get(path).status == 404
    assert "Deduplicate the registry first" in lead.get(f"/cases/{case_id}/formulation").main
    lessons = f"/cases/{case_id}/lessons"
    assert "Deduplicate the registry first" in lead.get(lessons).main
    assert lead.post(lessons, {"lesson_id": str(lesson.id), "answer": ""}).status == 422
    assert lead.post(lessons, {"lesson_id": str(lesson.id), "answer": "It comes first"}).status == 303
    with database.reading() as session:
        assert [use.answer for use, _lesson in uses_of_case(session, case_id)] == ["It comes first"]
        number = session.get_one(Initiative, scene.project.initiative_id).reference
    origin = f"/cases/{case_id}/origin"
    assert lead.post(origin, {"number": "PF-1999-000000", "kind": "replicates"}).status == 422
    assert lead.post(origin, {"number": number, "kind": "continues"}).status == 303
    assert "Continues it" in lead.get(path).main
    assert "comes from it" in lead.get(f"/projects/{scene.project.id}").main
    named = f"/projects/{other.id}/origin"
    assert lead.get(named).status == 200
    assert lead.post(named, {"number": number, "kind": "continues"}).error("number") == "This is on record already."


def test_a_case_that_was_submitted_is_frozen_here_too(database, visitors, scene):
    lead = visitors.of(scene.stage.lead.person_id)
    with database.writing() as session:
        lesson = a_lesson(session, scene.stage.lead, session.get_one(Project, scene.project.id))
    answered = lead.post(f"/cases/{scene.case.id}/lessons", {"lesson_id": str(lesson.id), "answer": "x"})
    assert answered.status == 409
    assert "frozen" in answered.text


def test_a_complete_close_out_says_so(database, visitors, scene):
    lead = visitors.of(scene.stage.lead.person_id)
    with database.writing() as session:
        project = session.get_one(Project, scene.project.id)
        settle_items(session, scene.pack, project, scene.stage.lead)
        a_lesson(session, scene.stage.lead, project)
        a_service(session, scene.pack, project, scene.stage.lead)
    shown = lead.get(f"/projects/{scene.project.id}/closure").main
    assert re.search(r"close-out is complete", shown)
