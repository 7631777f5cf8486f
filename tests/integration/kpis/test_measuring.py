"""Measuring and correcting: what is kept, what is refused, and that nothing is ever lost."""

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlmodel import col

from kpi_stage import TODAY, KpiStage, a_kpi_stage, an_indicator
from portfolio.audit.models import AuditEvent
from portfolio.audit.terms import Tag
from portfolio.db.engine import Database
from portfolio.errors import FieldRefused, Refused
from portfolio.kpis.actions import set_targets, stop_indicator
from portfolio.kpis.forms import TargetFields
from portfolio.kpis.measuring import Entry, correct, record_measurements
from portfolio.kpis.models import Indicator, Measurement, Standing
from portfolio.kpis.queries import due_periods, measurements_of, promises, scorecard
from portfolio.kpis.terms import Reason, Result

MAY, JUNE, JULY = date(2026, 5, 31), date(2026, 6, 30), date(2026, 7, 31)


def measure(session: Session, stage: KpiStage, one: Indicator, period: date, days: int | None, **more: Any) -> None:
    value = None if days is None else days * 10_000
    entry = Entry(one, period, value, field="v", **more)
    record_measurements(session, stage.lead, stage.project, [entry], TODAY)


def test_what_is_due_is_asked_for_and_then_is_not(session: Session) -> None:
    stage = a_kpi_stage(session)
    one = an_indicator(session, stage)
    assert [due.period_on for due in due_periods(session, stage.project, TODAY)] == [MAY, JUNE, JULY]
    measure(session, stage, one, JUNE, 9)
    found = due_periods(session, stage.project, TODAY)
    assert [(due.period_on, due.last) for due in found] == [(MAY, 200_000), (JULY, 90_000)]


def test_the_scorecard_says_what_was_promised_measured_and_found(session: Session) -> None:
    stage = a_kpi_stage(session)
    one = an_indicator(session, stage)
    (line,) = scorecard(session, stage.project, TODAY)
    assert line.judged.reason is Reason.NOT_MEASURED  # May was due on 15 June
    measure(session, stage, one, JUNE, 10)
    (line,) = scorecard(session, stage.project, TODAY)
    assert (line.judged.result, line.judged.target) == (Result.MET, 100_000)
    measure(session, stage, one, JULY, 12)
    (line,) = scorecard(session, stage.project, TODAY)
    assert line.judged.result is Result.NOT_MET
    assert line.standing is not None
    assert (line.standing.period_on, line.standing.value) == (JULY, 120_000)
    assert line.standing.recent == [["2026-06-30", 100_000], ["2026-07-31", 120_000]]
    assert line.owner == stage.lead.name


def test_an_older_period_measured_later_does_not_become_the_newest(session: Session) -> None:
    stage = a_kpi_stage(session)
    one = an_indicator(session, stage)
    measure(session, stage, one, JULY, 9)
    measure(session, stage, one, MAY, 15)
    row = session.get_one(Standing, one.id)
    assert (row.period_on, row.value) == (JULY, 90_000)


def test_missing_is_explained_and_never_zero(session: Session) -> None:
    stage = a_kpi_stage(session)
    one = an_indicator(session, stage)
    with pytest.raises(FieldRefused, match="nothing is not zero"):
        measure(session, stage, one, JULY, None)
    measure(session, stage, one, JULY, None, note="The office was closed by the flood")
    (line,) = scorecard(session, stage.project, TODAY)
    assert line.judged.reason is Reason.SAID_NOT_AVAILABLE
    assert session.get_one(Standing, one.id).value is None


@pytest.mark.parametrize(
    ("period", "reason"),
    [
        (date(2026, 7, 30), "last day"),
        (date(2026, 8, 31), "has not ended"),
        (date(2026, 4, 30), "before the first"),
    ],
)
def test_only_periods_that_ended_are_measured(session: Session, period: date, reason: str) -> None:
    stage = a_kpi_stage(session)
    one = an_indicator(session, stage)
    with pytest.raises(FieldRefused, match=reason):
        measure(session, stage, one, period, 9)


def test_a_period_is_measured_once_and_then_corrected(session: Session) -> None:
    stage = a_kpi_stage(session)
    one = an_indicator(session, stage)
    measure(session, stage, one, JULY, 9)
    with pytest.raises(FieldRefused, match="measured already"):
        measure(session, stage, one, JULY, 8)


def test_an_unusual_value_is_asked_about_and_then_kept_with_its_mark(session: Session) -> None:
    stage = a_kpi_stage(session)
    one = an_indicator(session, stage)
    measure(session, stage, one, JUNE, 9)
    with pytest.raises(FieldRefused, match="unusual"):
        measure(session, stage, one, JULY, 91)
    with pytest.raises(FieldRefused, match="unusual"):
        measure(session, stage, one, JULY, 91, confirmed=True)
    measure(session, stage, one, JULY, 91, confirmed=True, note="Backlog of the strike was resolved")
    assert measurements_of(session, one)[0].is_unusual
    assert not measurements_of(session, one)[1].is_unusual


def test_a_correction_keeps_the_old_value_with_its_reason_and_is_told(session: Session) -> None:
    stage = a_kpi_stage(session)
    one = an_indicator(session, stage)
    measure(session, stage, one, JULY, 12)
    old = measurements_of(session, one)[0]
    correct(session, stage.lead, old, 90_000, "", "Cases of another office were counted", TODAY, confirmed=False)
    newer, kept = measurements_of(session, one)
    assert (newer.ordinal, newer.value, newer.reason) == (1, 90_000, "Cases of another office were counted")
    assert (kept.id, kept.value) == (old.id, 120_000)
    assert session.get_one(Standing, one.id).value == 90_000
    with pytest.raises(Refused, match="corrected meanwhile"):
        correct(session, stage.lead, old, 80_000, "", "From an old page", TODAY, confirmed=False)
    with pytest.raises(FieldRefused, match="already"):
        correct(session, stage.lead, newer, 90_000, "", "Nothing new", TODAY, confirmed=False)
    session.commit()
    told = session.scalars(select(AuditEvent).where(col(AuditEvent.action) == Tag.MEASUREMENT_CORRECTED.value)).one()
    assert told.object_id == one.id


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 99), min_size=1, max_size=8))
def test_however_often_it_is_corrected_no_value_is_lost(session: Session, values: list[int]) -> None:
    stage = a_kpi_stage(session, number=None)  # type: ignore[arg-type]
    one = an_indicator(session, stage)
    measure(session, stage, one, JULY, 50)
    said = [50]
    for value in values:
        if value == said[-1]:
            continue
        newest = measurements_of(session, one)[0]
        correct(session, stage.lead, newest, value * 10_000, "checked", "A better count", TODAY, confirmed=True)
        said.append(value)
    rows = list(measurements_of(session, one))
    assert [row.value for row in reversed(rows)] == [value * 10_000 for value in said]
    assert [row.ordinal for row in reversed(rows)] == list(range(len(said)))
    assert session.get_one(Standing, one.id).value == said[-1] * 10_000


def test_the_database_refuses_to_change_or_delete_what_was_measured(database: Database) -> None:
    with database.writing() as session:
        stage = a_kpi_stage(session)
        measure(session, stage, an_indicator(session, stage), JULY, 9)
    for statement in (
        "UPDATE kpi_measurement SET value = 1",
        "DELETE FROM kpi_measurement",
        "UPDATE kpi_target SET value = 1",
        "DELETE FROM kpi_curve",
    ):
        with database.engine.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
            connection.execute(text(statement))


def test_groups_stand_beside_the_whole_and_do_not_change_it(session: Session) -> None:
    stage = a_kpi_stage(session)
    one = an_indicator(session, stage, dimensions=["sex"])
    measure(session, stage, one, JUNE, 9)
    measure(session, stage, one, JUNE, 11, cut="sex=women")
    assert session.get_one(Standing, one.id).value == 90_000
    due = due_periods(session, stage.project, TODAY)
    assert due[-1].cuts == ("sex=women",)


def test_new_targets_need_a_reason_and_the_first_promise_stays(session: Session) -> None:
    stage = a_kpi_stage(session)
    one = an_indicator(session, stage)
    fields = {"on_1": date(2026, 12, 31), "value_1": "15", "tolerance": "1"}
    with pytest.raises(FieldRefused, match="Say why"):
        set_targets(session, stage.lead, one, TargetFields.model_validate(fields))
    set_targets(session, stage.lead, one, TargetFields.model_validate({**fields, "reason": "The law came later"}))
    assert [p.value for p in promises(session, [one])[one.id].points] == [150_000]
    assert [p.value for p in promises(session, [one], first=True)[one.id].points] == [100_000, 80_000]
    assert promises(session, [one], first=True)[one.id].tolerance == 0
    assert one.tolerance == 10_000


def test_a_stopped_indicator_asks_for_nothing_and_takes_nothing(session: Session) -> None:
    stage = a_kpi_stage(session)
    one = an_indicator(session, stage)
    stop_indicator(session, stage.lead, one, "The service was absorbed by another", TODAY)
    assert due_periods(session, stage.project, TODAY) == []
    with pytest.raises(Refused, match="no longer measured"):
        measure(session, stage, one, JULY, 9)


def test_an_owner_must_be_somebody_who_may_measure_there(session: Session) -> None:
    stage = a_kpi_stage(session)
    with pytest.raises(FieldRefused, match="one of the options"):
        an_indicator(session, stage, owner_id=stage.analyst.person_id)


def test_one_event_tells_of_all_that_was_measured_together(session: Session) -> None:
    stage = a_kpi_stage(session)
    first, second = an_indicator(session, stage), an_indicator(session, stage, "Second")
    record_measurements(
        session, stage.lead, stage.project, [Entry(first, JULY, 90_000), Entry(second, JULY, 80_000)], TODAY
    )
    session.commit()
    tag = Tag.MEASUREMENTS_RECORDED.value
    assert len(session.scalars(select(AuditEvent).where(col(AuditEvent.action) == tag)).all()) == 1
    assert len(session.scalars(select(Measurement)).all()) == 2
