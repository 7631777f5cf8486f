"""A mandatory standard that is not met proposes an observation; a person makes it, once for each finding and version."""

import pytest
from sqlalchemy import select

from conftest import NOW
from portfolio.approvals.models import VerdictObservation
from portfolio.approvals.verdict_observations import proposed_observations
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.snapshots import newest_snapshot
from portfolio.business_cases.terms import CaseStatus
from portfolio.checks.frozen import frozen_standards
from portfolio.checks.models import Waiver
from portfolio.checks.terms import WaiverState
from portfolio.packs.loader import load_pack
from portfolio.packs.terms import StandardLevel
from portfolio.peer_review.models import Observation
from portfolio.peer_review.terms import ObservationKind
from review_stage import TITLE, a_stage, declared_content

PACK = load_pack("eclac")


@pytest.fixture
def stage(database):
    with database.writing() as session:
        session.info["now"] = NOW
        return a_stage(session, CaseStatus.CHECKING, content=declared_content(TITLE))


@pytest.fixture
def codes(database, stage):
    """A mandatory standard and one that is only recommended, of the case's own."""
    with database.reading() as session:
        standards = frozen_standards(PACK, newest_snapshot(session, stage.case_id)).standards
    must = next(one.code for one in standards if one.level is StandardLevel.MUST)
    return must, next(one.code for one in standards if one.level is not StandardLevel.MUST)


def give(visitors, stage, result="not_met", **codes):
    data = {}
    for code in codes.values():
        data |= {f"result.{code}": result, f"comment.{code}": "Nothing in the annex shows it."}
    return visitors.of(stage.officer.person_id).post(f"/cases/{stage.case_id}/check", data)


def proposals(database, stage):
    with database.reading() as session:
        session.info["now"] = NOW
        case = session.get_one(BusinessCase, stage.case_id)
        found = proposed_observations(session, PACK, case, newest_snapshot(session, case.id))
        return list(found.values())


def made(database):
    with database.reading() as session:
        return session.scalars(select(Observation)).all(), session.scalars(select(VerdictObservation)).all()


def test_only_a_mandatory_standard_that_is_not_met_is_proposed_and_nothing_is_made(database, visitors, stage, codes):
    must, should = codes
    assert give(visitors, stage, must=must, should=should).status == 303
    (only,) = proposals(database, stage)
    assert only.standard.code == must
    assert must in only.text
    assert "Nothing in the annex shows it." in only.text
    assert made(database) == ([], [])


def test_one_press_makes_it_blocking_on_its_section_and_ties_it_to_the_finding(database, visitors, stage, codes):
    give(visitors, stage, must=codes[0])
    officer, page_at = visitors.of(stage.officer.person_id), f"/cases/{stage.case_id}/check"
    verdict_id = proposals(database, stage)[0].verdict.id
    text = next(e.get("value") for e in officer.get(page_at).tree.iter() if e.get("name") == "text")
    page = officer.follow(officer.post(f"{page_at}/{verdict_id}/observation", {"text": text}))
    assert "tied to its finding" in page.text
    (observation,), (link,) = made(database)
    assert (observation.kind, observation.section) == (ObservationKind.BLOCKING, "standards")
    assert (link.verdict_id, link.observation_id) == (verdict_id, observation.id)
    assert proposals(database, stage) == []
    again = officer.post(f"{page_at}/{verdict_id}/observation", {"text": text})
    assert again.status == 409
    assert "already" in again.text
    assert len(made(database)[0]) == 1


def test_its_words_can_be_changed_and_too_few_come_back(database, visitors, stage, codes):
    give(visitors, stage, must=codes[0])
    verdict_id = proposals(database, stage)[0].verdict.id
    officer, address = visitors.of(stage.officer.person_id), f"/cases/{stage.case_id}/check/{verdict_id}/observation"
    assert codes[0] in officer.get(address).text
    few = officer.post(address, {"text": "No"})
    assert few.status == 422
    assert few.error("text")
    assert officer.post(address, {"text": "Show the test of recovery of June."}).status == 303
    assert made(database)[0][0].text == "Show the test of recovery of June."


def test_a_waived_or_mended_finding_proposes_nothing(database, visitors, stage, codes):
    give(visitors, stage, must=codes[0])
    verdict_id = proposals(database, stage)[0].verdict.id
    with database.writing() as session:
        row = Waiver(
            case_id=stage.case_id,
            standard=codes[0],
            reason="r",
            compensation="c",
            expires_on=NOW.date().replace(year=NOW.year + 20),
            state=WaiverState.GRANTED,
            proposed_by_id=stage.officer.person_id,
            proposed_at=NOW,
        )
        session.add(row)
        record(session, stage.officer, Tag.WAIVER_DECIDED, row)
    assert proposals(database, stage) == []
    officer = visitors.of(stage.officer.person_id)
    refused = officer.post(f"/cases/{stage.case_id}/check/{verdict_id}/observation", {"text": "A text of some length"})
    assert refused.status == 409


def test_the_institution_sees_no_proposal_and_makes_none(database, visitors, stage, codes):
    give(visitors, stage, must=codes[0])
    verdict_id = proposals(database, stage)[0].verdict.id
    lead = visitors.of(stage.lead.person_id)
    assert "has no observation" not in lead.get(f"/cases/{stage.case_id}/check").text
    answer = lead.post(f"/cases/{stage.case_id}/check/{verdict_id}/observation", {"text": "A text of some length"})
    assert answer.status == 403
