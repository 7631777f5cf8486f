"""Out of tolerance is taken up at once, answered by who may, called back when milder, and told once when late."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlmodel import col

from conftest import NOW
from portfolio.audit.models import AuditEvent
from portfolio.audit.terms import Tag
from portfolio.db.engine import Database
from portfolio.errors import Refused
from portfolio.jobs.claims import run_slot
from portfolio.jobs.timetable import JobContext, job_named
from portfolio.notifications.models import Notice
from portfolio.packs.calendar import add_working_days
from portfolio.packs.terms import Tier
from portfolio.people.models import Recusal
from portfolio.people.terms import RecusalKind
from portfolio.risk import jobs
from portfolio.risk.escalations import answer, mark_overdue
from portfolio.risk.models import Risk, RiskEscalation
from portfolio.risk.register import Point, assess
from portfolio.risk.terms import EscalationState, RiskState, Stance
from portfolio.risk.treatment import move_risk
from portfolio.settings import Settings
from risk_stage import PACK, RiskStage, a_risk, a_risk_stage


@pytest.fixture
def stage(session: Session) -> RiskStage:
    return a_risk_stage(session)


def escalations(session: Session, risk: Risk) -> list[RiskEscalation]:
    return list(
        session.scalars(
            select(RiskEscalation).where(col(RiskEscalation.risk_id) == risk.id).order_by(col(RiskEscalation.id))
        )
    )


def told(session: Session, kind: str) -> set[object]:
    session.flush()
    return set(session.scalars(select(col(Notice.person_id)).where(col(Notice.kind) == kind)))


def rate(session: Session, stage: RiskStage, risk: Risk, likelihood: int, impact: int) -> None:
    assess(
        session,
        stage.lead,
        PACK,
        stage.project,
        risk,
        Stance.RESIDUAL,
        Point(likelihood, impact),
        "Looked again",
        confirmed=True,
    )


def test_a_tolerated_risk_stays_with_the_project(session: Session, stage: RiskStage) -> None:
    assert escalations(session, a_risk(session, stage, (3, 3))) == []


def test_a_high_risk_is_before_the_directive_body_with_a_deadline_and_told(session: Session, stage: RiskStage) -> None:
    (row,) = escalations(session, a_risk(session, stage, (4, 4)))
    assert (row.tier, row.rating, row.state) == (Tier.DIRECTIVE, "high", EscalationState.OPEN)
    assert row.due_on == add_working_days(PACK, NOW.astimezone(PACK.zone).date(), 10)
    assert told(session, "risk_escalated") == {stage.analyst.person_id, stage.director.person_id}
    session.commit()
    assert session.scalar(select(func.count()).where(col(AuditEvent.action) == Tag.RISK_ESCALATED.value)) == 1


def test_getting_worse_later_escalates_and_only_once(session: Session, stage: RiskStage) -> None:
    risk = a_risk(session, stage, (2, 2))
    for point in ((4, 4), (5, 4), (5, 5)):
        rate(session, stage, risk, *point)
    assert len(escalations(session, risk)) == 1


def test_milder_again_lifts_it(session: Session, stage: RiskStage) -> None:
    risk = a_risk(session, stage, (4, 4))
    rate(session, stage, risk, 2, 2)
    assert [row.state for row in escalations(session, risk)] == [EscalationState.LIFTED]


def test_what_was_answered_does_not_climb_again_unless_worse(session: Session, stage: RiskStage) -> None:
    risk = a_risk(session, stage, (4, 4))
    answer(session, stage.analyst, PACK, stage.project, risk, "Two lots instead of one.", passes_on=False)
    rate(session, stage, risk, 4, 3)
    assert len(escalations(session, risk)) == 1
    rate(session, stage, risk, 5, 5)
    assert [row.state for row in escalations(session, risk)] == [EscalationState.ANSWERED, EscalationState.OPEN]
    assert told(session, "risk_escalation_answered") == {stage.lead.person_id, stage.cio.person_id}


def test_an_extreme_risk_is_passed_on_and_the_chair_answers(session: Session, stage: RiskStage) -> None:
    risk = a_risk(session, stage, (5, 5))
    with pytest.raises(Refused, match="pass it on"):
        answer(session, stage.analyst, PACK, stage.project, risk, "We carry it.", passes_on=False)
    answer(session, stage.analyst, PACK, stage.project, risk, "Beyond us.", passes_on=True)
    first, second = escalations(session, risk)
    assert (first.state, second.tier) == (EscalationState.PASSED_ON, Tier.STRATEGIC)
    with pytest.raises(Refused, match="another tier"):
        answer(session, stage.analyst, PACK, stage.project, risk, "Again.", passes_on=False)
    with pytest.raises(Refused, match="no tier above"):
        answer(session, stage.chair, PACK, stage.project, risk, "Up.", passes_on=True)
    answer(session, stage.chair, PACK, stage.project, risk, "Noted; monthly.", passes_on=False)
    assert second.state is EscalationState.ANSWERED
    with pytest.raises(Refused, match="Nothing waits"):
        answer(session, stage.chair, PACK, stage.project, risk, "Twice.", passes_on=False)


def test_a_risk_is_not_closed_behind_the_back_of_who_is_asked(session: Session, stage: RiskStage) -> None:
    risk = a_risk(session, stage, (4, 4))
    with pytest.raises(Refused, match="has not answered"):
        move_risk(session, stage.lead, PACK, stage.project, risk, "close", "Gone")
    answer(session, stage.director, PACK, stage.project, risk, "Close it.", passes_on=False)
    move_risk(session, stage.lead, PACK, stage.project, risk, "close", "Gone")
    assert risk.state is RiskState.CLOSED


def test_the_database_itself_keeps_one_open_escalation_a_risk(session: Session, stage: RiskStage) -> None:
    risk = a_risk(session, stage, (4, 4))
    (row,) = escalations(session, risk)
    session.add(
        RiskEscalation(risk_id=risk.id, tier=Tier.STRATEGIC, rating="high", escalated_at=NOW, due_on=row.due_on)
    )
    with pytest.raises(IntegrityError):
        session.flush()


def test_whoever_is_recused_is_not_told(session: Session, stage: RiskStage) -> None:
    session.add(
        Recusal(
            person_id=stage.analyst.person_id,
            subject_id=stage.project.case_id,
            kind=RecusalKind.DECLARED,
            reason="Family",
            recused_at=NOW,
        )
    )
    session.flush()
    a_risk(session, stage, (4, 4))
    assert told(session, "risk_escalated") == {stage.director.person_id}


def test_late_is_marked_and_told_once(session: Session, stage: RiskStage) -> None:
    risk = a_risk(session, stage, (4, 4))
    (row,) = escalations(session, risk)
    assert mark_overdue(session, PACK, NOW + timedelta(days=5)) == 0
    assert mark_overdue(session, PACK, NOW + timedelta(days=30)) == 1
    assert mark_overdue(session, PACK, NOW + timedelta(days=31)) == 0
    assert (row.state, row.overdue_at) == (EscalationState.OPEN, NOW + timedelta(days=30))
    assert told(session, "risk_escalation_overdue") == {
        stage.analyst.person_id,
        stage.director.person_id,
        stage.chair.person_id,
        stage.lead.person_id,
        stage.cio.person_id,
    }
    answer(session, stage.analyst, PACK, stage.project, risk, "Late, but here.", passes_on=False)


def test_one_slot_has_one_effect(database: Database, settings: Settings) -> None:
    with database.writing() as session:
        session.info["now"] = NOW - timedelta(days=60)
        stage = a_risk_stage(session)
        a_risk(session, stage, (4, 4))
    job = job_named(jobs.OVERDUE)
    assert job is not None
    context = JobContext(database, settings, PACK)
    first, second = run_slot(context, job, NOW, "one"), run_slot(context, job, NOW, "two")
    assert (first.is_ours, second.is_ours) == (True, False)
    with database.reading() as session:
        assert session.scalar(select(func.count(col(RiskEscalation.overdue_at)))) == 1
        overdue = select(func.count()).where(col(Notice.kind) == "risk_escalation_overdue")
        assert session.scalar(overdue) == 5
