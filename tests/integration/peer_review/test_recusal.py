"""A recused person cannot find the case: by list, count, search, export, notice, mail or address."""

from datetime import date

import pytest
from litestar.routes import HTTPRoute
from sqlalchemy import select
from sqlmodel import col

from conftest import NOW
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.models import BusinessCase
from portfolio.checks.models import Waiver
from portfolio.notifications.models import Notice
from portfolio.peer_review.models import Review
from portfolio.people.models import Duty, Institution, Membership, Recusal
from portfolio.people.terms import DutyKind, Role
from portfolio.people.viewer import SYSTEM
from portfolio.projects.models import Initiative
from review_stage import TITLE

REASON = "My sister works for the supplier"


@pytest.fixture
def recused(database, stage, at_work):
    """A reviewer who stepped aside, and who is also an analyst elsewhere in oversight: the widest reach there is."""
    browser = at_work(0)
    answer = browser.post(f"/cases/{stage.case_id}/review/recuse", {"conflict_reason": REASON})
    assert browser.follow(answer).status == 200
    return browser


def give_every_role(database, stage):
    """The same person now holds every role that reaches submitted cases: the recusal still holds."""
    with database.writing() as session:
        house = session.scalars(select(Institution).where(col(Institution.name) == "Presidencia")).one()
        for role in (
            Role.DIRECTIVE_ANALYST,
            Role.REVIEW_SECRETARY,
            Role.BUDGET_DECIDER,
            Role.STANDARDS_OFFICER,
            Role.DIRECTIVE_HEAD,
        ):
            row = Membership(
                person_id=stage.reviewers[0].person_id, institution_id=house.id, role=role, valid_from=date(2020, 1, 1)
            )
            session.add(row)
            record(session, SYSTEM, Tag.ROLE_GRANTED, row)


def test_recusal_is_a_row_ends_the_duty_and_tells_the_secretary_without_the_reason(database, stage, recused):
    with database.reading() as session:
        row = session.scalars(select(Recusal)).one()
        assert (row.person_id, row.subject_id, row.reason) == (stage.reviewers[0].person_id, stage.case_id, REASON)
        assert session.scalars(select(col(Duty.ended_at)).where(col(Duty.kind) == DutyKind.REVIEWER)).one() is not None
        told = session.scalars(select(Notice).where(col(Notice.person_id) == stage.secretary.person_id)).all()
        assert [n.kind for n in told] == ["reviewer_recused"]
        assert REASON not in str(told[0].params)


def test_a_reason_is_asked(at_work, stage):
    page = at_work(0).post(f"/cases/{stage.case_id}/review/recuse", {"conflict_reason": ""})
    assert page.status == 422
    assert page.error("conflict_reason")


def test_notices_about_the_case_are_withdrawn(database, stage, recused):
    with database.reading() as session:
        assert session.scalars(select(Notice).where(col(Notice.person_id) == stage.reviewers[0].person_id)).all() == []


def test_nobody_can_owe_a_notice_about_the_case_to_a_recused_person(database, stage, recused):
    from portfolio.notifications.outbox import owe

    people = [stage.reviewers[0].person_id, stage.reviewers[1].person_id]
    with database.writing() as session:
        assert owe(session, "reviews_are_in", people, subject_id=stage.case_id, title=TITLE) == 1


def test_no_address_of_the_application_shows_the_case_to_a_recused_person(database, visitors, stage, recused):
    give_every_role(database, stage)
    with database.writing() as session:
        case = session.get_one(BusinessCase, stage.case_id)
        initiative = session.get_one(Initiative, case.initiative_id)
        traces = {TITLE, initiative.number}
        review_id = session.scalars(select(col(Review.id))).one()
        waiver = Waiver(
            case_id=case.id,
            standard="T06",
            reason="x",
            compensation="x",
            expires_on=date(2027, 1, 1),
            proposed_by_id=stage.cio.person_id,
            proposed_at=NOW,
        )
        session.add(waiver)
        record(session, stage.cio, Tag.WAIVER_PROPOSED, waiver)
        ids = {"case_id": str(case.id), "initiative_id": str(initiative.id), "call_id": str(case.call_id)}
        ids |= {"review_id": str(review_id), "waiver_id": str(waiver.id)}
        ids |= {"institution_id": str(case.institution_id), "section": "problem", "code": "x", "name": "x", "path": "x"}
    walked = set()
    for route in visitors.app.routes:
        if not isinstance(route, HTTPRoute) or not any(
            "GET" in handler.http_methods for handler in route.route_handlers
        ):
            continue
        if route.path.startswith("/static"):
            continue
        path = route.path_format
        for part in route.path_components:
            if not isinstance(part, str):
                path = path.replace("{" + part.name + "}", ids.get(part.name, str(case.id)))
        query = f"?q={TITLE}" if "list" in path or "portfolio" in path or "cases" in path else ""
        for address in {path, path + query}:
            answer = recused.raw(address)
            assert answer.status_code < 500, address
            shown = [trace for trace in traces if trace.encode() in answer.content]
            # a page may repeat what was searched for; it may not find it
            assert not shown or (query and shown == [TITLE] and initiative.number.encode() not in answer.content), (
                address
            )
            walked.add(address)
    assert f"/cases/{stage.case_id}/reviews" in walked
    assert f"/cases/{stage.case_id}/review" in walked
    assert f"/waivers/{waiver.id}" in walked


def test_the_walk_would_see_the_case_if_it_were_there(visitors, stage):
    """The same walk, by somebody who is not recused: a test that cannot fail proves nothing."""
    page = visitors.of(stage.analyst.person_id).get(f"/cases/{stage.case_id}/reviews")
    assert TITLE in page.text


def test_a_recused_person_is_never_proposed_again(database, visitors, stage, recused):
    page = visitors.of(stage.secretary.person_id).get("/reviews/assign")
    assert "Reviewer 2" in page.main
    assert "Reviewer 1," not in page.main
