"""Asking for sign-offs: by the lead, when nothing else is lacking, once for each person and content."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from factories import a_person
from gate_stage import PACK, Stage, a_ready_case, a_stage, sign_off_everything
from portfolio.approvals.models import SignOffRequest
from portfolio.approvals.sign_off_requests import ask_for_sign_offs, requests_for
from portfolio.approvals.sign_offs import read_signing, reopen
from portfolio.audit.models import AuditEvent
from portfolio.audit.terms import Tag
from portfolio.business_cases.editing import note_edit
from portfolio.business_cases.models import BusinessCase, CaseAnswer
from portfolio.db.base import utc_now
from portfolio.db.engine import Database
from portfolio.errors import Refused
from portfolio.notifications.models import Notice
from portfolio.people.models import Duty
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from visitors import Visitors


def told(session: Session, kind: str = "sign_off_asked") -> Counter[object]:
    session.flush()
    return Counter(session.scalars(select(col(Notice.person_id)).where(col(Notice.kind) == kind)))


def ask(session: Session, viewer: Viewer, case: BusinessCase) -> int:
    return ask_for_sign_offs(session, viewer, PACK, case)


def edit(session: Session, stage: Stage, case: BusinessCase, value: str, section: str = "problem") -> None:
    row = session.scalars(
        select(CaseAnswer).where(col(CaseAnswer.case_id) == case.id, col(CaseAnswer.section) == section)
    ).first()
    assert row is not None
    before, row.value = row.value, value
    note_edit(session, stage.lead, case, section, [(row.question, before, value)])


def test_whoever_may_sign_is_told_once_however_often_the_button_is_pressed(session: Session) -> None:
    stage = a_stage(session)
    case = a_ready_case(session, stage)
    number = len({chair.role for chair in read_signing(session, stage.lead, PACK, case).board.chairs})
    assert ask(session, stage.lead, case) == number == 3  # two of the three roles must sign, any of them may
    assert ask(session, stage.lead, case) == 0
    assert told(session) == Counter([stage.finance.person_id, stage.cio.person_id, stage.head.person_id])
    rows = requests_for(session, case.id)
    assert {(row.person_id, row.role) for row in rows} == {
        (stage.finance.person_id, "finance_manager"),
        (stage.cio.person_id, "agency_cio"),
        (stage.head.person_id, "head_of_service"),
    }


def test_one_event_says_who_was_asked(session: Session) -> None:
    stage = a_stage(session)
    case = a_ready_case(session, stage)
    ask(session, stage.lead, case)
    ask(session, stage.lead, case)
    session.commit()
    events = session.scalars(select(AuditEvent).where(col(AuditEvent.action) == Tag.SIGN_OFFS_ASKED.value)).all()
    assert len(events) == 1
    assert all(str(one.person_id) in events[0].canon for one in (stage.finance, stage.cio, stage.head))


def test_after_a_change_they_are_asked_anew_and_who_signed_is_left_in_peace(session: Session) -> None:
    stage = a_stage(session)
    case = a_ready_case(session, stage)
    ask(session, stage.lead, case)
    sign_off_everything(session, stage, case)
    with pytest.raises(Refused, match="Every section is signed off"):
        ask(session, stage.lead, case)
    reopen(session, stage.lead, PACK, case, "A new count")
    edit(session, stage, case, "Other words than those the signer read.")
    assert ask(session, stage.lead, case) == 2
    assert told(session)[stage.cio.person_id] == 2
    assert told(session)[stage.finance.person_id] == 1


def test_who_was_asked_is_not_told_again_that_the_sign_offs_began(session: Session) -> None:
    stage = a_stage(session)
    case = a_ready_case(session, stage)
    ask(session, stage.lead, case)
    sign_off_everything(session, stage, case)
    asked = {row.person_id for row in requests_for(session, case.id)}
    assert not asked & set(told(session, "case_begin_sign_off"))


def test_without_a_request_the_other_signatories_hear_that_the_sign_offs_began(session: Session) -> None:
    stage = a_stage(session)
    case = a_ready_case(session, stage)
    sign_off_everything(session, stage, case)
    assert {stage.cio.person_id, stage.head.person_id} <= set(told(session, "case_begin_sign_off"))


def test_nothing_is_asked_while_something_else_is_lacking(session: Session) -> None:
    stage = a_stage(session)
    case = a_ready_case(session, stage)
    edit(session, stage, case, "  ")
    with pytest.raises(Refused, match="1 required answer is missing"):
        ask(session, stage.lead, case)
    assert told(session) == Counter()


def test_a_call_that_takes_no_cases_is_a_reason(session: Session) -> None:
    stage = a_stage(session)
    case = a_ready_case(session, stage)
    stage.call.closes_at = stage.call.opens_at + timedelta(seconds=1)
    session.flush()
    with pytest.raises(Refused, match="takes no cases now"):
        ask(session, stage.lead, case)


def test_only_the_lead_asks(session: Session) -> None:
    stage = a_stage(session)
    case = a_ready_case(session, stage)
    colleague = a_person(session, (Role.CASE_LEAD, stage.agency))
    with pytest.raises(Refused, match="Lea Lead leads this case"):
        ask(session, colleague, case)


def test_who_alone_wrote_the_case_is_not_asked_to_sign_it(session: Session) -> None:
    stage = a_stage(session)
    case = a_ready_case(session, stage)
    case.lead_id = stage.cio.person_id
    for duty in session.scalars(select(Duty).where(col(Duty.subject_id) == case.id)).all():
        duty.person_id = stage.cio.person_id
    session.flush()
    assert ask(session, stage.cio, case) == 2
    assert stage.cio.person_id not in told(session)


@pytest.fixture
def placed(database: Database) -> tuple[Stage, BusinessCase]:
    with database.writing() as session:
        stage = a_stage(session)
        at = utc_now()
        stage.call.opens_at, stage.call.closes_at = at.replace(year=at.year - 1), at.replace(year=at.year + 1)
        case = a_ready_case(session, stage)
    return stage, case


def test_the_page_asks_says_who_was_asked_and_asks_nobody_twice(
    visitors: Visitors, database: Database, placed: tuple[Stage, BusinessCase]
) -> None:
    stage, case = placed
    lead, address = visitors.of(stage.lead.person_id), f"/cases/{case.id}/sign-off"
    page = lead.get(address)
    assert "Cio Chief (Agency CIO)" in page.text or "Cio Chief" in page.text
    page = lead.follow(lead.post(f"{address}/requests", {}))
    assert "each has a notice" in page.text
    assert "Fin Manager" in page.text
    assert "nobody was told twice" in lead.follow(lead.post(f"{address}/requests", {})).text
    with database.reading() as session:
        assert len(session.scalars(select(SignOffRequest)).all()) == 3
    cio = visitors.of(stage.cio.person_id)
    assert "Who was asked" in cio.get(address).text
    assert cio.post(f"{address}/requests", {}).status == 409
