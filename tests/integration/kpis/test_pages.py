"""The pages of indicators: promise, measure, correct, send a file, read."""

import re
import uuid

import pytest
from sqlalchemy import select
from sqlmodel import col

from conftest import NOW
from factories import a_person, an_institution
from kpi_stage import KpiStage, a_kpi_stage, an_indicator
from portfolio.db import clock
from portfolio.db.engine import Database
from portfolio.kpis.models import Indicator, Measurement
from portfolio.people.terms import Role
from visitors import Page, Visitor, Visitors


@pytest.fixture
def stage(database: Database) -> KpiStage:
    with database.writing() as session:
        clock.move(session, NOW)
        session.info["now"] = NOW
        found = a_kpi_stage(session)
        an_indicator(session, found, dimensions=["sex"])
        session.expunge_all()
    return found


def one_of(database: Database) -> Indicator:
    with database.reading() as session:
        return session.scalars(select(Indicator)).one()


def scorecard_path(stage: KpiStage) -> str:
    return f"/projects/{stage.project.id}/indicators"


def measure(visitor: Visitor, stage: KpiStage, typed: dict[str, str]) -> Page:
    return visitor.post(f"{scorecard_path(stage)}/measure", typed)


def key(database: Database, period: str = "2026-07-31", group: str = "all") -> str:
    return f"{one_of(database).id}.{period}.{group}"


def test_an_indicator_of_the_catalogue_is_promised_and_shown(
    visitors: Visitors, database: Database, stage: KpiStage
) -> None:
    lead = visitors.of(stage.lead.person_id)
    form = lead.get(f"{scorecard_path(stage)}/new?code=K07")
    assert form.status == 200
    assert form.value("name") == "Procedures completed of those started"
    wrong = lead.post(f"{scorecard_path(stage)}/new", {"code": "K07", "name": "Procedures completed of those started"})
    assert wrong.status == 422
    assert wrong.error("on_1") == "Fill in this field"
    typed = {
        "code": "K07", "kind": "indicator", "name": "Procedures completed of those started", "family": "inclusion",
        "unit_kind": "percent", "unit": "%", "direction": "up", "frequency": "monthly", "dimensions": ["sex", "age"],
        "measured_from": "2026-06-01", "owner_id": str(stage.lead.person_id), "curve": "linear", "tolerance": "2.5",
        "baseline": "40", "baseline_on": "2025-12-31", "on_1": "2026-12-31", "value_1": "75", "is_context": "no",
    }  # fmt: skip
    page = lead.follow(lead.post(f"{scorecard_path(stage)}/new", typed))
    assert "Procedures completed of those started" in page.main
    assert "75 %" in page.main
    assert "2.5 %" in page.main
    scorecard = lead.get(scorecard_path(stage))
    assert "Access and inclusion" in scorecard.main
    assert "No indicator of this family counts yet." in scorecard.main  # governance has none


def test_all_that_is_due_is_measured_on_one_page(visitors: Visitors, database: Database, stage: KpiStage) -> None:
    lead = visitors.of(stage.lead.person_id)
    form = lead.get(f"{scorecard_path(stage)}/measure")
    assert form.status == 200
    assert form.main.count("Unit: days") == 3
    nothing = measure(lead, stage, {})
    assert nothing.status == 422
    june, july = key(database, "2026-06-30"), key(database)
    wrong = measure(lead, stage, {f"v.{june}": "9", f"v.{july}": "nine"})
    assert wrong.status == 422
    assert "Enter a number" in wrong.error(f"v-{july.replace('.', '-')}")
    assert wrong.value(f"v.{june}") == "9"
    typed = {
        f"v.{june}": "9.5", f"v.{july}": "12", f"n.{july}": "Two people were ill",
        f"d.{key(database, group='new')}": "sex", f"g.{key(database, group='new')}": "Women",
        f"v.{key(database, group='new')}": "14",
    }  # fmt: skip
    page = lead.follow(measure(lead, stage, typed))
    assert "The measurements were recorded." in page.text
    assert "Not met" in page.main
    assert "days · Every month" in page.main
    again = measure(lead, stage, {f"v.{july}": "11"})
    assert again.status == 422
    assert "Somebody measured one of these periods" in again.main
    with database.reading() as session:
        rows = session.execute(select(col(Measurement.cut), col(Measurement.value)).order_by(col(Measurement.id))).all()
    assert sorted((row.cut, row.value) for row in rows) == [("", 95_000), ("", 120_000), ("sex=women", 140_000)]


def test_an_unusual_value_is_confirmed_with_a_note(visitors: Visitors, database: Database, stage: KpiStage) -> None:
    lead = visitors.of(stage.lead.person_id)
    june, july = key(database, "2026-06-30"), key(database)
    lead.follow(measure(lead, stage, {f"v.{june}": "9"}))
    asked = measure(lead, stage, {f"v.{july}": "95"})
    assert asked.status == 422
    assert "I checked this value and it is right. It is more than ten times the one before." in asked.main
    assert asked.error(f"c.{july}".replace(".", "-")).startswith("Tick that you checked this value")
    assert asked.error(f"n.{july}".replace(".", "-")) == "Say in the note why the value is unusual"
    assert "Why the value is unusual (optional)" not in asked.main
    typed = {f"v.{july}": "95", f"c.{july}": "yes", f"n.{july}": "The backlog of the strike"}
    assert measure(lead, stage, typed).status == 303


def test_every_value_that_cannot_be_is_refused_at_once_and_no_tick_keeps_it(
    visitors: Visitors, database: Database, stage: KpiStage
) -> None:
    lead = visitors.of(stage.lead.person_id)
    june, july = key(database, "2026-06-30"), key(database)
    typed = {
        f"{kind}.{one}": text for one in (june, july) for kind, text in (("v", "-5"), ("c", "yes"), ("n", "So it is"))
    }
    refused = measure(lead, stage, typed)
    assert refused.status == 422
    for one in (june, july):
        assert refused.error(f"v.{one}".replace(".", "-")) == "This indicator cannot be that: enter 0 or more"
    assert "I checked this value" not in refused.main, "what cannot be is not offered for a tick"
    assert "Baseline: 20 days" in lead.get(f"{scorecard_path(stage)}/measure").main


def test_a_value_is_corrected_and_the_old_one_stays_in_sight(
    visitors: Visitors, database: Database, stage: KpiStage
) -> None:
    lead = visitors.of(stage.lead.person_id)
    lead.follow(measure(lead, stage, {f"v.{key(database)}": "12"}))
    with database.reading() as session:
        row = session.scalars(select(Measurement)).one()
    path = f"{scorecard_path(stage)}/{row.indicator_id}/measurements/{row.id}"
    assert lead.get(path).status == 200
    assert lead.post(path, {"value": "9"}).error("reason") == "Fill in this field"
    page = lead.follow(lead.post(path, {"value": "9", "reason": "Cases of another office were counted"}))
    assert "9 days" in page.main
    assert "12 days" in page.main
    assert "Corrected because: Cases of another office were counted" in page.main
    stale = lead.post(path, {"value": "8", "reason": "From an old page of mine"})
    assert stale.status == 409


def test_a_file_is_looked_at_recorded_once_and_its_faults_come_back(
    visitors: Visitors, database: Database, stage: KpiStage
) -> None:
    lead = visitors.of(stage.lead.person_id)
    due = lead.raw(f"{scorecard_path(stage)}/due.csv").text
    assert "Days to resolve,2026-07-31" in due
    body = (
        "Indicador;Periodo;Grupo;Valor;Nota;Motivo\n"
        "Days to resolve;2026-05;;18,5;;\n"
        "days to resolve;2026-06-30;;9;;\n"
        "Days to resolve;2026-06-30;sex=women;11;;\n"
        "Days to resolve;2026-07;age=90;1;;\n"
        "Nothing;2026-07;;1;;\n"
        "Days to resolve;2026-09;;1;;\n"
        "Days to resolve;2026-07;;;;\n"
    ).replace("18,5", "18.5")
    preview = send(lead, stage, body)
    assert preview.status == 200
    assert "3" in preview.main
    assert "No indicator of this project has this name" in preview.main
    rejects = lead.raw(re.search(r'href="([^"]*/rejects)"', preview.text).group(1)).text  # type: ignore[union-attr]
    assert "This period has not ended" in rejects
    assert "nothing is not zero" in rejects
    assert "not told apart by" in rejects
    page = lead.follow(lead.post(preview.url, {}))
    assert "The measurements of the file were recorded." in page.text
    assert lead.post(preview.url, {}).status == 409
    again = send(lead, stage, body)
    assert "Nothing of this file is new." in again.main
    corrected = "indicator,period,value,reason\nDays to resolve,2026-06,8,Counted twice before\n"
    second = send(lead, stage, corrected)
    lead.follow(lead.post(second.url, {}))
    with database.reading() as session:
        rows = session.scalars(select(Measurement).where(col(Measurement.ordinal) == 1)).all()
    assert [(row.value, row.reason) for row in rows] == [(80_000, "Counted twice before")]
    export = lead.raw(f"{scorecard_path(stage)}.csv").text
    assert export.count("\r\n") == 5
    assert "18.5" in export


def send(lead: Visitor, stage: KpiStage, body: str) -> Page:
    files = {"file": ("values.csv", body.encode(), "text/csv")}
    answer = lead.post(f"{scorecard_path(stage)}/file", {}, files=files)
    return lead.follow(answer) if answer.status == 303 else answer


def test_a_file_without_its_columns_is_refused_in_words(visitors: Visitors, stage: KpiStage) -> None:
    lead = visitors.of(stage.lead.person_id)
    answer = send(lead, stage, "a,b\n1,2\n")
    assert answer.status == 422
    assert "lacks the columns" in answer.error("file")
    assert lead.post(f"{scorecard_path(stage)}/file", {}).error("file") == "Choose a file"


def test_targets_change_with_a_reason_and_measuring_stops_with_one(
    visitors: Visitors, database: Database, stage: KpiStage
) -> None:
    lead = visitors.of(stage.lead.person_id)
    base = f"{scorecard_path(stage)}/{one_of(database).id}"
    form = lead.get(f"{base}/targets")
    assert (form.value("on_2"), form.value("value_2")) == ("2026-12-31", "8")
    typed = {"curve": "stepped", "tolerance": "0", "on_1": "2026-12-31", "value_1": "15"}
    assert lead.post(f"{base}/targets", typed).error("reason") == "Say why, in a sentence."
    page = lead.follow(lead.post(f"{base}/targets", {**typed, "reason": "The law came a year later"}))
    assert f"{stage.lead.name}, Aug 3, 2026" in page.main, "by the clock of the rules"
    assert "First promised: 8 days" in page.main
    assert "The law came a year later" in page.main
    fields = {"name": "Days to answer", "family": "operational", "owner_id": str(stage.lead.person_id)}
    assert "Days to answer" in lead.follow(lead.post(f"{base}/edit", fields)).main
    assert lead.get(f"{base}/edit").value("name") == "Days to answer"
    assert lead.get(f"{base}/stop").status == 200
    stopped = lead.follow(lead.post(f"{base}/stop", {"stop_reason": "The service was absorbed"}))
    assert "The service was absorbed" in stopped.main
    assert "Nothing is due" in lead.get(f"{scorecard_path(stage)}/measure").main


def test_a_survey_is_recorded_and_compared(visitors: Visitors, stage: KpiStage) -> None:
    lead = visitors.of(stage.lead.person_id)
    path = f"/projects/{stage.project.id}/surveys/new"
    assert lead.get(path).status == 200
    typed = {
        "wave": "2026-1", "topic": "trust", "channel": "web", "asked_from": "2026-06-01", "asked_to": "2026-06-30",
        "sample_size": "812", "scale_from": "1", "scale_to": "5", "score": "3.8",
    }  # fmt: skip
    assert "outside its scale" in lead.post(path, {**typed, "score": "6"}).main
    page = lead.follow(lead.post(path, typed))
    assert "3.8 on a scale from 1 to 5" in page.main
    assert "already" in lead.post(path, typed).error("wave")


def test_oversight_reads_and_does_not_write_and_others_find_nothing(
    visitors: Visitors, database: Database, stage: KpiStage
) -> None:
    one = one_of(database)
    analyst = visitors.of(stage.analyst.person_id)
    page = analyst.get(scorecard_path(stage))
    assert page.status == 200
    assert "Add an indicator" not in page.main
    assert analyst.get(f"{scorecard_path(stage)}/{one.id}").status == 200
    assert analyst.get(f"{scorecard_path(stage)}/measure").status == 403
    assert analyst.get("/indicators").status == 200
    assert analyst.get("/indicators?family=operational").status == 200
    assert "K07" in analyst.get("/indicators/catalogue").main
    assert analyst.get(f"{scorecard_path(stage)}/{uuid.uuid4()}").status == 404
    with database.writing() as session:
        other = a_person(session, (Role.CASE_LEAD, an_institution(session)))
    stranger = visitors.of(other.person_id)
    for path in ("", "/measure", "/new", "/file", ".csv", f"/{one.id}", f"/{one.id}/edit", f"/{one.id}/targets"):
        assert stranger.get(scorecard_path(stage) + path).status == 404, path
    assert stranger.post(f"{scorecard_path(stage)}/measure", {f"v.{key(database)}": "1"}).status == 404


def test_what_is_due_waits_for_its_owner_and_stands_on_the_first_page(visitors: Visitors, stage: KpiStage) -> None:
    lead = visitors.of(stage.lead.person_id)
    waits = lead.get("/")
    assert "1 indicator to measure" in waits.main
    first = lead.get(f"/projects/{stage.project.id}")
    assert "Days to resolve" in first.main
    assert "Cannot be determined: 1" in first.main
    assert "Measure what is due (3)" in first.main
    assert "Measure what is due" not in visitors.of(stage.analyst.person_id).get(f"/projects/{stage.project.id}").main


def test_the_trail_calls_an_indicator_by_its_name(visitors: Visitors, database: Database, stage: KpiStage) -> None:
    with database.writing() as session:
        auditor = a_person(session, (Role.AUDITOR, an_institution(session)))
    page = visitors.of(auditor.person_id).get("/audit")
    assert page.status == 200
    assert "Days to resolve" in page.main
