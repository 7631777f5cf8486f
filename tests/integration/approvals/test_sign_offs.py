"""Signing off: different people, each once, bound to what they saw; what lapses and what holds."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from factories import a_person
from gate_stage import PACK, Stage, a_ready_case, a_stage
from portfolio.approvals.models import SignOff
from portfolio.approvals.moves import TransitionRefused
from portfolio.approvals.sign_off_board import Board
from portfolio.approvals.sign_offs import (
    lapse_changed,
    lapse_everywhere,
    read_signing,
    reopen,
    sign,
    sign_many,
    sign_off_queue,
)
from portfolio.audit.models import AuditEvent
from portfolio.audit.terms import Tag
from portfolio.business_cases.editing import lock_for_edit, note_edit
from portfolio.business_cases.models import BusinessCase, CaseAnswer
from portfolio.business_cases.terms import CaseStatus
from portfolio.db.engine import Database
from portfolio.errors import Refused
from portfolio.notifications.models import Notice
from portfolio.people.models import Duty
from portfolio.people.terms import DutyKind, Role
from portfolio.people.viewer import Viewer
from visitors import PASSWORD, Visitors

F, C, H = Role.FINANCE_MANAGER, Role.AGENCY_CIO, Role.HEAD_OF_SERVICE


def digest_for(session: Session, viewer: Viewer, case: BusinessCase, role: Role) -> str:
    chair = board_of(session, viewer, case).chair_of(role)
    assert chair is not None
    return chair.digest


def board_of(session: Session, viewer: Viewer, case: BusinessCase) -> Board:
    return read_signing(session, viewer, PACK, case).board


def sign_as(session: Session, viewer: Viewer, case: BusinessCase, role: Role) -> SignOff:
    return sign(session, viewer, PACK, case, role, digest_for(session, viewer, case, role))


def edit(session: Session, stage: Stage, case: BusinessCase, section: str, question: str, value: str) -> None:
    """As the form does it: locked, kept, noted."""
    lock_for_edit(session, stage.lead, case, section)
    row = session.scalars(
        select(CaseAnswer).where(
            col(CaseAnswer.case_id) == case.id, col(CaseAnswer.section) == section, col(CaseAnswer.question) == question
        )
    ).one()
    before, row.value = row.value, value
    note_edit(session, stage.lead, case, section, [(question, before, value)])


def test_the_first_sign_off_locks_the_case_and_ties_the_signer(session: Session) -> None:
    stage = a_stage(session)
    case = a_ready_case(session, stage)
    row = sign_as(session, stage.finance, case, F)
    assert case.status is CaseStatus.ALIGNING
    assert row.sections == ["costs", "funding", "procurement"]
    duty = session.scalars(select(Duty).where(col(Duty.person_id) == stage.finance.person_id)).one()
    assert duty.kind is DutyKind.SIGNATORY
    with pytest.raises(Refused, match="being signed off"):
        edit(session, stage, case, "costs", "basis", "New words")
    board = board_of(session, stage.cio, case)
    assert (board.held, board.demanded, board.is_complete) == (1, 2, False)
    sign_as(session, stage.cio, case, C)
    assert board_of(session, stage.cio, case).is_complete


def test_nobody_signs_twice_even_in_another_role(session: Session) -> None:
    stage = a_stage(session)
    case = a_ready_case(session, stage)
    both = a_person(session, (F, stage.agency), (C, stage.agency))
    sign_as(session, both, case, F)
    with pytest.raises(Refused, match="signed off this case already"):
        sign_as(session, both, case, C)
    with pytest.raises(Refused, match="in this role already"):
        sign_as(session, stage.finance, case, F)
    assert board_of(session, both, case).held == 1


def test_a_substitute_of_a_signer_does_not_sign_again_for_them(session: Session) -> None:
    stage = a_stage(session)
    case = a_ready_case(session, stage)
    sign_as(session, stage.finance, case, F)
    grants = tuple(type(grant)(C, grant.institution_id, None, stage.finance.person_id) for grant in stage.cio.grants)
    acting = Viewer(a_person(session).person_id, "Deputy", "en", grants)
    with pytest.raises(Refused, match="The person you act for has signed"):
        sign_as(session, acting, case, C)


def test_the_only_author_does_not_sign_off(session: Session) -> None:
    stage = a_stage(session)
    case = a_ready_case(session, stage)
    case.lead_id = stage.cio.person_id
    for duty in session.scalars(select(Duty).where(col(Duty.subject_id) == case.id)).all():
        duty.person_id = stage.cio.person_id
    session.flush()
    with pytest.raises(Refused, match="alone wrote"):
        sign_as(session, stage.cio, case, C)


def test_a_role_elsewhere_or_none_signs_nothing(session: Session) -> None:
    stage = a_stage(session)
    case = a_ready_case(session, stage)
    for stranger in (stage.lead, stage.analyst, a_person(session, (F, stage.budget))):
        with pytest.raises(Refused, match="None of your roles"):
            sign(session, stranger, PACK, case, F, digest_for(session, stage.finance, case, F))
    assert case.status is CaseStatus.DRAFT


def test_an_incomplete_case_is_not_signed(session: Session) -> None:
    stage = a_stage(session)
    case = a_ready_case(session, stage)
    edit(session, stage, case, "problem", "statement", " ")
    with pytest.raises(Refused, match="1 required answer is missing"):
        sign_as(session, stage.finance, case, F)


def test_what_changed_since_the_page_was_opened_is_not_signed(session: Session) -> None:
    stage = a_stage(session)
    case = a_ready_case(session, stage)
    shown = digest_for(session, stage.finance, case, F)
    edit(session, stage, case, "costs", "basis", "Other figures than those the signer read.")
    with pytest.raises(Refused, match="changed since you opened the page"):
        sign(session, stage.finance, PACK, case, F, shown)
    assert case.status is CaseStatus.DRAFT


def test_reopening_lapses_only_what_changes_with_one_event_and_one_notice_each(session: Session) -> None:
    stage = a_stage(session)
    case = a_ready_case(session, stage)
    finance, cio = sign_as(session, stage.finance, case, F), sign_as(session, stage.cio, case, C)
    with pytest.raises(TransitionRefused, match="reason"):
        reopen(session, stage.lead, PACK, case, "  ")
    reopen(session, stage.lead, PACK, case, "A price changed")
    assert case.status is CaseStatus.DRAFT
    assert lapse_changed(session, stage.lead, PACK, case) == []
    edit(session, stage, case, "problem", "evidence", "A new count of the people who wait.")
    board = board_of(session, stage.cio, case)
    assert {one.value for one in board.unsigned} == {"problem", "attachments"}
    assert lapse_everywhere(session, PACK) == 1
    assert lapse_everywhere(session, PACK) == 0
    assert finance.lapsed_at is None
    assert cio.lapsed_at is not None
    session.commit()
    events = session.scalars(select(AuditEvent).where(col(AuditEvent.action) == Tag.SIGN_OFF_LAPSED.value)).all()
    assert len(events) == 1
    told = session.scalars(select(col(Notice.person_id)).where(col(Notice.kind) == "sign_off_lapsed")).all()
    assert sorted(told) == sorted([stage.cio.person_id, stage.lead.person_id])
    sign_as(session, stage.cio, case, C)
    assert board_of(session, stage.cio, case).is_complete


def test_going_back_to_the_same_words_keeps_the_sign_off(session: Session) -> None:
    stage = a_stage(session)
    case = a_ready_case(session, stage)
    sign_as(session, stage.finance, case, F)
    reopen(session, stage.finance, PACK, case, "To try something")
    old = "A sentence that says what is asked."
    edit(session, stage, case, "costs", "basis", "Something else for a moment.")
    edit(session, stage, case, "costs", "basis", old)
    assert lapse_everywhere(session, PACK) == 0
    assert board_of(session, stage.finance, case).held == 1


def test_the_head_of_service_answers_for_every_section(session: Session) -> None:
    stage = a_stage(session)
    case = a_ready_case(session, stage)
    sign_as(session, stage.head, case, H)
    board = board_of(session, stage.head, case)
    assert board.unsigned == ()
    assert not board.is_complete  # one more person


def test_a_batch_signs_all_or_none(session: Session) -> None:
    stage = a_stage(session)
    cases = [a_ready_case(session, stage, title=f"Case {letter}") for letter in "ABC"]
    empty = a_ready_case(session, stage, title="Case D")
    edit(session, stage, empty, "problem", "statement", " ")
    queue = sign_off_queue(session, stage.finance, PACK)
    assert [one.case.title for one in queue if one.is_ready] == ["Case A", "Case B", "Case C"]
    assert [one.case.title for one in queue if not one.is_ready] == ["Case D"]
    values = [one.value for one in queue if one.is_ready]
    assert sign_many(session, stage.finance, PACK, values) == 3
    assert {case.status for case in cases} == {CaseStatus.ALIGNING}
    assert [one.case.title for one in sign_off_queue(session, stage.finance, PACK)] == ["Case D"]
    with pytest.raises(Refused, match="Case A: Another person has signed"):
        sign_many(session, stage.finance, PACK, values)
    with pytest.raises(Refused, match="no longer there for you"):
        sign_many(session, stage.decider, PACK, values)
    with pytest.raises(Refused, match="out of date"):
        sign_many(session, stage.finance, PACK, ["nonsense"])


def test_the_page_asks_the_password_and_binds_it_to_what_is_shown(visitors: Visitors, database: Database) -> None:
    with database.writing() as session:
        stage = a_stage(session)
        case = a_ready_case(session, stage)
    path = visitors.path("approvals.sign_offs", case_id=case.id)
    finance = visitors.of(stage.finance.person_id)
    shown = finance.get(path)
    assert "You sign as Finance manager" in shown.main
    fields = {"role": shown.value("role"), "digest": shown.value("digest")}
    wrong = finance.post(path, {**fields, "password": "not mine at all"})
    assert wrong.status == 422
    assert wrong.error("password")
    with database.writing() as session:
        edit(session, stage, session.get_one(BusinessCase, case.id), "costs", "basis", "Changed meanwhile.")
    stale = finance.post(path, {**fields, "password": PASSWORD})
    assert stale.status == 409
    assert "changed since you opened the page" in stale.main
    again = finance.get(path)
    done = finance.post(path, {"role": again.value("role"), "digest": again.value("digest"), "password": PASSWORD})
    after = finance.follow(done)
    assert "Signed off" in after.main
    assert "1 of 2 sign-offs" in after.main
    assert visitors.of(stage.lead.person_id).post(path, {**fields, "password": PASSWORD}).status == 403
    assert visitors.of(stage.analyst.person_id).get(path).status == 404


def test_the_batch_page_signs_the_chosen_and_reopening_needs_words(visitors: Visitors, database: Database) -> None:
    with database.writing() as session:
        stage = a_stage(session)
        chosen, other = (a_ready_case(session, stage, title=title) for title in ("Chosen", "Other"))
    cio, path = visitors.of(stage.cio.person_id), visitors.path("approvals.sign_off_queue")
    page = cio.get(path)
    assert "Chosen" in page.main
    none = cio.post(path, {"password": PASSWORD})
    assert none.status == 422
    assert none.error("case")
    value = next(
        element.get("value") for element in page.tree.iter() if str(element.get("value")).startswith(str(chosen.id))
    )
    wrong = cio.post(path, {"case": value, "password": "wrong and long enough"})
    assert wrong.status == 422
    assert cio.follow(cio.post(path, {"case": value, "password": PASSWORD})).status == 200
    with database.reading() as session:
        assert session.get_one(BusinessCase, chosen.id).status is CaseStatus.ALIGNING
        assert session.get_one(BusinessCase, other.id).status is CaseStatus.DRAFT
    reopening = visitors.path("approvals.reopen", case_id=chosen.id)
    assert "Reopen for editing" in cio.get(reopening).main
    assert cio.post(reopening, {"reason": ""}).error("reason")
    assert "open for editing" in cio.follow(cio.post(reopening, {"reason": "A lot is missing"})).text
