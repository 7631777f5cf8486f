"""Measuring: new values of periods that have ended, and corrections that keep what they correct."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.errors import FieldRefused, Refused
from portfolio.i18n import gettext as _
from portfolio.kpis.actions import refuse_stopped
from portfolio.kpis.bounds import bound_fault
from portfolio.kpis.models import Indicator, Measurement, Upload
from portfolio.kpis.periods import first_day, period_of
from portfolio.kpis.rules import concerns
from portfolio.kpis.standing import refresh
from portfolio.kpis.terms import Concern, MeasuredBy
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Project


@dataclass(frozen=True, slots=True)
class Entry:
    """One value to be kept, scaled; `value` nothing: not available, with a note. `reason`: it corrects what is there.

    `field` names where it was typed, for what is wrong with it; `confirmed`: a person looked at an implausible value.
    """

    indicator: Indicator
    period_on: date
    value: int | None
    cut: str = ""
    note: str = ""
    data_source: str = ""
    as_at: date | None = None
    reason: str = ""
    confirmed: bool = False
    field: str = ""


def record_measurements(
    session: Session,
    actor: Viewer,
    project: Project,
    entries: Sequence[Entry],
    today: date,
    by: MeasuredBy = MeasuredBy.FORM,
    upload: Upload | None = None,
) -> int:
    """Keep values of one project in one event and return how many.

    Raises `FieldRefused` for a period that has not ended or was measured already without a reason to correct it, and for an
    impossible value, or an implausible one that nobody confirmed with a note; `Refused` for a stopped indicator.
    """
    newest = _newest(session, entries)
    for entry in entries:
        _check(session, entry, project, today, newest.get((entry.indicator.id, entry.period_on, entry.cut)))
    rows = [
        _row(session, actor, entry, newest.get((entry.indicator.id, entry.period_on, entry.cut)), today, by, upload)
        for entry in entries
    ]
    session.add_all(rows)
    session.flush()
    touched = {entry.indicator.id: entry.indicator for entry in entries}
    for indicator in touched.values():
        refresh(session, indicator)
    if rows:
        corrected = sum(1 for row in rows if row.ordinal)
        record(
            session, actor, Tag.MEASUREMENTS_RECORDED, project,
            values=len(rows), corrected=corrected, indicators=sorted(touched), by=by,
        )  # fmt: skip
    return len(rows)


def correct(
    session: Session,
    actor: Viewer,
    old: Measurement,
    value: int | None,
    note: str,
    reason: str,
    today: date,
    confirmed: bool,
    by: MeasuredBy = MeasuredBy.FORM,
) -> Measurement:
    """A new value for the period and group of `old`, which stays. Raises as `record_measurements`, and for one corrected since."""
    indicator = session.get_one(Indicator, old.indicator_id)
    refuse_stopped(indicator)
    entry = Entry(
        indicator, old.period_on, value, old.cut, note, old.data_source, today, reason, confirmed, field="value"
    )
    newest = _newest(session, [entry])[indicator.id, old.period_on, old.cut]
    if newest.id != old.id:
        raise Refused(_("This value was corrected meanwhile. Reload the page and correct the newest one."))
    if newest.value == value:
        raise FieldRefused("value", _("This is the value that is there already"))
    _check_value(session, entry)
    row = _row(session, actor, entry, newest, today, by, None)
    session.add(row)
    refresh(session, indicator)
    record(
        session, actor, Tag.MEASUREMENT_CORRECTED, indicator, words=reason,
        project=indicator.project_id, period=old.period_on, corrects=old.id, ordinal=row.ordinal,
    )  # fmt: skip
    return row


def asked_again(session: Session, entry: Entry) -> list[Concern]:
    """What makes a value implausible, against its bounds and the value of the period before in the same group."""
    if entry.value is None:
        return []
    indicator = entry.indicator
    last = session.scalar(
        select(col(Measurement.value))
        .where(
            col(Measurement.indicator_id) == indicator.id,
            col(Measurement.cut) == entry.cut,
            col(Measurement.period_on) < entry.period_on,
            col(Measurement.value).is_not(None),
        )
        .order_by(col(Measurement.period_on).desc(), col(Measurement.ordinal).desc())
        .limit(1)
    )
    return concerns(
        entry.value, indicator.unit_kind, indicator.scale,
        last=last, lowest=indicator.lowest, highest=indicator.highest,
    )  # fmt: skip


def is_same(row: Measurement, entry: Entry) -> bool:
    """Whether an entry says nothing new: a file that is sent twice changes nothing."""
    return row.value == entry.value and row.note == entry.note


Key = tuple[uuid.UUID, date, str]


def _newest(session: Session, entries: Iterable[Entry]) -> dict[Key, Measurement]:
    """The valid row of each (indicator, period, group) among those asked for."""
    wanted = {entry.indicator.id for entry in entries}
    days = {entry.period_on for entry in entries}
    rows = session.scalars(
        select(Measurement)
        .where(col(Measurement.indicator_id).in_(wanted), col(Measurement.period_on).in_(days))
        .order_by(col(Measurement.ordinal))
    )
    return {(row.indicator_id, row.period_on, row.cut): row for row in rows}


newest_rows = _newest


def _check(session: Session, entry: Entry, project: Project, today: date, there: Measurement | None) -> None:
    indicator = entry.indicator
    if indicator.project_id != project.id:
        raise Refused(_("This indicator belongs to another project."))
    refuse_stopped(indicator)
    if fault := period_fault(indicator, entry.period_on, today):
        raise FieldRefused(entry.field, fault)
    if there is not None and not entry.reason:
        raise FieldRefused(entry.field, _("This period was measured already. Correct that value, with a reason."))
    _check_value(session, entry)


def period_fault(indicator: Indicator, period: date, today: date) -> str:
    """Why a day does not name a period that can be measured, in words, or nothing."""
    if period != period_of(indicator.frequency, period):
        return _("A period is named by its last day")
    if period > today:
        return _("This period has not ended")
    if period < period_of(indicator.frequency, indicator.measured_from):
        return _("This period comes before the first one to be measured")
    if indicator.measured_until is not None and first_day(indicator.frequency, period) > indicator.measured_until:
        return _("This period comes after the last one to be measured")
    return ""


def _check_value(session: Session, entry: Entry) -> None:
    if fault := bound_fault(entry.indicator, entry.value):
        raise FieldRefused(entry.field, fault)
    if entry.value is None and not entry.note:
        raise FieldRefused(entry.field, _("Say in the note why there is no value: nothing is not zero"))
    if asked_again(session, entry) and not (entry.confirmed and entry.note):
        raise FieldRefused(entry.field, _("This value looks unusual: confirm it and say why in the note"))


def _row(
    session: Session,
    actor: Viewer,
    entry: Entry,
    there: Measurement | None,
    today: date,
    by: MeasuredBy,
    upload: Upload | None,
) -> Measurement:
    return Measurement(
        indicator_id=entry.indicator.id,
        period_on=entry.period_on,
        cut=entry.cut,
        ordinal=0 if there is None else there.ordinal + 1,
        value=entry.value,
        as_at=entry.as_at or today,
        measured_by=by,
        data_source=entry.data_source or entry.indicator.data_source,
        note=entry.note,
        reason=entry.reason if there is not None else "",
        is_unusual=bool(asked_again(session, entry)),
        by_id=actor.person_id if actor.grants else None,
        upload_id=None if upload is None else upload.id,
    )
