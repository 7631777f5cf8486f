"""Returns by their acts: made, written, signed, verified, sent back, published, corrected; late ones and what comes of them."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.errors import FieldRefused, Refused
from portfolio.findings.actions import answer_finding, judge_answer
from portfolio.findings.models import Finding
from portfolio.findings.queries import answers_of
from portfolio.findings.terms import FindingState, Judgement
from portfolio.monitoring.health_terms import Confidence, RatingKind
from portfolio.monitoring.portion import only
from portfolio.monitoring.told import declared_of, read_told
from portfolio.notifications.models import Notice
from portfolio.projects.terms import ProjectStage
from portfolio.returns import (
    acts,
    told,  # noqa: F401  registers what returns tell
)
from portfolio.returns.making import correct, make_due
from portfolio.returns.models import ProgressReturn, ReturnMove
from portfolio.returns.queries import moves_of, returns_of
from portfolio.returns.terms import ReturnState
from portfolio.returns.watching import open_findings, publish_verified, remind
from return_stage import SECRET, ReturnStage, a_return_stage, due, filled, signed, some_fields, verified
from visitors import PASSWORD


@pytest.fixture
def stage(session: Session) -> ReturnStage:
    return a_return_stage(session)


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_the_clock_makes_one_return_a_period_and_no_second_one(session: Session, stage: ReturnStage) -> None:
    stage.project.began_on = date(2026, 7, 1)
    today = stage.clock(2026, 10, 1)
    assert len(make_due(session, stage.pack, today)) == 1
    assert make_due(session, stage.pack, today) == []
    row = returns_of(session, stage.project.id)[0]
    assert (row.period_on, row.due_on, row.state) == (date(2026, 7, 1), date(2026, 10, 14), ReturnState.DUE)
    assert len(make_due(session, stage.pack, stage.clock(2027, 1, 4))) == 1


def test_no_return_is_owed_by_what_ended_or_began_too_late(session: Session, stage: ReturnStage) -> None:
    stage.project.began_on = date(2026, 9, 20)
    assert make_due(session, stage.pack, stage.clock(2026, 10, 1)) == []
    stage.project.began_on = date(2026, 7, 1)
    stage.project.stage = ProjectStage.WITHDRAWN
    session.flush()
    assert make_due(session, stage.pack, stage.clock(2026, 10, 1)) == []


def test_a_return_goes_from_its_writer_to_the_public(session: Session, stage: ReturnStage) -> None:
    row = due(stage, stage.clock(2027, 1, 5))
    verified(stage, row)
    assert publish_verified(session) == 1
    assert publish_verified(session) == 0
    assert row.state is ReturnState.PUBLISHED
    assert [move.move for move in moves_of(session, row.id)] == ["fill", "sign", "verify", "publish"]
    assert row.submitted_on == date(2027, 1, 5)
    assert row.seen["stage"] == stage.project.stage.value


def test_half_a_return_is_kept_and_cannot_be_put_up(session: Session, stage: ReturnStage) -> None:
    row = due(stage, stage.clock(2027, 1, 5))
    acts.save(session, stage.lead, stage.project, row, some_fields(row, done="", level=None))
    assert acts.missing_names(row) == ["done", "level"]
    with pytest.raises(Refused):
        acts.put_up(session, stage.lead, stage.pack, stage.project, row)


def test_the_second_of_two_writers_is_told(session: Session, stage: ReturnStage) -> None:
    row = due(stage, stage.clock(2027, 1, 5))
    shown = some_fields(row)
    acts.save(session, stage.lead, stage.project, row, shown)
    with pytest.raises(Refused, match="Somebody else saved"):
        acts.save(session, stage.scene.stage.cio, stage.project, row, shown)


def test_who_wrote_it_does_not_sign_it(session: Session, stage: ReturnStage) -> None:
    row = due(stage, stage.clock(2027, 1, 5))
    cio = stage.scene.stage.cio
    acts.save(session, cio, stage.project, row, some_fields(row))
    acts.put_up(session, cio, stage.pack, stage.project, row)
    with pytest.raises(Refused, match="does not sign"):
        acts.sign(session, cio, stage.pack, SECRET, stage.project, row, PASSWORD, acts.digest_of(row))
    acts.sign(session, stage.sponsor, stage.pack, SECRET, stage.project, row, PASSWORD, acts.digest_of(row))


def test_what_changed_since_it_was_shown_is_not_signed(session: Session, stage: ReturnStage) -> None:
    row = due(stage, stage.clock(2027, 1, 5))
    filled(stage, row)
    shown = acts.digest_of(row)
    filled(stage, row, done="Something else")
    with pytest.raises(Refused):
        acts.sign(session, stage.sponsor, stage.pack, SECRET, stage.project, row, PASSWORD, shown)


def test_a_wrong_password_hands_nothing_in(session: Session, stage: ReturnStage) -> None:
    row = due(stage, stage.clock(2027, 1, 5))
    filled(stage, row)
    with pytest.raises(FieldRefused):
        acts.sign(session, stage.sponsor, stage.pack, SECRET, stage.project, row, "wrong", acts.digest_of(row))


def test_only_the_directive_body_verifies(session: Session, stage: ReturnStage) -> None:
    row = due(stage, stage.clock(2027, 1, 5))
    signed(stage, row)
    with pytest.raises(Refused):
        acts.verify(session, stage.lead, stage.pack, SECRET, stage.project, row, PASSWORD, row.digest)


def test_what_was_sent_back_is_open_again_and_was_in_time(session: Session, stage: ReturnStage) -> None:
    row = due(stage, stage.clock(2027, 1, 5))
    signed(stage, row)
    with pytest.raises(Refused):
        acts.send_back(session, stage.verifier, stage.pack, stage.project, row, "")
    acts.send_back(session, stage.verifier, stage.pack, stage.project, row, "The cost is last year's")
    assert row.state is ReturnState.RETURNED
    stage.clock(2027, 3, 1)
    signed(stage, row, forecast_cost="950000")
    assert row.submitted_on == date(2027, 1, 5), "the first day counts"
    assert [move.move for move in moves_of(session, row.id)].count("sign") == 2


def test_a_published_return_is_corrected_by_another_edition(session: Session, stage: ReturnStage) -> None:
    row = due(stage, stage.clock(2027, 1, 5))
    with pytest.raises(Refused):
        correct(session, stage.lead, stage.project, row, "Too early")
    verified(stage, row)
    publish_verified(session)
    newer = correct(session, stage.lead, stage.project, row, "The paid amount had one zero too many")
    assert (newer.edition, newer.corrects_id, newer.state) == (2, row.id, ReturnState.DUE)
    with pytest.raises(Refused):
        correct(session, stage.lead, stage.project, row, "Again")
    verified(stage, newer, paid="10000")
    publish_verified(session)
    assert [one.paid_minor for one in returns_of(session, stage.project.id)] == [10_000_00, 100_000_00]


@pytest.mark.parametrize("act", ["update", "delete", "move"])
def test_the_database_refuses_to_change_what_is_published(session: Session, stage: ReturnStage, act: str) -> None:
    row = due(stage, stage.clock(2027, 1, 5))
    verified(stage, row)
    publish_verified(session)
    session.flush()
    statements = {
        "update": ProgressReturn.__table__.update().values(done="Better"),  # type: ignore[attr-defined]
        "delete": ProgressReturn.__table__.delete(),  # type: ignore[attr-defined]
        "move": ReturnMove.__table__.update().values(reason="Another"),  # type: ignore[attr-defined]
    }
    with pytest.raises(DatabaseError):
        session.connection().execute(statements[act])


def test_reminders_come_once_a_step_and_go_up(session: Session, stage: ReturnStage) -> None:
    due(stage, stage.clock(2027, 1, 4))

    def told_on(*day: int) -> set[str]:
        before = {row.id for row in session.scalars(select(Notice))}
        remind(session, stage.pack, stage.clock(*day))
        assert remind(session, stage.pack, date(*day)) == 0
        rows = session.scalars(select(Notice).where(col(Notice.id).not_in(before)))
        return {f"{row.kind}:{'head' if row.person_id == stage.sponsor.person_id else 'other'}" for row in rows}

    assert told_on(2027, 1, 4) == {"return_opened:other"}
    assert told_on(2027, 1, 11) == {"return_due_soon:other"}
    assert told_on(2027, 1, 18) == {"return_late:other"}
    assert "return_late:head" in told_on(2027, 1, 25)
    verifiers = {stage.scene.stage.head.person_id, stage.scene.stage.analyst.person_id}
    remind(session, stage.pack, stage.clock(2027, 2, 8))
    told_people = set(session.scalars(select(col(Notice.person_id)).where(col(Notice.kind) == "return_late")))
    assert told_people & verifiers


def test_late_twice_opens_exactly_one_finding(session: Session, stage: ReturnStage) -> None:
    due(stage, stage.clock(2027, 1, 4))
    assert open_findings(session, stage.pack, stage.clock(2027, 2, 1)) == 0, "once is no finding"
    due(stage, stage.clock(2027, 4, 5))
    assert open_findings(session, stage.pack, stage.clock(2027, 4, 14)) == 0, "the second is not late yet"
    assert open_findings(session, stage.pack, stage.clock(2027, 5, 3)) == 1
    assert open_findings(session, stage.pack, date(2027, 5, 3)) == 0
    due(stage, stage.clock(2027, 7, 5))
    assert open_findings(session, stage.pack, stage.clock(2027, 8, 2)) == 0, "the first one is not settled"
    found = session.scalars(select(Finding)).one()
    assert found.evidence.count("\n") == 1
    assert found.owner_id is not None


def test_a_finding_is_answered_and_judged_by_different_people(session: Session, stage: ReturnStage) -> None:
    due(stage, stage.clock(2027, 1, 4))
    due(stage, stage.clock(2027, 4, 5))
    today = stage.clock(2027, 5, 3)
    open_findings(session, stage.pack, today)
    found = session.scalars(select(Finding)).one()
    answer = answer_finding(session, stage.lead, stage.project, found, "A second person fills them now", today)
    with pytest.raises(Refused):
        answer_finding(session, stage.lead, stage.project, found, "Again", today)
    with pytest.raises(FieldRefused):
        judge_answer(
            session, stage.verifier, stage.project, found, answer, Judgement.NOT_ENOUGH, "", date(2027, 6, 1), today
        )
    judge_answer(
        session, stage.verifier, stage.project, found, answer, Judgement.NOT_ENOUGH, "Who?", date(2027, 6, 1), today
    )
    assert (found.state, found.due_on) == (FindingState.OPEN, date(2027, 6, 1))
    second = answer_finding(session, stage.lead, stage.project, found, "Ana Ruiz does", today)
    with pytest.raises(Refused):
        judge_answer(session, stage.lead, stage.project, found, second, Judgement.SETTLED, "", None, today)
    judge_answer(session, stage.verifier, stage.project, found, second, Judgement.SETTLED, "", None, today)
    assert found.state is FindingState.SETTLED
    assert [row.judgement for row in answers_of(session, found.id)] == [Judgement.NOT_ENOUGH, Judgement.SETTLED]


def test_what_returns_tell_is_what_the_sponsor_signed(session: Session, stage: ReturnStage) -> None:
    row = due(stage, stage.clock(2027, 1, 5))
    filled(stage, row)
    portion = only(stage.project.id)
    assert read_told(session, portion).declared.is_empty()
    acts.sign(session, stage.sponsor, stage.pack, SECRET, stage.project, row, PASSWORD, acts.digest_of(row))
    found = read_told(session, portion)
    assert found.declared.select("kind", "level").rows() == [(RatingKind.DECLARED.value, Confidence.MEDIUM.value)]
    assert found.returns["submitted_on"].to_list() == [date(2027, 1, 5)]
    assert found.progress["actual_progress_bp"].to_list() == [4_000]
    behind = declared_of(session, stage.project.id, row.period_on)
    assert behind is not None
    assert behind.return_id == row.id
    assert len(behind.evidence) == 3
