"""What is taken over from a case, reminded of, and counted over the portfolio."""

from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from conftest import NOW
from factories import a_person, an_institution
from kpi_stage import TODAY, KpiStage, a_kpi_stage, an_indicator
from portfolio.kpis.adoption import AdoptedBenefit, AdoptedIndicator, adopt
from portfolio.kpis.measuring import Entry, record_measurements
from portfolio.kpis.models import Indicator
from portfolio.kpis.portfolio import tallies
from portfolio.kpis.queries import promises, scorecard
from portfolio.kpis.reminders import due_for, remind
from portfolio.kpis.terms import Curve, Direction, Family, Frequency, IndicatorKind, Reason, Result, UnitKind
from portfolio.notifications.models import Notice
from portfolio.people.terms import Role

JULY = date(2026, 7, 31)

ROWS = [
    AdoptedIndicator(
        key="1", family="experience", name="Satisfacción", unit="puntos de 1 a 5", baseline="3.2",
        baseline_on=date(2025, 12, 31), target="4.5", target_on=date(2027, 12, 31), owner="Jefa de atención",
        method="Encuesta semestral",
    ),
    AdoptedIndicator(
        key="2", family="inclusion", name="Zonas rurales atendidas", unit="% de comunas", baseline="40",
        baseline_on=date(2025, 12, 31), target="muchas", target_on=date(2027, 12, 31),
    ),
    AdoptedIndicator(key="3", family="inclusion", name=" ", target="1"),
    AdoptedIndicator(
        key="4", family="operational", name="Espera", unit="minutos", baseline="45", baseline_on=date(2025, 1, 1),
        target="10", target_on=date(2027, 1, 1),
    ),
    AdoptedBenefit(key="5", description="Menos viajes", amount_minor=250_000_00, starts_on=date(2027, 3, 1)),
    AdoptedBenefit(key="6", description="Confianza"),
]  # fmt: skip


def test_what_the_case_promised_is_taken_over_once(session: Session) -> None:
    stage = a_kpi_stage(session)
    assert adopt(session, stage.lead, stage.project, ROWS) == 5
    assert adopt(session, stage.lead, stage.project, ROWS) == 0
    session.commit()
    found = {row.origin: row for row in session.scalars(select(Indicator))}
    promised = promises(session, list(found.values()))

    score = found["case_indicator:1"]
    assert (score.family, score.unit_kind, score.frequency) == (
        Family.OPERATIONAL,
        UnitKind.SCORE,
        Frequency.HALF_YEARLY,
    )
    assert (score.baseline, [p.value for p in promised[score.id].points]) == (32_000, [45_000])
    assert (score.owner_id, score.owner_post) == (stage.lead.person_id, "Jefa de atención")
    assert found["case_indicator:4"].direction is Direction.DOWN
    assert promised[found["case_indicator:2"].id].points == []  # words are no target

    benefit = found["case_benefit:5"]
    assert (benefit.kind, benefit.currency, benefit.scale) == (IndicatorKind.BENEFIT, "USD", 2)
    assert promised[benefit.id].curve is Curve.STEPPED
    assert [(p.on, p.value) for p in promised[benefit.id].points] == [(date(2027, 12, 31), 250_000_00)]
    assert promised[found["case_benefit:6"].id].points == []


def test_a_benefit_is_still_measured_long_after(session: Session) -> None:
    stage = a_kpi_stage(session)
    adopt(session, stage.lead, stage.project, ROWS[4:5])
    later = date(2029, 2, 1)
    (one,) = session.scalars(select(Indicator)).all()
    entries = [Entry(one, date(2027, 12, 31), 240_000_00), Entry(one, date(2028, 12, 31), 260_000_00)]
    record_measurements(session, stage.lead, stage.project, entries, later)
    (line,) = scorecard(session, stage.project, later)
    assert (line.judged.result, line.judged.target) == (Result.MET, 250_000_00)
    (line,) = scorecard(session, stage.project, date(2031, 3, 1))
    assert line.judged.reason is Reason.OUT_OF_DATE  # two years without a word


def measured(session: Session, stage: KpiStage, name: str, tenths: int | None, **more: object) -> Indicator:
    one = an_indicator(session, stage, name, **more)
    if tenths is not None:
        record_measurements(session, stage.lead, stage.project, [Entry(one, JULY, tenths * 1000)], TODAY)
    return one


def test_the_owner_is_reminded_once_a_period(session: Session) -> None:
    stage = a_kpi_stage(session)
    an_indicator(session, stage, "First")
    measured(session, stage, "Second", 90)  # July is measured, and older gaps are no reason to write
    (waits,) = due_for(session, stage.lead, NOW, TODAY)
    assert (waits.indicators, waits.due) == (1, date(2026, 8, 15))
    assert due_for(session, stage.analyst, NOW, TODAY) == []
    assert remind(session, TODAY) == 1
    assert remind(session, TODAY) == 0
    assert remind(session, date(2026, 8, 20)) == 1  # July is overdue by now
    session.flush()
    notices = session.scalars(select(Notice).where(col(Notice.kind) == "measurements_overdue")).all()
    assert {notice.person_id for notice in notices} == {stage.lead.person_id}


def test_the_portfolio_counts_what_the_viewer_may_find(session: Session) -> None:
    ours, theirs = a_kpi_stage(session), a_kpi_stage(session, number="PF-2027-000802")
    measured(session, ours, "Met", 95)
    measured(session, ours, "Missed", 150)
    measured(session, ours, "Silent", None)
    measured(session, ours, "Early", None, measured_from=date(2026, 8, 1))
    measured(session, ours, "Visits", 10, is_context=True)
    measured(session, theirs, "Theirs", 95, family=Family.INCLUSION)

    found = {(t.institution_id, t.family): t.counts for t in tallies(session, ours.analyst, NOW, TODAY)}
    expected = {Result.MET: 1, Result.NOT_MET: 1, Result.CANNOT_TELL: 1, Result.TOO_EARLY: 1}
    assert found == {
        (ours.agency.id, Family.OPERATIONAL): expected,
        (theirs.agency.id, Family.INCLUSION): {Result.MET: 1},
    }
    own = tallies(session, theirs.lead, NOW, TODAY)
    assert [tally.institution_id for tally in own] == [theirs.agency.id]
    nobody = a_person(session, (Role.CASE_LEAD, an_institution(session)))
    assert tallies(session, nobody, datetime(2026, 8, 3, tzinfo=UTC), TODAY) == []


def test_batches_count_every_indicator_once(session: Session, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    stage = a_kpi_stage(session)
    for number in range(5):
        measured(session, stage, f"Number {number}", 95)
    monkeypatch.setattr("portfolio.kpis.portfolio.BATCH", 2)
    (tally,) = tallies(session, stage.analyst, NOW, TODAY)
    assert tally.counts == {Result.MET: 5}
