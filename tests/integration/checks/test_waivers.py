"""A waiver from proposal to its last day: two authorities, two people, neither of them the proposer; passwords asked."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from portfolio.business_cases.models import BusinessCase
from portfolio.checks.models import Waiver
from portfolio.checks.queries import check_facts
from portfolio.checks.terms import WaiverState
from portfolio.checks.waivers import announce_expiry
from portfolio.packs.loader import load_pack
from portfolio.packs.terms import StandardLevel
from visitors import PASSWORD

PACK = load_pack("eclac")
LONG = "The supplier delivers the module in March, and the contract cannot be changed before."
UNTIL = date(2027, 6, 30)


@pytest.fixture
def standard(frozen):
    return next(one.code for one in frozen.standards if one.level is StandardLevel.MUST)


@pytest.fixture
def proposed(database, visitors, stage, standard):
    fields = {"standard": standard, "waiver_reason": LONG, "compensation": LONG, "expires_on": str(UNTIL)}
    answer = visitors.of(stage.cio.person_id).post(f"/cases/{stage.case_id}/waivers/new", fields)
    assert answer.status == 303, answer.main
    with database.reading() as session:
        return f"/waivers/{session.scalars(select(Waiver)).one().id}"


def decide(browser, address, decision="agree", password=PASSWORD, reason="Weighed against the risk"):
    page = browser.get(address)
    digest = page.value("digest") or "0" * 64
    fields = {"decision": decision, "decision_reason": reason, "password": password, "digest": digest}
    return browser.post(address, fields)


def state(database):
    with database.reading() as session:
        return session.scalars(select(Waiver)).one().state


def facts(database, stage, day):
    with database.reading() as session:
        return check_facts(session, PACK, session.get_one(BusinessCase, stage.case_id), day)


def test_two_authorities_grant_it_and_it_counts_to_its_last_day(database, visitors, stage, proposed, standard):
    assert standard in facts(database, stage, UNTIL).unchecked
    assert decide(visitors.of(stage.head.person_id), proposed).status == 303
    assert state(database) is WaiverState.FIRST_AGREED
    assert standard in facts(database, stage, UNTIL).unchecked
    assert decide(visitors.of(stage.chair.person_id), proposed).status == 303
    assert state(database) is WaiverState.GRANTED
    assert facts(database, stage, UNTIL).waived == (standard,)
    assert standard not in facts(database, stage, UNTIL).unchecked
    assert standard in facts(database, stage, date(2027, 7, 1)).unchecked
    with database.reading() as session:
        row = session.scalars(select(Waiver)).one()
        assert (row.first_body, row.second_body) == ("directive", "commission")


def test_the_same_person_does_not_agree_twice(database, visitors, stage, proposed):
    head = visitors.of(stage.head.person_id)
    assert decide(head, proposed).status == 303
    assert "You have agreed already" in head.get(proposed).main
    page = head.get(proposed)
    assert page.value("digest") is None
    assert decide(head, proposed).status in (403, 409)
    assert state(database) is WaiverState.FIRST_AGREED


def test_either_authority_refuses_for_good(database, visitors, stage, proposed):
    assert decide(visitors.of(stage.chair.person_id), proposed, "refuse").status == 303
    assert state(database) is WaiverState.REFUSED
    assert decide(visitors.of(stage.head.person_id), proposed).status == 409


def test_a_wrong_password_or_no_reason_decides_nothing(database, visitors, stage, proposed):
    head = visitors.of(stage.head.person_id)
    wrong = decide(head, proposed, password="wrong")
    assert wrong.status == 422
    assert wrong.error("password")
    assert decide(head, proposed, reason="").error("decision_reason")
    assert decide(head, proposed, decision="perhaps").error("decision")
    assert state(database) is WaiverState.PROPOSED


def test_what_changed_since_it_was_shown_is_not_decided(database, visitors, stage, proposed):
    chair = visitors.of(stage.chair.person_id)
    old = chair.get(proposed).value("digest")
    decide(visitors.of(stage.head.person_id), proposed)
    fields = {"decision": "agree", "decision_reason": "Weighed against it", "password": PASSWORD, "digest": old}
    assert chair.post(proposed, fields).status == 409
    assert state(database) is WaiverState.FIRST_AGREED


def test_nobody_else_decides(visitors, stage, proposed):
    for viewer in (stage.cio, stage.officer, stage.analyst, stage.budget, stage.lead):
        assert visitors.of(viewer.person_id).post(proposed, {"decision": "agree"}).status == 403


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("standard", "Z99"),
        ("standard", ""),
        ("waiver_reason", "short"),
        ("compensation", ""),
        ("expires_on", "2020-01-01"),
        ("expires_on", "2099-01-01"),
        ("expires_on", "soon"),
    ],
)
def test_a_bad_proposal_comes_back_as_typed(visitors, stage, standard, field, value):
    fields = {"standard": standard, "waiver_reason": LONG, "compensation": LONG, "expires_on": str(UNTIL)}
    page = visitors.of(stage.cio.person_id).post(f"/cases/{stage.case_id}/waivers/new", {**fields, field: value})
    assert page.status == 422
    assert page.error(field)
    if field != "compensation":
        assert page.value("compensation").strip() == LONG


def test_one_waiver_of_a_standard_waits_at_a_time(visitors, stage, proposed, standard):
    fields = {"standard": standard, "waiver_reason": LONG, "compensation": LONG, "expires_on": str(UNTIL)}
    page = visitors.of(stage.officer.person_id).post(f"/cases/{stage.case_id}/waivers/new", fields)
    assert page.status == 422
    assert page.error("standard")


def test_the_list_tells_who_is_waited_for(visitors, stage, proposed, standard):
    head = visitors.of(stage.head.person_id)
    assert "Waiting for you" in head.get("/waivers").main
    decide(head, proposed)
    assert "Waiting for somebody else" in head.get("/waivers").main
    assert "Waiting for you" in visitors.of(stage.chair.person_id).get("/waivers").main


def test_the_end_is_told_once(database, visitors, stage, proposed):
    for viewer in (stage.head, stage.chair):
        decide(visitors.of(viewer.person_id), proposed)
    with database.writing() as session:
        assert announce_expiry(session, PACK, datetime(2027, 6, 30, 22, 0, tzinfo=UTC)) == 0
        assert announce_expiry(session, PACK, datetime(2027, 7, 2, 12, 0, tzinfo=UTC)) == 3
        assert announce_expiry(session, PACK, datetime(2027, 7, 3, 12, 0, tzinfo=UTC)) == 0
