"""The reviewer's way through the browser, without script: declare, write, file; and autosave's answers."""

import json

import pytest
from sqlalchemy import select
from sqlmodel import col

from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import CaseStatus
from portfolio.peer_review.models import Review, ReviewScore
from portfolio.peer_review.sheet import seen
from portfolio.peer_review.terms import ReviewState
from portfolio.people.models import Membership
from portfolio.people.terms import Role
from review_stage import LONG, TITLE, WORDS, sheet_of
from visitors import PASSWORD


@pytest.fixture
def address(stage):
    return f"/cases/{stage.case_id}/review"


@pytest.fixture
def group(stage):
    return "problem_and_people"


def the_review(database):
    with database.reading() as session:
        return session.scalars(select(Review)).one()


def test_a_reviewer_sees_only_what_was_given_to_them(visitors, stage, address):
    browser = visitors.of(stage.reviewers[0].person_id)
    assert browser.get(address).status == 404
    assert "Nothing waits for you." in browser.get("/reviews").main


def test_the_declaration_comes_before_the_text(database, visitors, stage, address, at_work):
    browser = at_work(0)
    assert "Waiting for you" in browser.get("/reviews").main
    page = browser.get(address)
    assert page.heading == TITLE
    assert "Hay filas de tres horas." in page.main
    assert "Straw options" in page.main


def test_what_is_written_is_kept_and_only_what_was_touched_is_written(database, at_work, address, group):
    browser = at_work(0)
    page = browser.get(address)
    shown = {"seen.summary": page.value("seen.summary"), f"seen.reason.{group}": page.value(f"seen.reason.{group}")}
    assert browser.post(address, {"summary": "First window", **shown}).status == 303
    old_window = browser.post(address, {"summary": "", f"reason.{group}": "Second window", **shown})
    assert old_window.status == 303
    page = browser.get(address)
    assert (page.value("summary").strip(), page.value(f"reason.{group}").strip()) == ("First window", "Second window")


def test_what_is_missing_is_said_beside_the_field_and_nothing_typed_is_lost(at_work, address, group):
    browser = at_work(0)
    page = browser.post(address, {f"score.{group}": "0", f"reason.{group}": "Too short", "act": "check"})
    assert page.status == 422
    assert page.error(f"reason-{group}") == "A score this low needs a fuller reason: at least 80 characters"
    assert page.value(f"reason.{group}").strip() == "Too short"
    assert page.error("summary") == "Enter 40 characters or more"
    assert browser.get(address).value(f"reason.{group}").strip() == "Too short"


@pytest.mark.parametrize(("name", "typed"), [("score.problem_and_people", "5"), ("summary", "x" * 8001)])
def test_a_hostile_value_is_refused_beside_its_field(at_work, address, name, typed):
    page = at_work(0).post(address, {name: typed, "act": "save"})
    assert page.status == 422
    assert page.error(name.replace(".", "-"))


def test_a_review_is_filed_once_with_password_and_the_digest_shown(database, at_work, files, address):
    browser = at_work(0)
    assert files(browser, 3).status == 303
    review = the_review(database)
    assert (review.state, review.total, len(review.digest)) == (ReviewState.FILED, 7500, 64)
    assert "75" in browser.get(address).main
    assert browser.post(address, {"summary": "Changed my mind"}).status == 409
    assert browser.get(f"{address}/file").status == 409
    assert the_review(database).summary == WORDS


def test_a_wrong_password_files_nothing(database, at_work, address, group):
    browser = at_work(0)
    browser.post(address, {**sheet_of(2), "act": "save"})
    page = browser.get(f"{address}/file")
    refused = browser.post(f"{address}/file", {"password": "wrong", "digest": page.value("digest")})
    assert refused.status == 422
    assert refused.error("password")
    assert the_review(database).state is ReviewState.ACCEPTED


def test_what_changed_in_another_window_is_not_filed_unseen(database, at_work, address, group):
    browser = at_work(0)
    browser.post(address, {**sheet_of(2), "act": "save"})
    page = browser.get(f"{address}/file")
    browser.post(address, {f"score.{group}": "4", "act": "save"})
    refused = browser.post(f"{address}/file", {"password": PASSWORD, "digest": page.value("digest")})
    assert refused.status == 409
    assert the_review(database).state is ReviewState.ACCEPTED


def test_a_conflict_that_arises_after_the_assignment_blocks_the_act(database, at_work, stage, address):
    browser = at_work(0)
    with database.writing() as session:
        from datetime import date

        from portfolio.audit.terms import Tag
        from portfolio.audit.trail import record
        from portfolio.people.viewer import SYSTEM

        row = Membership(
            person_id=stage.reviewers[0].person_id,
            institution_id=stage.agency,
            role=Role.BUYER,
            valid_from=date(2020, 1, 1),
        )
        session.add(row)
        record(session, SYSTEM, Tag.ROLE_GRANTED, row)
    refused = browser.post(address, {"summary": WORDS, "act": "save"})
    assert refused.status == 409
    assert "Works in the institution that presents the case." in refused.main


def test_a_case_that_left_review_takes_no_more_words(database, at_work, stage, address):
    browser = at_work(0)
    with database.writing() as session:
        from portfolio.audit.terms import Tag
        from portfolio.audit.trail import record
        from portfolio.people.viewer import SYSTEM

        case = session.get_one(BusinessCase, stage.case_id)
        case.status = CaseStatus.INCOMPLETE
        record(session, SYSTEM, Tag.CASE_MOVED, case)
    assert browser.post(address, {"summary": WORDS}).status == 409


def test_declining_gives_it_back_and_the_case_is_gone(database, at_work, stage, address):
    browser = at_work(0)
    assert browser.post(f"{address}/decline", {"decline_reason": "no"}).status == 422
    assert browser.post(f"{address}/decline", {"decline_reason": "I am on leave until March"}).location.startswith(
        "/reviews"
    )
    assert browser.get(address).status == 404
    assert the_review(database).state is ReviewState.DECLINED


def autosaved(browser, address, field, value, version):
    answer = browser.post(f"{address}/save", {"field": field, "value": value, "version": version})
    return answer.status, answer.text


def test_autosave_keeps_each_field_and_says_its_version(database, at_work, address, group):
    browser = at_work(0)
    status, text = autosaved(browser, address, f"reason.{group}", LONG, seen(""))
    assert (status, json.loads(text)["version"]) == (200, seen(LONG))
    assert autosaved(browser, address, f"score.{group}", "3", "0")[0] == 200
    assert autosaved(browser, address, f"score.{group}", "2", "0")[0] == 200
    with database.reading() as session:
        row = session.scalars(select(ReviewScore).where(col(ReviewScore.group_code) == group)).one()
        assert (row.score, row.reason) == (2, LONG)


def test_autosave_of_another_window_gets_both_texts(at_work, address, group):
    browser = at_work(0)
    autosaved(browser, address, "summary", "from one window", seen(""))
    status, text = autosaved(browser, address, "summary", "from the other", seen(""))
    assert status == 409
    assert "from one window" in text
    assert "from the other" in text
    assert f'data-version="{seen("from one window")}"' in text
    assert autosaved(browser, address, "summary", "from the other", seen("from one window"))[0] == 200


@pytest.mark.parametrize(("field", "value"), [("score.nothing", "1"), ("total", "1"), ("score.delivery", "9")])
def test_autosave_takes_no_other_field_and_no_other_value(at_work, address, field, value):
    assert autosaved(at_work(0), address, field, value, "")[0] == 422
