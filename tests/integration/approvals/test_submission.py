"""Submission: complete, signed, in time to the second, frozen, numbered without gaps, on the track that the rules give."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from case_factories import CLOSES, a_call, a_snapshot
from gate_stage import PACK, Stage, a_ready_case, a_stage, sign_off_everything
from portfolio.approvals.moves import TransitionRefused
from portfolio.approvals.submission import _chosen, read_readiness, submit, withdraw, withdrawal_digest
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.completeness import Standing
from portfolio.business_cases.content import content_digest, read_content
from portfolio.business_cases.models import BusinessCase, CaseAnswer
from portfolio.business_cases.snapshots import content_of, newest_snapshot, snapshots_of
from portfolio.business_cases.terms import CaseStatus
from portfolio.business_cases.totals import CaseTotals
from portfolio.db.engine import Database
from portfolio.db.money import Money
from portfolio.errors import Refused
from portfolio.packs.calendar import deadline_at
from portfolio.packs.choosing import choose_track
from portfolio.packs.terms import CaseKind, SentenceCode, TrackCode
from portfolio.people.models import Duty
from portfolio.people.terms import DutyKind
from portfolio.projects.models import Initiative
from portfolio.strategy.models import LateWaiver
from visitors import PASSWORD, Visitors

S = CaseStatus
FAR = datetime(2100, 1, 1, tzinfo=UTC)


def shown(session: Session, case: BusinessCase) -> str:
    return content_digest(read_content(session, PACK, case))


def number_of(session: Session, case: BusinessCase) -> str | None:
    return session.get_one(Initiative, case.initiative_id).number


def a_signed_case(session: Session, stage: Stage, title: str = "Licences of the year") -> BusinessCase:
    case = a_ready_case(session, stage, title=title)
    sign_off_everything(session, stage, case)
    return case


def test_submission_freezes_numbers_and_says_which_track_and_why(session: Session) -> None:
    stage = a_stage(session)
    case = a_signed_case(session, stage)
    digest = shown(session, case)
    snapshot = submit(session, stage.cio, PACK, case, digest)
    at = session.info["now"]
    assert case.status is S.SUBMITTED
    assert case.submitted_at == at
    assert case.track == "operation"
    assert case.due_at == deadline_at(PACK, at, PACK.deadline_days("admissibility"))
    assert number_of(session, case) == "PF-2027-000001"
    assert (snapshot.number, snapshot.digest) == (1, digest)
    assert snapshot.track_reasons[0]["en"].startswith("The case is of the kind")
    initiative = session.get_one(Initiative, case.initiative_id)
    assert (initiative.state, initiative.requested_minor) == ("submitted", 4_000_000)
    duty = session.scalars(
        select(Duty).where(col(Duty.person_id) == stage.cio.person_id, col(Duty.kind) == DutyKind.SIGNATORY)
    ).all()
    assert len(duty) == 1


def test_numbers_have_no_gaps_though_a_submission_fails(session: Session) -> None:
    stage = a_stage(session)
    first, second, third = (a_signed_case(session, stage, title) for title in "ABC")
    session.commit()
    submit(session, stage.cio, PACK, first, shown(session, first))
    session.commit()
    submit(session, stage.cio, PACK, second, shown(session, second))
    session.rollback()
    submit(session, stage.cio, PACK, third, shown(session, third))
    session.commit()
    other = a_call(session, fiscal_year=2028)
    second.call_id = other.id
    sign_off_everything(session, stage, second)
    submit(session, stage.cio, PACK, second, shown(session, second))
    assert [number_of(session, case) for case in (first, third, second)] == [
        "PF-2027-000001", "PF-2027-000002", "PF-2028-000001",
    ]  # fmt: skip


def test_what_changed_since_it_was_shown_is_not_submitted(session: Session) -> None:
    stage = a_stage(session)
    case = a_signed_case(session, stage)
    digest = shown(session, case)
    case.title = "Another title"
    record(session, stage.lead, Tag.CASE_EDITED, case)
    session.flush()
    with pytest.raises(Refused, match="changed since you opened"):
        submit(session, stage.cio, PACK, case, digest)
    with pytest.raises(TransitionRefused) as refused:  # the title is in every section: no sign-off holds any more
        submit(session, stage.cio, PACK, case, shown(session, case))
    assert refused.value.reasons[0] == "2 sign-offs by other people are missing."
    assert case.status is S.ALIGNING


def test_too_few_people_or_somebody_without_the_role_do_not_submit(session: Session) -> None:
    stage = a_stage(session)
    case = a_ready_case(session, stage)
    with pytest.raises(TransitionRefused, match="2 sign-offs"):
        submit(session, stage.cio, PACK, case, shown(session, case))
    sign_off_everything(session, stage, case)
    with pytest.raises(TransitionRefused, match="None of your roles"):
        submit(session, stage.lead, PACK, case, shown(session, case))


def test_the_second_of_two_submitters_is_refused_and_the_number_is_one(session: Session) -> None:
    stage = a_stage(session)
    case = a_signed_case(session, stage)
    digest = shown(session, case)
    submit(session, stage.cio, PACK, case, digest)
    with pytest.raises(TransitionRefused, match="no longer possible"):
        submit(session, stage.head, PACK, case, digest)
    assert number_of(session, case) == "PF-2027-000001"
    assert len(snapshots_of(session, case.id)) == 1


@pytest.mark.parametrize(
    ("late", "may"),
    [(timedelta(0), True), (timedelta(microseconds=999_999), True), (timedelta(seconds=1), False)],
)
def test_the_closing_second_itself_is_in_time_and_the_next_is_not(session: Session, late: timedelta, may: bool) -> None:
    stage = a_stage(session)
    case = a_signed_case(session, stage)
    session.info["now"] = CLOSES + late
    if may:
        submit(session, stage.cio, PACK, case, shown(session, case))
        return
    with pytest.raises(TransitionRefused, match="takes no cases now"):
        submit(session, stage.cio, PACK, case, shown(session, case))


def test_a_waiver_lets_this_case_in_late_until_its_end(session: Session) -> None:
    stage = a_stage(session)
    case, other = a_signed_case(session, stage), a_signed_case(session, stage, "Other")
    late = CLOSES + timedelta(days=3)
    session.add(
        LateWaiver(
            call_id=stage.call.id,
            case_id=case.id,
            until=late,
            reason="Flood",
            decided_by_id=stage.director.person_id,
            decided_on=CLOSES.date(),
        )
    )
    record(session, stage.director, Tag.LATE_SUBMISSION_WAIVED, case)
    session.flush()
    session.info["now"] = late + timedelta(seconds=1)
    with pytest.raises(TransitionRefused):
        submit(session, stage.cio, PACK, case, shown(session, case))
    session.info["now"] = late
    assert read_readiness(session, stage.cio, PACK, case).late_until == late
    with pytest.raises(TransitionRefused):
        submit(session, stage.cio, PACK, other, shown(session, other))
    submit(session, stage.cio, PACK, case, shown(session, case))
    assert case.status is S.SUBMITTED


def test_the_share_drawn_by_lot_takes_the_full_track_and_says_so() -> None:
    zero = Money("USD", 0)
    choice = choose_track(PACK, CaseKind.NEW, 1_000_000)
    assert choice.track.code is TrackCode.SELF_DECLARATION
    case = BusinessCase.model_construct(track=None)
    state = Standing(case, {}, CaseTotals(zero, zero, zero), choice, choice.track, frozenset(), frozenset(), ())
    drawn = _chosen(PACK, case, state, lambda bound: choice.track.sampled_percent - 1)
    missed = _chosen(PACK, case, state, lambda bound: choice.track.sampled_percent)
    assert drawn.track.code is TrackCode.FULL
    assert drawn.why[-1] == PACK.sentences[SentenceCode.DRAWN_BY_LOT]
    assert missed == choice


def test_withdrawing_is_bound_to_the_state_shown(session: Session) -> None:
    stage = a_stage(session)
    case = a_signed_case(session, stage)
    before = withdrawal_digest(case)
    submit(session, stage.cio, PACK, case, shown(session, case))
    with pytest.raises(Refused, match="moved since"):
        withdraw(session, stage.cio, PACK, case, "No longer needed", before)
    withdraw(session, stage.cio, PACK, case, "No longer needed", withdrawal_digest(case))
    assert case.status is S.WITHDRAWN
    assert case.due_at is None


def test_the_pages_lead_from_what_is_missing_to_the_number(visitors: Visitors, database: Database) -> None:
    with database.writing() as session:
        stage = a_stage(session, a_call(session, closes_at=FAR))
        case = a_ready_case(session, stage)
        lacking = a_ready_case(session, stage, title="Lacking")
        answer = session.scalars(
            select(CaseAnswer).where(col(CaseAnswer.case_id) == lacking.id, col(CaseAnswer.question) == "statement")
        ).one()
        answer.value = ""
        sign_off_everything(session, stage, case)
    cio = visitors.of(stage.cio.person_id)
    bare = cio.get(visitors.path("approvals.submit", case_id=lacking.id))
    assert "What problem is to be solved?" in bare.main
    assert "2 sign-offs by other people are missing." in bare.main
    assert bare.by_id("password") is None
    path = visitors.path("approvals.submit", case_id=case.id)
    page = cio.get(path)
    assert "Track: Operation" in page.main
    digest = page.value("digest")
    assert cio.post(path, {"digest": digest, "password": "wrong but long enough"}).error("password")
    with database.writing() as session:
        session.get_one(BusinessCase, case.id).priority = 3
        record(session, stage.lead, Tag.CASE_EDITED, session.get_one(BusinessCase, case.id))
    assert cio.post(path, {"digest": digest, "password": PASSWORD}).status == 409
    digest = cio.get(path).value("digest")
    done = cio.follow(cio.post(path, {"digest": digest, "password": PASSWORD}))
    assert "PF-2027-000001" in done.main
    assert " ".join([digest[:8], digest[8:16]]) in done.main
    assert cio.get(path).status == 303
    assert visitors.of(stage.lead.person_id).post(path, {"digest": digest, "password": PASSWORD}).status == 403


def test_the_snapshot_is_read_downloaded_and_compared(visitors: Visitors, database: Database) -> None:
    with database.writing() as session:
        stage = a_stage(session, a_call(session, closes_at=FAR))
        case = a_ready_case(session, stage)
        sign_off_everything(session, stage, case)
        first = submit(session, stage.cio, PACK, case, shown(session, case))
        content = content_of(first)
        content["sections"]["problem"]["answers"]["evidence"] = "Counted again in July."
        a_snapshot(session, case, stage.cio, number=2, track="operation", content=content)
        newest = newest_snapshot(session, case.id)
        assert newest is not None
    analyst = visitors.of(stage.analyst.person_id)
    page = analyst.get(visitors.path("approvals.snapshot", case_id=case.id, number=1))
    assert "Mail and office suite" in page.main
    assert "change since the version before" not in page.main
    second = analyst.get(visitors.path("approvals.snapshot", case_id=case.id, number=2))
    assert "1 change since the version before" in second.main
    assert "Counted again in July." in second.main
    assert analyst.get(visitors.path("approvals.snapshot", case_id=case.id, number=3)).status == 404
    file = analyst.raw(visitors.path("approvals.snapshot_file", case_id=case.id, number=2))
    assert hashlib.sha256(file.content).hexdigest() == newest.digest
    assert "attachment" in file.headers["content-disposition"]
    stranger = visitors.of(stage.decider.person_id)
    assert stranger.get(visitors.path("approvals.snapshot", case_id=case.id, number=1)).status == 200
