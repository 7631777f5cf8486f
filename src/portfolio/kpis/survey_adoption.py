"""The score of a survey's wave becomes a measurement of the indicator that it informs: by a person, once, and both say so."""

import uuid
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.errors import FieldRefused, NotFound, Refused
from portfolio.i18n import gettext as _
from portfolio.kpis.bounds import bound_fault
from portfolio.kpis.cuts import cut_of
from portfolio.kpis.forms import AdoptFields
from portfolio.kpis.measuring import Entry, asked_again, newest_rows, period_fault, record_measurements
from portfolio.kpis.models import Indicator, Measurement, SurveyWave, WaveAdoption
from portfolio.kpis.numbers import PLACES
from portfolio.kpis.periods import period_of
from portfolio.kpis.terms import Channel, Concern, Dimension, UnitKind
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Project


def get_wave(session: Session, project: Project, wave_id: uuid.UUID) -> tuple[SurveyWave, Indicator]:
    """Raises `NotFound` for a wave of another project, and for one that informs no indicator."""
    wave = session.get(SurveyWave, wave_id)
    if wave is None or wave.project_id != project.id or wave.indicator_id is None:
        raise NotFound
    return wave, session.get_one(Indicator, wave.indicator_id)


def adoptions_of(session: Session, project: Project) -> dict[uuid.UUID, tuple[SurveyWave, Measurement]]:
    """By the id of the wave: the measurement that its score became."""
    rows = session.execute(
        select(SurveyWave, Measurement)
        .join(WaveAdoption, col(WaveAdoption.wave_id) == col(SurveyWave.id))
        .join(Measurement, col(Measurement.id) == col(WaveAdoption.measurement_id))
        .where(col(SurveyWave.project_id) == project.id)
        .order_by(col(SurveyWave.id))
    )
    return {row.SurveyWave.id: (row.SurveyWave, row.Measurement) for row in rows}


def entry_of(wave: SurveyWave, indicator: Indicator, fields: AdoptFields | None = None) -> Entry:
    """What would be kept: the score for the period in which asking ended, of the channel's group where it is one of a channel."""
    given = fields or AdoptFields()
    source = _("Survey «%(wave)s», %(sample)s answers") % {"wave": wave.wave, "sample": wave.sample_size}
    return Entry(
        indicator,
        period_of(indicator.frequency, wave.asked_to),
        wave.score,
        cut="" if wave.channel is Channel.ALL else cut_of({Dimension.CHANNEL: wave.channel.value}),
        note=given.note,
        data_source=source,
        as_at=wave.asked_to,
        reason=given.reason,
        confirmed=given.confirmed,
        field="reason",
    )


def adoption_refusals(session: Session, wave: SurveyWave, indicator: Indicator, today: date) -> list[str]:
    """Why this wave cannot become a measurement now, in words."""
    found = []
    if session.scalar(select(col(WaveAdoption.id)).where(col(WaveAdoption.wave_id) == wave.id)) is not None:
        found.append(_("This wave is a measurement already."))
    if indicator.stopped_on is not None:
        found.append(_("This indicator is no longer measured."))
    if indicator.unit_kind is UnitKind.MONEY or indicator.scale != PLACES:
        found.append(_("The score of a survey is no amount of money: this indicator is measured otherwise."))
    if wave.channel is not Channel.ALL and Dimension.CHANNEL.value not in indicator.dimensions:
        found.append(_("The indicator is not told apart by channel, and this wave is of one channel only."))
    if fault := period_fault(indicator, period_of(indicator.frequency, wave.asked_to), today):
        found.append(fault)
    return found


def there_already(session: Session, entry: Entry) -> Measurement | None:
    """The valid value of the same period and group, which an adoption would correct."""
    return newest_rows(session, [entry]).get((entry.indicator.id, entry.period_on, entry.cut))


def unusual(session: Session, entry: Entry) -> list[Concern]:
    return asked_again(session, entry)


def adopt_wave(
    session: Session, actor: Viewer, project: Project, wave: SurveyWave, fields: AdoptFields, today: date
) -> Measurement:
    """Keep the score as a measurement. Raises `Refused` with every reason, `FieldRefused` for the reason of a correction and
    for an unusual value that nobody confirmed with a note.
    """
    wave, indicator = get_wave(session, project, wave.id)
    if reasons := adoption_refusals(session, wave, indicator, today):
        raise Refused(*reasons)
    entry = entry_of(wave, indicator, fields)
    if fault := bound_fault(indicator, entry.value):
        raise Refused(fault)
    if unusual(session, entry) and not (fields.confirmed and fields.note):
        raise FieldRefused("note", _("This value looks unusual: confirm it and say why in the note"))
    record_measurements(session, actor, project, [entry], today)
    row = newest_rows(session, [entry])[indicator.id, entry.period_on, entry.cut]
    link = WaveAdoption(wave_id=wave.id, measurement_id=row.id, by_id=actor.person_id)
    session.add(link)
    session.flush()
    record(session, actor, Tag.SURVEY_ADOPTED, link, project=project.id, wave=wave.id, measurement=row.id)
    return row
