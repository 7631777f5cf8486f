"""A stage that every browser sees, and reviewers at work on it."""

import pytest

from conftest import NOW
from portfolio.business_cases.models import BusinessCase
from portfolio.packs.loader import load_pack
from portfolio.peer_review.assignment import assign
from review_stage import a_stage, sheet_of
from visitors import PASSWORD

PACK = load_pack("eclac")


@pytest.fixture
def stage(database):
    with database.writing() as session:
        session.info["now"] = NOW
        return a_stage(session)


@pytest.fixture
def at_work(database, visitors, stage):
    """A function: assign one more reviewer and take them past the declaration; returns their browser."""

    def put(number):
        viewer = stage.reviewers[number]
        with database.writing() as session:
            case = session.get_one(BusinessCase, stage.case_id)
            assign(session, PACK, stage.secretary, case, viewer.person_id)
        browser = visitors.of(viewer.person_id)
        assert browser.post(f"/cases/{stage.case_id}/review/accept").status == 303
        return browser

    return put


@pytest.fixture
def files(stage):
    """A function: a browser writes a whole review with one score and files it."""

    def file(browser, score):
        address = f"/cases/{stage.case_id}/review"
        answer = browser.post(address, {**sheet_of(score), "act": "check"})
        assert answer.location == f"{address}/file", answer.main
        page = browser.follow(answer)
        return browser.post(f"{address}/file", {"password": PASSWORD, "digest": page.value("digest")})

    return file
