"""Observations walked as people do it: asked, answered, resolved; blocking; hidden from whom they do not concern."""

import pytest
from sqlalchemy import select
from sqlmodel import col

from conftest import NOW
from portfolio.approvals.facts import case_facts
from portfolio.approvals.guards import nothing_blocks
from portfolio.audit.models import AuditEvent
from portfolio.audit.terms import Tag
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import CaseStatus
from portfolio.errors import FieldRefused, Refused
from portfolio.notifications.models import Notice
from portfolio.packs.loader import load_pack
from portfolio.peer_review.models import Observation
from portfolio.peer_review.observation_threads import waiting_for_answer, waiting_to_be_resolved
from portfolio.peer_review.observations import answer_observation, make_observation, resolve_observation
from portfolio.peer_review.terms import ObservationKind, ObservationState
from portfolio.people.models import Recusal
from portfolio.people.terms import RecusalKind

PACK = load_pack("eclac")
TEXT = "Where does the figure of three hours come from?"
QUESTION, BLOCKING = ObservationKind.QUESTION, ObservationKind.BLOCKING


@pytest.fixture
def opened(database, stage):
    """The stage's case in a writing session at the tests' instant."""
    with database.write() as session:
        session.info["now"] = NOW
        yield session, session.get_one(BusinessCase, stage.case_id)
        session.rollback()


def test_an_observation_has_a_term_an_event_and_one_notice_each(opened, stage):
    session, case = opened
    row = make_observation(session, stage.analyst, PACK, case, "problem", QUESTION, TEXT)
    session.commit()
    assert row.due_at > NOW
    told = session.scalars(select(col(Notice.person_id)).where(col(Notice.kind) == "observation_made")).all()
    assert sorted(told) == sorted([stage.lead.person_id, stage.cio.person_id])
    event = session.scalars(select(AuditEvent).where(col(AuditEvent.action) == Tag.OBSERVATION_MADE.value)).one()
    assert TEXT not in event.canon
    assert str(case.id) in event.canon


def test_open_blocking_ones_bar_the_opinion_until_resolved(opened, stage):
    session, case = opened
    row = make_observation(session, stage.officer, PACK, case, "standards", BLOCKING, TEXT)
    make_observation(session, stage.analyst, PACK, case, "problem", QUESTION, TEXT)
    case.status = CaseStatus.CHECKING
    session.flush()
    facts = case_facts(session, PACK, case, NOW)
    assert (facts.observations_open, facts.blocking_open) == (2, 1)
    assert nothing_blocks(facts) == "1 blocking observation is not resolved."
    answer_observation(session, stage.cio, case, row, "The evidence is attached now.")
    assert case_facts(session, PACK, case, NOW).blocking_open == 1
    resolve_observation(session, stage.head, PACK, case, row, "")
    assert case_facts(session, PACK, case, NOW).blocking_open == 0


def test_people_of_other_bodies_and_of_the_agency_neither_ask_nor_resolve(opened, stage):
    session, case = opened
    row = make_observation(session, stage.analyst, PACK, case, "problem", QUESTION, TEXT)
    for stranger in (stage.lead, stage.budget, stage.chair):
        with pytest.raises(Refused):
            make_observation(session, stranger, PACK, case, "problem", QUESTION, TEXT)
        with pytest.raises(Refused, match="their body"):
            resolve_observation(session, stranger, PACK, case, row, "Fine")
    with pytest.raises(Refused, match="do not review this case"):
        make_observation(session, stage.reviewers[0], PACK, case, "problem", QUESTION, TEXT)
    with pytest.raises(FieldRefused):
        make_observation(session, stage.analyst, PACK, case, "nonsense", QUESTION, TEXT)


def test_without_an_answer_a_resolution_says_why_and_afterwards_nothing_is_added(opened, stage):
    session, case = opened
    row = make_observation(session, stage.analyst, PACK, case, "problem", QUESTION, TEXT)
    with pytest.raises(FieldRefused) as refused:
        resolve_observation(session, stage.analyst, PACK, case, row, " ")
    assert refused.value.field == "resolution"
    resolve_observation(session, stage.analyst, PACK, case, row, "Found it in the annex.")
    with pytest.raises(Refused, match="resolved already"):
        answer_observation(session, stage.lead, case, row, "Late")
    with pytest.raises(Refused, match="resolved already"):
        resolve_observation(session, stage.analyst, PACK, case, row, "Again")


def test_nothing_is_asked_of_a_case_that_is_not_examined(opened, stage):
    session, case = opened
    case.status = CaseStatus.DECIDED
    session.flush()
    with pytest.raises(Refused, match="while a case is examined"):
        make_observation(session, stage.analyst, PACK, case, "problem", QUESTION, TEXT)


def test_what_waits_for_whom(opened, stage):
    session, case = opened
    row = make_observation(session, stage.analyst, PACK, case, "problem", QUESTION, TEXT)
    assert [one.observation.id for one in waiting_for_answer(session, stage.cio, PACK)] == [row.id]
    assert waiting_for_answer(session, stage.analyst, PACK) == []
    assert waiting_to_be_resolved(session, stage.analyst, PACK) == []
    answer_observation(session, stage.lead, case, row, "From the queue counters.")
    assert waiting_for_answer(session, stage.cio, PACK) == []
    assert [one.observation.id for one in waiting_to_be_resolved(session, stage.head, PACK)] == [row.id]
    assert waiting_to_be_resolved(session, stage.cio, PACK) == []
    told = session.scalars(select(col(Notice.person_id)).where(col(Notice.kind) == "observation_answered")).all()
    assert told == [stage.analyst.person_id]


def test_a_recused_maker_is_not_told_and_finds_nothing(opened, stage):
    session, case = opened
    row = make_observation(session, stage.analyst, PACK, case, "problem", QUESTION, TEXT)
    session.add(
        Recusal(person_id=stage.analyst.person_id, subject_id=case.id, kind=RecusalKind.DECLARED, reason="Family")
    )
    session.flush()
    answer_observation(session, stage.lead, case, row, "From the queue counters.")
    assert session.scalar(select(Notice).where(col(Notice.kind) == "observation_answered")) is None
    assert waiting_to_be_resolved(session, stage.analyst, PACK) == []


def test_reviewers_ask_unnamed_and_do_not_read_each_other_while_the_reviews_are_sealed(
    database, stage, at_work, visitors
):
    first, second = at_work(0), at_work(1)
    path = f"/cases/{stage.case_id}/observations"
    asked = first.post(path, {"section": "options", "kind": "question", "text": "Why was reuse not compared at all?"})
    assert "reuse not compared" in first.follow(asked).main
    assert "reuse not compared" not in second.get(path).main
    agency = visitors.of(stage.lead.person_id).get(path)
    assert "reuse not compared" in agency.main
    assert "A reviewer" in agency.main
    assert stage.reviewers[0].name not in agency.text
    assert stage.reviewers[0].name in visitors.of(stage.secretary.person_id).get(path).main
    assert visitors.of(stage.reviewers[2].person_id).get(path).status == 404


def test_the_thread_on_the_pages(database, stage, visitors):
    analyst, lead = visitors.of(stage.analyst.person_id), visitors.of(stage.lead.person_id)
    path = f"/cases/{stage.case_id}/observations"
    assert "There are no observations" in analyst.get(path).main
    bad = analyst.post(path, {"section": "", "kind": "nonsense", "text": "short"})
    assert bad.status == 422
    assert [bad.error(name) for name in ("section", "kind", "text")] == [
        "Fill in this field", "Choose one of the options", "Enter 10 characters or more",
    ]  # fmt: skip
    assert bad.value("text") == "short"
    page = analyst.follow(analyst.post(path, {"section": "costs", "kind": "blocking", "text": TEXT}))
    assert "1 open observation" in page.main
    assert "1 blocking observation keeps the opinion" in page.main
    with database.reading() as session:
        found = session.scalars(select(Observation)).one()
    answer = f"{path}/{found.id}/answer"
    assert lead.get(answer).location.endswith(f"#observation-{found.id}")
    assert lead.get("/observations").main.count(TEXT) == 1
    empty = lead.post(answer, {"answer": ""})
    assert empty.status == 422
    assert "Fill in this field" in empty.main
    part = lead.post(answer, {"answer": "Counted on site in June."}, part=True)
    assert part.status == 200
    assert "<html" not in part.text
    assert "Counted on site in June." in part.text
    assert analyst.post(answer, {"answer": "As the analyst"}).status == 403
    assert lead.post(f"{path}/{found.id}/resolve", {"resolution": "By myself"}).status == 403
    assert TEXT in analyst.get("/observations").main
    done = analyst.follow(analyst.post(f"{path}/{found.id}/resolve", {"resolution": "Clear now."}))
    assert "0 open observations" in done.main
    assert "Clear now." in done.main
    with database.reading() as session:
        assert session.scalars(select(Observation)).one().state is ObservationState.RESOLVED
    assert analyst.get(f"{path}/{stage.case_id}/answer").status == 404
