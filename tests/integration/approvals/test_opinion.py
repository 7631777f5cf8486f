"""Opinions, conditions, letters and reconsideration, on both databases."""

import uuid
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select
from sqlmodel import col

from conftest import NOW
from decision_stage import (
    MILLION,
    a_case_for,
    a_condition_text,
    a_stage,
    an_observation,
    an_opinion,
    chosen_grounds,
)
from portfolio.approvals import conditions, letters, reconsiderations
from portfolio.approvals.facts import present_opinion
from portfolio.approvals.letter_document import letter_document
from portfolio.approvals.models import Condition, Opinion, OpinionDraft
from portfolio.approvals.opinions import draft_of, opinion_digest, pass_on, save_opinion, sign_opinion, why_not_write
from portfolio.approvals.terms import ConditionState, OpinionOutcome, ReconsiderationState
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.terms import CaseStatus
from portfolio.errors import NotFound, Refused
from portfolio.files.store import FileStore
from portfolio.i18n import language
from portfolio.identity.models import Account
from portfolio.identity.passwords import hash_password
from portfolio.notifications.models import Notice
from portfolio.peer_review.models import Observation
from portfolio.peer_review.terms import ObservationKind, ObservationState
from portfolio.people.models import Recusal
from portfolio.people.terms import RecusalKind
from visitors import PASSWORD

SECRET = "s" * 32
HASH = hash_password(PASSWORD)
FAVOURABLE, WITH_CONDITIONS = OpinionOutcome.FAVOURABLE, OpinionOutcome.WITH_CONDITIONS


@pytest.fixture
def stage(session):
    found = a_stage(session)
    for viewer in (found.head, found.analyst, found.judge):
        row = Account(person_id=viewer.person_id, password_hash=HASH)
        session.add(row)
        record(session, None, Tag.ACCOUNT_ACTIVATED, row)
    session.flush()
    return found


def written(session, stage, case, outcome=FAVOURABLE, **more):
    grounds = chosen_grounds(session, stage, case)
    wanted = {
        "outcome": outcome,
        "recommended_minor": None if outcome is OpinionOutcome.UNFAVOURABLE else MILLION,
        "reasons": "The need is real.",
        "grounds": grounds,
        "conditions": [a_condition_text(f"{grounds[0]['kind']}:{grounds[0]['id']}")]
        if outcome is WITH_CONDITIONS
        else [],
    }
    return save_opinion(session, stage.analyst, stage.pack, case, **{**wanted, **more})


def sign(session, stage, case, by=None):
    shown = opinion_digest(session, stage.pack, case, draft_of(session, case))
    return sign_opinion(session, by or stage.head, stage.pack, SECRET, case, PASSWORD, shown)


def ready(session, stage, outcome=FAVOURABLE):
    case = a_case_for(session, stage)
    an_observation(session, stage, case)
    written(session, stage, case, outcome)
    return case


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (FAVOURABLE, CaseStatus.RECOMMENDED),
        (WITH_CONDITIONS, CaseStatus.CONDITIONED),
        (OpinionOutcome.UNFAVOURABLE, CaseStatus.UNFAVOURABLE),
    ],
)
def test_the_signed_opinion_moves_the_case_and_carries_its_sources(session, stage, outcome, status):
    case = ready(session, stage, outcome)
    pass_on(session, stage.analyst, stage.pack, case)
    opinion = sign(session, stage, case)
    assert case.status is status
    assert (opinion.body, opinion.drafted_by_id) == ("directive", stage.analyst.person_id)
    assert [ground["title"] for ground in opinion.grounds]
    assert all(ground["anchor"] and ground["id"] for ground in opinion.grounds)
    assert draft_of(session, case) is None
    found = session.scalars(select(Condition).where(col(Condition.opinion_id) == opinion.id)).all()
    assert len(found) == (1 if outcome is WITH_CONDITIONS else 0)


def test_passing_on_tells_the_head_and_an_edit_takes_the_draft_back(session, stage):
    case = ready(session, stage)
    pass_on(session, stage.analyst, stage.pack, case)
    assert draft_of(session, case).ready_at == NOW
    told = session.scalars(select(col(Notice.person_id)).where(col(Notice.kind) == "opinion_ready")).all()
    assert told == [stage.head.person_id]
    written(session, stage, case, reasons="Other words.")
    assert draft_of(session, case).ready_at is None


def test_what_is_signed_is_what_was_shown(session, stage):
    case = ready(session, stage)
    shown = opinion_digest(session, stage.pack, case, draft_of(session, case))
    written(session, stage, case, reasons="Other words.")
    with pytest.raises(Refused, match="Read it again"):
        sign_opinion(session, stage.head, stage.pack, SECRET, case, PASSWORD, shown)
    assert session.scalar(select(Opinion)) is None


def test_the_record_that_grows_changes_what_is_shown(session, stage):
    case = ready(session, stage)
    shown = opinion_digest(session, stage.pack, case, draft_of(session, case))
    observation = an_observation(session, stage, case)
    assert opinion_digest(session, stage.pack, case, draft_of(session, case)) == shown
    observation.text = "Not this one"
    session.flush()
    cited = draft_of(session, case).grounds[0]["id"]
    session.get_one(Observation, uuid.UUID(cited)).text = "Changed"
    session.flush()
    assert opinion_digest(session, stage.pack, case, draft_of(session, case)) != shown


def test_a_blocking_observation_stops_the_signature(session, stage):
    case = ready(session, stage)
    an_observation(session, stage, case, ObservationState.OPEN, ObservationKind.BLOCKING)
    with pytest.raises(Refused, match="1 blocking observation is not resolved"):
        sign(session, stage, case)


def test_an_opinion_without_sources_is_refused(session, stage):
    case = ready(session, stage)
    written(session, stage, case, grounds=[])
    with pytest.raises(Refused, match="without its source"):
        sign(session, stage, case)


def test_another_bodys_head_and_a_budget_person_write_and_sign_nothing(session, stage):
    case = ready(session, stage)
    for other in (stage.judge, stage.decider):
        assert "only people of Digital Government Directorate" in " ".join(
            why_not_write(session, other, stage.pack, case)
        )
    with pytest.raises(Refused, match="only people of Digital Government Directorate"):
        sign(session, stage, case, by=stage.judge)


def test_no_opinion_is_drafted_outside_the_check(session, stage):
    case = a_case_for(session, stage, CaseStatus.RECOMMENDED)
    an_observation(session, stage, case)
    with pytest.raises(Refused, match="no opinion is written"):
        written(session, stage, case)
    assert session.scalar(select(OpinionDraft)) is None


def test_the_letter_is_made_from_the_record_and_made_again_byte_for_byte(session, stage, tmp_path):
    first, second = ready(session, stage, WITH_CONDITIONS), ready(session, stage)
    for case in (first, second):
        sign(session, stage, case)
    store = FileStore(tmp_path)
    letter = letters.issue_letter(session, stage.analyst, stage.pack, store, "https://example.org/", [first, second])
    content = store.path(letter.file_sha256).read_bytes()
    with zipfile.ZipFile(BytesIO(content)) as archive:
        text = archive.read("word/document.xml").decode() + archive.read("word/footer1.xml").decode()
    for wanted in (
        first.title,
        second.title,
        "favorable con condiciones",
        letter.record_digest[:8],
        "Show the integration test",
    ):
        assert wanted in text, wanted
    address = letters.verification_address("https://example.org/", letter.record_digest)
    assert address in text
    with language("pt"):
        again = letter_document(
            stage.pack, letters.letter_record(session, stage.pack, letter), letter.record_digest, address
        )
    assert again == content
    assert letters.letter_with_digest(session, f" {letter.record_digest.upper()} ") is letter
    assert letters.letter_with_digest(session, letter.file_sha256) is letter
    assert letters.letter_with_digest(session, "0" * 64) is None


def test_whoever_is_recused_from_one_case_does_not_read_the_letter(session, stage, tmp_path):
    case = ready(session, stage)
    sign(session, stage, case)
    letter = letters.issue_letter(session, stage.analyst, stage.pack, FileStore(tmp_path), "https://x.org", [case])
    assert letters.get_letter(session, stage.decider, letter.id) is letter
    assert letters.get_letter(session, stage.cio, letter.id) is letter
    session.add(
        Recusal(
            person_id=stage.decider.person_id, subject_id=case.id, kind=RecusalKind.DECLARED, reason="Family", at=NOW
        )
    )
    record(session, None, Tag.CONFLICT_DECLARED, case)
    session.flush()
    with pytest.raises(NotFound):
        letters.get_letter(session, stage.decider, letter.id)


def test_no_letter_without_a_signed_opinion(session, stage, tmp_path):
    case = ready(session, stage)
    with pytest.raises(Refused, match="has no signed opinion"):
        letters.issue_letter(session, stage.analyst, stage.pack, FileStore(tmp_path), "https://x.org", [case])


def test_a_condition_is_met_with_evidence_only(session, stage):
    case = ready(session, stage, WITH_CONDITIONS)
    sign(session, stage, case)
    condition = session.scalar(select(Condition))
    with pytest.raises(Refused, match="no evidence yet"):
        conditions.settle(session, stage.analyst, stage.pack, condition, case, ConditionState.MET, "Good")
    conditions.supply_evidence(session, stage.cio, stage.pack, condition, case, "Report 7")
    conditions.settle(session, stage.analyst, stage.pack, condition, case, ConditionState.MET, "Good")
    assert condition.state is ConditionState.MET
    with pytest.raises(Refused, match="is settled"):
        conditions.supply_evidence(session, stage.cio, stage.pack, condition, case, "More")


def test_overdue_conditions_are_told_once_and_stop_nothing(session, stage):
    case = ready(session, stage, WITH_CONDITIONS)
    sign(session, stage, case)
    due = session.scalar(select(Condition)).due_on
    at = NOW.replace(year=due.year, month=due.month, day=due.day)
    assert conditions.overdue(session, stage.pack, at) == 0
    assert conditions.overdue(session, stage.pack, at + timedelta(days=1)) == 1
    assert conditions.overdue(session, stage.pack, at + timedelta(days=2)) == 0
    kinds = set(session.scalars(select(col(Notice.kind))))
    assert {"condition_overdue", "condition_overdue_oversight"} <= kinds
    assert case.status is CaseStatus.CONDITIONED


def asked(session, stage):
    case = a_case_for(session, stage, CaseStatus.UNFAVOURABLE)
    an_observation(session, stage, case)
    an_opinion(session, stage, case, OpinionOutcome.UNFAVOURABLE)
    return case, reconsiderations.ask(session, stage.cio, stage.pack, case, "Look at annex 3")


def answer(session, stage, case, state, by=None):
    row = reconsiderations.request_of(session, case)
    shown = reconsiderations.request_digest(row, session.get_one(Opinion, row.opinion_id))
    reconsiderations.answer(
        session, by or stage.judge, stage.pack, SECRET, case, state, "Annex 3 says it", PASSWORD, shown
    )


def test_a_reopened_opinion_counts_no_more_and_a_new_one_is_written(session, stage):
    case, _row = asked(session, stage)
    answer(session, stage, case, ReconsiderationState.REOPENED)
    assert case.status is CaseStatus.CHECKING
    assert present_opinion(session, case.id) is None
    written(session, stage, case)
    session.info["now"] = NOW + timedelta(days=1)
    sign(session, stage, case)
    assert case.status is CaseStatus.RECOMMENDED


def test_an_upheld_opinion_stands_and_there_is_no_second_request(session, stage):
    case, _row = asked(session, stage)
    answer(session, stage, case, ReconsiderationState.UPHELD)
    assert case.status is CaseStatus.UNFAVOURABLE
    assert present_opinion(session, case.id) is not None
    with pytest.raises(Refused, match="no second request"):
        reconsiderations.ask(session, stage.cio, stage.pack, case, "Again")


def test_the_body_that_gave_the_opinion_does_not_judge_the_request(session, stage):
    case, _row = asked(session, stage)
    with pytest.raises(Refused, match="Investment Directorate"):
        answer(session, stage, case, ReconsiderationState.UPHELD, by=stage.head)


def test_the_term_for_asking_ends(session, stage):
    case = a_case_for(session, stage, CaseStatus.UNFAVOURABLE)
    an_opinion(session, stage, case, OpinionOutcome.UNFAVOURABLE)
    session.info["now"] = NOW + timedelta(days=120)
    with pytest.raises(Refused, match="The term for asking ended"):
        reconsiderations.ask(session, stage.cio, stage.pack, case, "Late")
