"""Measurements by API: the same rules and the same trail as the form, for an information system that acts by its key."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import and_, func, or_, select, tuple_
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.db.clock import now
from portfolio.db.text import storable
from portfolio.documents.dates import read_date
from portfolio.documents.terms import Why
from portfolio.errors import FieldRefused, NotFound, Refused
from portfolio.i18n import gettext as _
from portfolio.kpis.api_fields import (
    IndicatorOut,
    Indicators,
    MeasurementIn,
    MeasurementOut,
    Measurements,
    NewestOut,
    RecordedOut,
)
from portfolio.kpis.bounds import bound_fault
from portfolio.kpis.cuts import LONGEST, cut_of, parts_of
from portfolio.kpis.measuring import (
    Entry,
    asked_again,
    correct,
    is_same,
    newest_rows,
    period_fault,
    record_measurements,
)
from portfolio.kpis.models import Indicator, Measurement, Standing
from portfolio.kpis.numbers import scaled, unscaled
from portfolio.kpis.periods import period_of
from portfolio.kpis.terms import Dimension, MeasuredBy
from portfolio.kpis.words import name_of, unit_of
from portfolio.labels import label
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.projects.visibility import visible_to

MOST = 200
"""Rows of one page."""
_MONTH = re.compile(r"\d{4}-\d{2}")


def project_named(session: Session, viewer: Viewer, name: str) -> Project:
    """A project by the number of its initiative (PF-2027-000123) or its own id, in the scope of the viewer.

    Raises `NotFound`, which does not tell a project of another institution from none.
    """
    if storable(name) is None:
        raise NotFound
    named = col(Initiative.number) == name
    if (project_id := _id_in(name)) is not None:
        named = or_(named, col(Project.id) == project_id)
    found = session.scalar(
        select(Project)
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .where(named, visible_to(viewer, now(session)))
    )
    if found is None:
        raise NotFound
    return found


def indicator_named(session: Session, project: Project, name: str, *, for_writing: bool = False) -> Indicator:
    """An indicator of the project by its code of the catalogue or its id; locked for whoever writes, so that two calls queue.

    Raises `NotFound`, and `Refused` for a code that two indicators of the project bear.
    """
    if storable(name) is None:
        raise NotFound
    named = col(Indicator.code) == name
    if (indicator_id := _id_in(name)) is not None:
        named = or_(named, col(Indicator.id) == indicator_id)
    query = select(Indicator).where(col(Indicator.project_id) == project.id, named).limit(2)
    found = session.scalars(query.with_for_update() if for_writing else query).all()
    if not found or not name:
        raise NotFound
    if len(found) > 1:
        raise Refused(_("Two indicators of this project have this code: name the one you mean by its id."))
    return found[0]


def _id_in(name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(name)
    except ValueError:
        return None


def take(
    session: Session, actor: Viewer, project: Project, one: Indicator, given: MeasurementIn, today: date
) -> RecordedOut:
    """Record a value, correct the one that is there when `reason` is given, or find that it says nothing new.

    Raises `FieldRefused` with the field of the call, and `Refused` for an indicator that is no longer measured.
    """
    entry = _entry(one, given, today)
    there = newest_rows(session, [entry]).get((one.id, entry.period_on, entry.cut))
    if there is not None and is_same(there, entry):
        return _recorded(one, there, "unchanged", None)
    _check(session, entry, given, is_correction=there is not None)
    if there is not None:
        row = correct(
            session, actor, there, entry.value, entry.note, entry.reason, today, confirmed=True, by=MeasuredBy.API
        )
        return _recorded(one, row, "corrected", there)
    record_measurements(session, actor, project, [entry], today, MeasuredBy.API)
    row = newest_rows(session, [entry])[one.id, entry.period_on, entry.cut]
    return _recorded(one, row, "recorded", None)


def _entry(one: Indicator, given: MeasurementIn, today: date) -> Entry:
    if one.stopped_on is not None:
        raise Refused(_("This indicator is no longer measured."))
    period = _period(one, given.period)
    if fault := period_fault(one, period, today):
        raise FieldRefused("period", fault)
    return Entry(
        indicator=one,
        period_on=period,
        value=_scaled(one, given.value),
        cut=_cut(one, given.group),
        note=given.note,
        data_source=given.data_source,
        reason=given.reason,
        confirmed=given.confirmed,
        field="value",
    )


def _period(one: Indicator, text: str) -> date:
    found = read_date(f"{text}-01" if _MONTH.fullmatch(text) else text, ())
    if isinstance(found, Why):
        raise FieldRefused("period", _("Write the period as 2026-08 or as a date of it"))
    return period_of(one.frequency, found)


def _scaled(one: Indicator, value: Decimal | None) -> int | None:
    try:
        return None if value is None else scaled(value, one.scale)
    except ValueError as error:
        raise FieldRefused("value", str(error)) from None


def _cut(one: Indicator, group: dict[str, str]) -> str:
    for name in group:
        if name not in one.dimensions:
            words = _("The indicator is not told apart by «%(name)s»") % {"name": name[:LONGEST]}
            raise FieldRefused("group", words)
    try:
        return cut_of({Dimension(name): value for name, value in group.items()})
    except ValueError as error:
        raise FieldRefused("group", str(error)) from None


def _check(session: Session, entry: Entry, given: MeasurementIn, *, is_correction: bool) -> None:
    """What the form asks a person, told by the field of the call that answers it."""
    if is_correction and not entry.reason:
        raise FieldRefused("reason", _("There is another value of this period: a correction needs a reason"))
    if entry.value is None and not entry.note:
        raise FieldRefused("note", _("Say in the note why there is no value: nothing is not zero"))
    if fault := bound_fault(entry.indicator, entry.value):
        raise FieldRefused("value", fault)
    if concerns := asked_again(session, entry):
        if not given.confirmed:
            words = " ".join(label(concern) for concern in concerns)
            raise FieldRefused(
                "confirmed", f"{_('This value looks unusual: confirm it and say why in the note')}. {words}"
            )
        if not entry.note:
            raise FieldRefused("note", _("This value looks unusual: confirm it and say why in the note"))


def _recorded(one: Indicator, row: Measurement, outcome: str, corrects: Measurement | None) -> RecordedOut:
    return RecordedOut(
        **_told(one, row, is_valid=True).model_dump(),
        indicator=one.code or str(one.id),
        outcome=outcome,
        corrects=None if corrects is None else str(corrects.id),
    )


def _told(one: Indicator, row: Measurement, *, is_valid: bool) -> MeasurementOut:
    return MeasurementOut(
        id=str(row.id),
        period=row.period_on,
        group={dimension.value: value for dimension, value in parts_of(row.cut)},
        value=_text(one, row.value),
        note=row.note,
        data_source=row.data_source,
        reason=row.reason,
        ordinal=row.ordinal,
        is_valid=is_valid,
        is_unusual=row.is_unusual,
        measured_by=row.measured_by.value,
        recorded_at=row.created_at,
    )


def _text(one: Indicator, value: int | None) -> str | None:
    return None if value is None else format(unscaled(value, one.scale), "f")


@dataclass(frozen=True, slots=True)
class Slice:
    """Which page: `after` the cursor of the one before, at most `limit` rows."""

    after: str
    limit: int


def indicators_page(session: Session, project: Project, asked: Slice) -> Indicators:
    """Indicators of a project in the order of their ids, with the newest value of each. Raises `FieldRefused("after", …)`."""
    query = (
        select(Indicator, Standing)
        .outerjoin(Standing, col(Standing.indicator_id) == col(Indicator.id))
        .where(col(Indicator.project_id) == project.id)
        .order_by(col(Indicator.id))
        .limit(asked.limit + 1)
    )
    if asked.after:
        query = query.where(col(Indicator.id) > _after(asked.after))
    rows = session.execute(query).all()
    items = [_indicator(row[0], row[1]) for row in rows[: asked.limit]]
    return Indicators(items=items, next=items[-1].id if len(rows) > asked.limit else None)


def _after(text: str) -> uuid.UUID:
    found = _id_in(text)
    if found is None:
        raise FieldRefused("after", _("Send what `next` said on the page before"))
    return found


def _indicator(one: Indicator, standing: Standing | None) -> IndicatorOut:
    newest = None if standing is None else NewestOut(period=standing.period_on, value=_text(one, standing.value))
    return IndicatorOut(
        id=str(one.id),
        code=one.code,
        name=name_of(one),
        family=one.family.value,
        unit_kind=one.unit_kind.value,
        unit=unit_of(one),
        currency=one.currency,
        decimals=one.scale,
        direction=one.direction.value,
        frequency=one.frequency.value,
        dimensions=list(one.dimensions),
        measured_from=one.measured_from,
        measured_until=one.measured_until,
        stopped_on=one.stopped_on,
        newest=newest,
    )


def measurements_page(session: Session, one: Indicator, asked: Slice) -> Measurements:
    """Values of an indicator by period, group and ordinal, corrected ones included. Raises `FieldRefused("after", …)`.

    The order is that of the table's own unique index: the last page is as fast as the first.
    """
    place = tuple_(col(Measurement.period_on), col(Measurement.cut), col(Measurement.ordinal))
    query = select(Measurement).where(col(Measurement.indicator_id) == one.id)
    if asked.after:
        last = session.get(Measurement, _after(asked.after))
        if last is None or last.indicator_id != one.id:
            raise FieldRefused("after", _("Send what `next` said on the page before"))
        query = query.where(place > tuple_(last.period_on, last.cut, last.ordinal))
    rows = session.scalars(
        query.order_by(col(Measurement.period_on), col(Measurement.cut), col(Measurement.ordinal)).limit(
            asked.limit + 1
        )
    ).all()
    shown = rows[: asked.limit]
    newest = _highest(session, one, shown)
    items = [_told(one, row, is_valid=newest[row.period_on, row.cut] == row.ordinal) for row in shown]
    return Measurements(items=items, next=items[-1].id if len(rows) > asked.limit else None)


def _highest(session: Session, one: Indicator, rows: Sequence[Measurement]) -> dict[tuple[date, str], int]:
    """The ordinal that is valid, by period and group of the rows."""
    if not rows:
        return {}
    found = session.execute(
        select(col(Measurement.period_on), col(Measurement.cut), func.max(col(Measurement.ordinal)))
        .where(
            and_(
                col(Measurement.indicator_id) == one.id,
                col(Measurement.period_on) >= rows[0].period_on,
                col(Measurement.period_on) <= rows[-1].period_on,
            )
        )
        .group_by(col(Measurement.period_on), col(Measurement.cut))
    )
    return {(period, cut): highest for period, cut, highest in found}
