"""A wave of a survey becomes a measurement; the bounds of an indicator have a form."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlmodel import col

from kpi_stage import TODAY, a_kpi_stage, an_indicator
from portfolio.audit.models import AuditEvent
from portfolio.audit.terms import Tag
from portfolio.errors import FieldRefused, NotFound, Refused
from portfolio.kpis.actions import add_wave, change_indicator
from portfolio.kpis.forms import AdoptFields, DetailFields, WaveFields
from portfolio.kpis.measuring import Entry, asked_again
from portfolio.kpis.models import Measurement, WaveAdoption
from portfolio.kpis.survey_adoption import adopt_wave, adoptions_of, get_wave
from portfolio.kpis.terms import Channel, Concern, Dimension, Direction, Frequency, SurveyTopic, UnitKind


def a_score(session, stage, **changes):
    return an_indicator(
        session, stage, "Satisfaction", unit_kind=UnitKind.SCORE, unit="points", direction=Direction.UP,
        frequency=Frequency.QUARTERLY, baseline=Decimal(3), value_1=Decimal("3.5"), value_2=Decimal(4),
        measured_from=date(2026, 1, 1), **changes,
    )  # fmt: skip


def a_wave(session, stage, indicator, **changes):
    fields = {
        "wave": "2026, first half", "asked_from": date(2026, 6, 1), "asked_to": date(2026, 6, 20), "sample_size": 400,
        "channel": Channel.ALL, "topic": next(iter(SurveyTopic)), "score": Decimal("4.2"), "scale_from": Decimal(1),
        "scale_to": Decimal(5), "indicator_id": indicator.id if indicator else None,
    }  # fmt: skip
    return add_wave(session, stage.lead, stage.project, WaveFields(**{**fields, **changes}), TODAY)


def adopt(session, stage, wave, **fields):
    return adopt_wave(session, stage.lead, stage.project, wave, AdoptFields(**fields), TODAY)


def test_the_score_is_kept_for_the_period_in_which_asking_ended_and_both_lead_to_each_other(session):
    stage = a_kpi_stage(session)
    one = a_score(session, stage)
    wave = a_wave(session, stage, one)
    row = adopt(session, stage, wave)
    assert (row.indicator_id, row.period_on, row.value, row.cut) == (one.id, date(2026, 6, 30), 42_000, "")
    assert row.as_at == date(2026, 6, 20)
    assert "2026, first half" in row.data_source
    assert adoptions_of(session, stage.project) == {wave.id: (wave, row)}
    with pytest.raises(Refused, match="a measurement already"):
        adopt(session, stage, wave)
    session.commit()
    event = session.scalars(select(AuditEvent).where(col(AuditEvent.action) == Tag.SURVEY_ADOPTED.value)).one()
    assert event.actor_id == stage.lead.person_id


def test_a_period_that_has_a_value_is_corrected_only_with_a_reason_and_keeps_it(session):
    stage = a_kpi_stage(session)
    one = a_score(session, stage)
    adopt(session, stage, a_wave(session, stage, one))
    second = a_wave(session, stage, one, wave="Asked again", score=Decimal("4.4"))
    with pytest.raises(FieldRefused) as refused:
        adopt(session, stage, second)
    assert refused.value.field == "reason"
    adopt(session, stage, second, reason="More people answered")
    rows = session.scalars(select(Measurement).order_by(col(Measurement.ordinal))).all()
    assert [(row.ordinal, row.value) for row in rows] == [(0, 42_000), (1, 44_000)]


def test_a_wave_of_one_channel_is_a_group_of_an_indicator_that_is_told_apart_by_channel(session):
    stage = a_kpi_stage(session)
    whole = a_score(session, stage)
    wave = a_wave(session, stage, whole, channel=Channel.WEB)
    with pytest.raises(Refused, match="not told apart by channel"):
        adopt(session, stage, wave)
    apart = a_score(session, stage, dimensions=[Dimension.CHANNEL])
    wave = a_wave(session, stage, apart, channel=Channel.WEB, wave="By channel")
    assert adopt(session, stage, wave).cut == "channel=web"


def test_a_wave_that_informs_no_indicator_or_a_sum_of_money_or_a_period_that_runs_is_refused(session):
    stage = a_kpi_stage(session)
    with pytest.raises(NotFound):
        get_wave(session, stage.project, a_wave(session, stage, None).id)
    money = an_indicator(session, stage, "Cost", unit_kind=UnitKind.MONEY, unit="")
    with pytest.raises(Refused, match="no amount of money"):
        adopt(session, stage, a_wave(session, stage, money, wave="Of money"))
    one = a_score(session, stage)
    running = a_wave(session, stage, one, wave="July", asked_from=date(2026, 7, 1), asked_to=date(2026, 7, 20))
    with pytest.raises(Refused, match="has not ended"):
        adopt(session, stage, running)
    assert session.scalars(select(WaveAdoption)).all() == []


def details(one, **changes):
    kept = {"name": one.name, "family": one.family, "owner_id": one.owner_id, "dimensions": []}
    return DetailFields(**{**kept, **changes})


def test_bounds_of_an_indicator_are_set_by_its_form_and_ask_again_beyond_them(session):
    stage = a_kpi_stage(session)
    one = an_indicator(session, stage)
    with pytest.raises(FieldRefused) as refused:
        change_indicator(session, stage.lead, one, details(one, lowest=Decimal(9), highest=Decimal(9)), TODAY)
    assert refused.value.field == "highest"
    change_indicator(session, stage.lead, one, details(one, lowest=Decimal("2.5"), highest=Decimal(60)), TODAY)
    assert (one.lowest, one.highest) == (25_000, 600_000)
    assert asked_again(session, Entry(one, date(2026, 6, 30), 20_000)) == [Concern.BELOW_BOUNDS]
    assert asked_again(session, Entry(one, date(2026, 6, 30), 610_000)) == [Concern.ABOVE_BOUNDS]
    change_indicator(session, stage.lead, one, details(one), TODAY)
    assert (one.lowest, one.highest) == (None, None)


def test_the_pages_lead_from_the_survey_to_the_measurement_and_back(database, visitors):
    with database.writing() as session:
        stage = a_kpi_stage(session)
        one = a_score(session, stage)
        wave = a_wave(session, stage, one)
        base, indicator, wave_id = f"/projects/{stage.project.id}", one.id, wave.id
    lead, analyst = visitors.of(stage.lead.person_id), visitors.of(stage.analyst.person_id)
    address = f"{base}/surveys/{wave_id}/adoption"
    assert address in lead.get(f"{base}/indicators").text
    assert address not in analyst.get(f"{base}/indicators").text
    assert analyst.get(address).status == 403
    assert "4.2 points" in lead.get(address).main
    shown = lead.follow(lead.post(address, {}))
    assert "The score of the survey is a measurement" in shown.main
    assert "Survey: 2026, first half" in shown.main
    assert "Measurement of" in lead.get(f"{base}/indicators").main
    assert lead.post(address, {}).status == 409
    edit = f"{base}/indicators/{indicator}/edit"
    assert 'id="lowest"' in lead.get(edit).text
