"""The secretary's batch: proposals in the form, all or nothing, reasons beside the field."""

import uuid

from sqlalchemy import select
from sqlmodel import col

from portfolio.packs.loader import load_pack
from portfolio.peer_review.models import Review
from portfolio.peer_review.reminders import remind_reviewers

PACK = load_pack("eclac")


def fields(page):
    return [e.get("name") for e in page.tree.iter() if (e.get("name") or "").startswith("reviewer.")]


def test_the_batch_proposes_and_assigns_what_is_sent(database, visitors, stage):
    browser = visitors.of(stage.secretary.person_id)
    page = browser.get("/reviews/assign")
    names = fields(page)
    chosen = {name: page.value(name) for name in names}
    assert len(names) == 2
    assert len(set(chosen.values())) == 2
    assert "Why these are proposed" in page.main
    answer = browser.post("/reviews/assign", chosen)
    assert answer.status == 303
    assert "Every case in review has its reviewers." in browser.follow(answer).main
    with database.reading() as session:
        assert {str(row.reviewer_id) for row in session.scalars(select(Review))} == set(chosen.values())


def test_one_refusal_leaves_everything_as_it_was_with_what_was_chosen(database, visitors, stage):
    browser = visitors.of(stage.secretary.person_id)
    names = fields(browser.get("/reviews/assign"))
    one = str(stage.reviewers[0].person_id)
    page = browser.post("/reviews/assign", {names[0]: one, names[1]: one})
    assert page.status == 422
    assert page.error(names[1].replace(".", "-")) == "This person has, or had, a review of this case."
    assert page.value(names[0]) == one
    for bad in (str(stage.lead.person_id), str(uuid.uuid4()), "nobody"):
        assert browser.post("/reviews/assign", {names[0]: bad}).status == 422
    assert browser.post("/reviews/assign", {}).status == 422
    with database.reading() as session:
        assert session.scalars(select(Review)).all() == []


def test_nobody_else_assigns(visitors, stage):
    for viewer in (stage.analyst, stage.head, stage.lead, stage.reviewers[0]):
        assert visitors.of(viewer.person_id).get("/reviews/assign").status == 403


def test_a_late_review_is_reminded_once_a_due_date(database, stage, at_work):
    at_work(0)
    with database.writing() as session:
        review = session.scalars(select(Review)).one()
        before = review.due_at
        assert remind_reviewers(session, PACK, review.assigned_at) == 0
        assert remind_reviewers(session, PACK, before) == 1
        assert remind_reviewers(session, PACK, before) == 0
        from datetime import timedelta

        assert remind_reviewers(session, PACK, before + timedelta(seconds=1)) == 2
        assert remind_reviewers(session, PACK, before + timedelta(days=3)) == 0


def test_a_review_is_taken_back_with_a_reason(database, visitors, stage, at_work):
    reviewer = at_work(0)
    with database.reading() as session:
        review_id = session.scalars(select(col(Review.id))).one()
    secretary = visitors.of(stage.secretary.person_id)
    address = f"/cases/{stage.case_id}/reviews/{review_id}/take-back"
    assert secretary.get(address).status == 200
    assert secretary.post(address, {"reason": ""}).error("reason")
    assert secretary.post(address, {"reason": "On leave until March"}).status == 303
    assert reviewer.get(f"/cases/{stage.case_id}/review").status == 404
