"""What reviews say is out of everybody's reach until all are in or the secretary closes; then as the pack says."""

import pytest
from sqlalchemy import select
from sqlmodel import col

from conftest import NOW
from portfolio.audit.models import AuditEvent
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import CaseStatus
from portfolio.notifications.models import Notice
from portfolio.packs.loader import load_pack
from portfolio.peer_review.models import Review
from portfolio.peer_review.queries import opened_reviews, review_facts
from portfolio.peer_review.terms import ReviewState
from review_stage import sheet_of
from visitors import PASSWORD

PACK = load_pack("eclac")
SECRET = " Palabra-sellada-99."


@pytest.fixture
def everybody(stage):
    named = ("secretary", "analyst", "officer", "head", "chair", "cio", "lead", "auditor", "budget")
    return [getattr(stage, name) for name in named] + stage.reviewers


def filed(browser, stage, score, secret=SECRET, **other):
    """`other`: scores of single groups."""
    address = f"/cases/{stage.case_id}/review"
    sheet = sheet_of(score, secret) | {f"score.{code}": str(own) for code, own in other.items()}
    page = browser.follow(browser.post(address, {**sheet, "act": "check"}))
    assert browser.post(f"{address}/file", {"password": PASSWORD, "digest": page.value("digest")}).status == 303


def addresses(visitors, stage, review_ids):
    """Every address that can be read, filled with the ids of the case and its reviews."""
    from litestar.routes import HTTPRoute

    found = []
    for route in visitors.app.routes:
        if not isinstance(route, HTTPRoute) or not any("GET" in h.http_methods for h in route.route_handlers):
            continue
        parts = {part.name for part in route.path_components if not isinstance(part, str)}
        if parts <= {"case_id", "review_id", "code", "section"}:
            for review_id in review_ids:
                path = route.path_format
                for name, value in {
                    "case_id": stage.case_id,
                    "review_id": review_id,
                    "code": "x",
                    "section": "problem",
                }.items():
                    path = path.replace("{" + name + "}", str(value))
                found.append(path)
    return sorted(set(found))


def test_sealed_words_are_on_no_page_of_anybody(database, visitors, stage, everybody, at_work):
    filed(at_work(0), stage, 3)
    at_work(1)
    with database.reading() as session:
        reviews = session.scalars(select(col(Review.id))).all()
    paths = addresses(visitors, stage, reviews)
    assert f"/cases/{stage.case_id}/reviews" in paths
    for viewer in everybody:
        if viewer is stage.reviewers[0]:
            continue
        browser = visitors.of(viewer.person_id)
        for path in paths:
            answer = browser.raw(path)
            assert "Palabra-sellada" not in answer.text, (viewer.name, path)
            assert answer.status_code < 500, (viewer.name, path)


def test_the_query_itself_gives_nothing_while_the_seal_holds(database, stage, at_work):
    """A second lock behind that of the pages: whoever calls it from elsewhere gets nothing either."""
    filed(at_work(0), stage, 3)
    with database.reading() as session:
        case = session.get_one(BusinessCase, stage.case_id)
        facts = review_facts(session, PACK, case)
        assert facts.is_sealed
        assert list(opened_reviews(session, facts, case)) == []


def test_sealed_words_are_in_no_notice_and_no_event(database, stage, at_work):
    filed(at_work(0), stage, 3)
    with database.reading() as session:
        texts = [str(row.params) for row in session.scalars(select(Notice))]
        texts += list(session.scalars(select(col(AuditEvent.canon))))
    assert not [text for text in texts if "sellada" in text or '"score"' in text or '"total"' in text]


def test_the_seal_opens_for_oversight_when_all_are_in_and_for_the_institution_at_the_closing(visitors, stage, at_work):
    filed(at_work(0), stage, 3)
    filed(at_work(1), stage, 3, delivery=0)
    page = f"/cases/{stage.case_id}/reviews"
    secretary, cio = visitors.of(stage.secretary.person_id), visitors.of(stage.cio.person_id)
    opened = secretary.get(page)
    assert "Palabra-sellada" in opened.main
    assert "Reviewer 1" in opened.main
    assert "69.38" in opened.main
    assert "11.25" in opened.main
    assert "Palabra-sellada" not in cio.get(page).main
    assert secretary.post(f"{page}/close", {"move": "close_reviews"}).status == 303
    shown = cio.get(page)
    assert "Palabra-sellada" in shown.main
    assert "Review A" in shown.main
    assert "Reviewer 1" not in shown.text
    assert "Institution of Reviewer" not in shown.text
    assert "Filed" not in shown.by_id("opened").itertext()


def test_reviews_that_differ_call_a_third_and_stay_sealed_until_it_is_in(database, visitors, stage, at_work):
    filed(at_work(0), stage, 4)
    filed(at_work(1), stage, 3)
    secretary, page = visitors.of(stage.secretary.person_id), f"/cases/{stage.case_id}/reviews"
    sealed = secretary.get(page)
    assert "one more review is called" in sealed.main
    assert "Palabra-sellada" not in sealed.main
    assert secretary.post(f"{page}/close", {"move": "close_reviews"}).status == 409
    third = at_work(2)
    with database.reading() as session:
        facts = review_facts(session, PACK, session.get_one(BusinessCase, stage.case_id))
        assert (facts.third_needed, facts.third_assigned, facts.lacking) == (True, True, 0)
    filed(third, stage, 4)
    assert "Palabra-sellada" in secretary.get(page).main
    assert secretary.post(f"{page}/close", {"move": "close_reviews"}).status == 303


def test_closing_without_the_others_needs_a_reason_and_ends_what_is_open(database, visitors, stage, at_work):
    filed(at_work(0), stage, 3)
    late = at_work(1)
    secretary, page = visitors.of(stage.secretary.person_id), f"/cases/{stage.case_id}/reviews"
    assert secretary.post(f"{page}/close", {"move": "close_reviews_early"}).status == 409
    assert secretary.post(f"{page}/close", {"move": "close_reviews"}).status == 409
    answer = secretary.post(f"{page}/close", {"move": "close_reviews_early", "reason": "The second reviewer is ill"})
    assert answer.status == 303
    with database.reading() as session:
        states = {row.reviewer_id: row.state for row in session.scalars(select(Review))}
        assert states[stage.reviewers[1].person_id] is ReviewState.CLOSED
        assert session.get_one(BusinessCase, stage.case_id).status is CaseStatus.CHECKING
    assert late.get(f"/cases/{stage.case_id}/review").status == 404


def test_only_the_secretary_closes(visitors, stage, at_work):
    filed(at_work(0), stage, 3)
    page = f"/cases/{stage.case_id}/reviews/close"
    for viewer in (stage.analyst, stage.head, stage.cio, stage.reviewers[0]):
        assert visitors.of(viewer.person_id).post(page, {"reason": "because"}).status == 403


def test_a_new_version_is_reviewed_again_and_old_words_stay_sealed(database, stage, at_work):
    from case_factories import a_snapshot
    from portfolio.peer_review.actions import renew_reviews
    from portfolio.peer_review.queries import drafts_of

    filed(at_work(0), stage, 3)
    at_work(1)
    with database.writing() as session:
        session.info["now"] = NOW
        case = session.get_one(BusinessCase, stage.case_id)
        snapshot = a_snapshot(session, case, stage.lead, number=2)
        assert renew_reviews(session, PACK, stage.lead, case, snapshot) == 2
    with database.reading() as session:
        rows = session.scalars(select(Review).order_by(col(Review.created_at))).all()
        assert [row.state for row in rows] == [ReviewState.SUPERSEDED, ReviewState.ACCEPTED, ReviewState.ACCEPTED]
        assert {row.snapshot_id for row in rows if row.state is ReviewState.ACCEPTED} == {snapshot.id}
        assert drafts_of(session, rows[2].id)[1].endswith("Palabra-sellada-99.")
        facts = review_facts(session, PACK, session.get_one(BusinessCase, stage.case_id))
        assert (facts.filed, facts.outstanding, facts.is_sealed) == (0, 2, True)
