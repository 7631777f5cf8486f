"""Admission and returns: only what is named opens, the clock stands still, and the case comes back to where it was."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from case_factories import a_submitted_case
from conftest import NOW
from gate_stage import PACK, Stage, a_ready_case, a_stage, sign_off_everything
from portfolio.approvals.admissibility import (
    admit,
    awaited_answers,
    awaiting_admission,
    examine,
    return_case,
    returns_of,
)
from portfolio.approvals.moves import TransitionRefused
from portfolio.approvals.sign_offs import read_signing
from portfolio.approvals.submission import submit
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.content import content_digest, read_content
from portfolio.business_cases.differences import difference
from portfolio.business_cases.editing import lock_for_edit
from portfolio.business_cases.models import BusinessCase, CaseAnswer
from portfolio.business_cases.snapshots import content_of, newest_snapshot, snapshots_of
from portfolio.business_cases.terms import CaseStatus
from portfolio.db.engine import Database
from portfolio.errors import FieldRefused, Refused
from portfolio.packs.calendar import deadline_at
from portfolio.people.viewer import SYSTEM
from portfolio.projects.models import Initiative
from visitors import Visitors

S = CaseStatus
REASON = "The figures have no source."


def a_case_submitted_for_real(session: Session, stage: Stage) -> BusinessCase:
    case = a_ready_case(session, stage)
    sign_off_everything(session, stage, case)
    resubmit(session, stage, case)
    return case


def resubmit(session: Session, stage: Stage, case: BusinessCase) -> None:
    submit(session, stage.cio, PACK, case, content_digest(read_content(session, PACK, case)))


def change(session: Session, case: BusinessCase, section: str, question: str, value: str) -> None:
    lock_for_edit(session, SYSTEM, case, section)
    session.scalars(
        select(CaseAnswer).where(
            col(CaseAnswer.case_id) == case.id, col(CaseAnswer.section) == section, col(CaseAnswer.question) == question
        )
    ).one().value = value
    session.flush()


def test_a_return_opens_only_what_it_names_and_the_case_comes_back_with_one_new_sign_off(session: Session) -> None:
    stage = a_stage(session)
    case = a_case_submitted_for_real(session, stage)
    due = case.due_at
    row = return_case(session, stage.analyst, PACK, case, ["costs"], REASON)
    assert case.status is S.INCOMPLETE
    assert case.open_sections == ["costs"]
    assert case.clock_stopped_at == NOW
    assert case.due_at is None
    assert row.due_at == deadline_at(PACK, NOW, PACK.deadline_days("answer"))
    with pytest.raises(Refused, match="only the sections that were named"):
        change(session, case, "problem", "evidence", "Another count.")
    change(session, case, "costs", "basis", "The price list of the framework agreement.")
    with pytest.raises(TransitionRefused, match="1 sign-off by another person"):
        resubmit(session, stage, case)
    board = read_signing(session, stage.finance, PACK, case).board
    assert [one.value for one in board.unsigned] == ["costs", "funding", "procurement"]
    sign_off_everything(session, stage, case)
    assert case.status is S.INCOMPLETE
    session.info["now"] = NOW + timedelta(days=7)
    resubmit(session, stage, case)
    assert case.status is S.SUBMITTED
    assert case.open_sections == []
    assert case.clock_stopped_at is None
    assert row.came_back_at == NOW + timedelta(days=7)
    assert due is not None
    assert case.due_at == deadline_at(PACK, NOW, PACK.deadline_days("admissibility") + 5)
    assert session.get_one(Initiative, case.initiative_id).number == "PF-2027-000001"
    first, second = snapshots_of(session, case.id)
    assert second.number == 2
    changes = difference(content_of(first), content_of(second))
    assert [(one.section, one.field) for one in changes] == [("costs", "basis")]


def test_a_return_after_admission_leads_back_to_the_opinion(session: Session) -> None:
    stage = a_stage(session)
    case = a_case_submitted_for_real(session, stage)
    snapshot = newest_snapshot(session, case.id)
    assert snapshot is not None
    assert admit(session, stage.analyst, PACK, case, snapshot.digest) == "admit_to_check"
    assert case.status is S.CHECKING
    return_case(session, stage.director, PACK, case, ["procurement"], REASON)
    change(session, case, "procurement", "buys", "yes")
    change(session, case, "procurement", "buys", "no")
    resubmit(session, stage, case)
    assert case.status is S.CHECKING
    assert case.admitted_at == NOW


def test_a_return_names_sections_of_the_case_and_a_reason(session: Session) -> None:
    stage = a_stage(session)
    case = a_case_submitted_for_real(session, stage)
    for wrong in ([], ["options"], ["costs", "nonsense"]):
        with pytest.raises(FieldRefused) as refused:
            return_case(session, stage.analyst, PACK, case, wrong, REASON)
        assert refused.value.field == "sections"
    with pytest.raises(TransitionRefused, match="reason"):
        return_case(session, stage.analyst, PACK, case, ["costs"], " ")
    with pytest.raises(TransitionRefused):
        return_case(session, stage.decider, PACK, case, ["costs"], REASON)
    assert case.status is S.SUBMITTED
    assert case.open_sections == []


def test_only_the_version_that_was_examined_is_admitted(session: Session) -> None:
    stage = a_stage(session)
    case = a_case_submitted_for_real(session, stage)
    old = newest_snapshot(session, case.id)
    assert old is not None
    return_case(session, stage.analyst, PACK, case, ["costs"], REASON)
    change(session, case, "costs", "basis", "Another source.")
    sign_off_everything(session, stage, case)
    resubmit(session, stage, case)
    with pytest.raises(Refused, match="submitted again"):
        admit(session, stage.analyst, PACK, case, old.digest)
    assert len(returns_of(session, case)) == 1


def test_what_is_missing_on_the_track_is_listed_for_the_analyst(session: Session) -> None:
    stage = a_stage(session)
    case = a_submitted_case(session, stage.agency, stage.lead, stage.call, kind="new", track="full")
    found = examine(session, PACK, case)
    assert found.move == "admit"
    assert {item.section for item in found.missing} >= {"problem", "options", "costs", "risks"}
    with pytest.raises(Refused):
        examine(session, PACK, a_ready_case(session, stage))


def test_overdue_answers_are_listed(session: Session) -> None:
    stage = a_stage(session)
    case = a_case_submitted_for_real(session, stage)
    assert [one.id for one in awaiting_admission(session, stage.analyst)] == [case.id]
    row = return_case(session, stage.analyst, PACK, case, ["costs"], REASON)
    assert row.due_at is not None
    assert awaiting_admission(session, stage.analyst) == []
    assert [one.is_overdue for one in awaited_answers(session, stage.analyst, row.due_at)] == [False]
    late = awaited_answers(session, stage.analyst, row.due_at + timedelta(seconds=1))
    assert [one.is_overdue for one in late] == [True]


def test_the_analyst_returns_and_admits_on_the_pages(visitors: Visitors, database: Database) -> None:
    with database.writing() as session:
        session.info["now"] = NOW
        stage = a_stage(session)
        case = a_submitted_case(session, stage.agency, stage.lead, stage.call, kind="new", track="full")
        other = a_submitted_case(session, stage.agency, stage.lead, stage.call, kind="new", track="full", title="Other")
        record(session, stage.lead, Tag.CASE_SUBMITTED, case)
    analyst = visitors.of(stage.analyst.person_id)
    queue = analyst.get(visitors.path("approvals.admissions"))
    assert case.title in queue.main
    path = visitors.path("approvals.admission", case_id=case.id)
    page = analyst.get(path)
    assert "Admit to peer review" in page.main
    assert "What problem is to be solved?" in page.main
    back = visitors.path("approvals.return_case", case_id=other.id)
    form = analyst.get(back)
    ticked = [e.get("value") for e in form.tree.iter() if e.get("name") == "sections" and e.get("checked") is not None]
    assert "options" in ticked
    assert "attachments" not in ticked
    assert analyst.post(back, {"reason": REASON}).error("sections")
    assert analyst.post(back, {"sections": "options", "reason": ""}).error("reason")
    assert analyst.post(back, {"sections": "nonsense", "reason": REASON}).error("sections")
    done = analyst.post(back, {"sections": ["options", "costs"], "reason": REASON})
    assert "clock stands still" in analyst.follow(done).text
    assert "Other" in analyst.get(visitors.path("approvals.admissions")).main
    admitted = analyst.follow(analyst.post(path, {"digest": page.value("digest")}))
    assert "The case is admitted." in admitted.text
    assert analyst.post(path, {"digest": page.value("digest")}).status == 409
    assert analyst.post(path, {"digest": "x"}).status == 422
    with database.reading() as session:
        assert session.get_one(BusinessCase, case.id).status is S.IN_REVIEW
        assert session.get_one(BusinessCase, other.id).open_sections == ["options", "costs"]
    assert visitors.of(stage.lead.person_id).get(path).status == 403
