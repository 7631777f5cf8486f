"""Promising: an indicator with its curve, a new curve with its reason, another owner, the end of measuring."""

import uuid
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.clock import now
from portfolio.errors import FieldRefused, Refused
from portfolio.i18n import gettext as _
from portfolio.kpis.forms import DetailFields, IndicatorFields, TargetFields, WaveFields
from portfolio.kpis.models import CurveRevision, Indicator, SurveyWave, TargetPoint
from portfolio.kpis.numbers import PLACES, scale_of, scaled
from portfolio.kpis.queries import writers
from portfolio.kpis.tally import forget
from portfolio.kpis.terms import Curve, Direction, UnitKind
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project


def add_indicator(session: Session, actor: Viewer, project: Project, fields: IndicatorFields, today: date) -> Indicator:
    """An indicator with its first curve. Raises `FieldRefused` for a number that cannot be kept or an owner who may not measure."""
    initiative = session.get_one(Initiative, project.initiative_id)
    currency = initiative.currency if fields.unit_kind is UnitKind.MONEY else ""
    scale = scale_of(fields.unit_kind, currency)
    _check_owner(session, initiative.institution_id, fields.owner_id, today)
    lowest, highest = _bounds(fields, scale)
    row = Indicator(
        project_id=project.id,
        currency=currency,
        scale=scale,
        baseline=None if fields.baseline is None else kept("baseline", fields.baseline, scale),
        lowest=lowest,
        highest=highest,
        dimensions=[dimension.value for dimension in fields.dimensions],
        **fields.model_dump(
            include={
                "kind", "code", "family", "name", "unit_kind", "unit", "direction", "frequency", "formula", "data_source",
                "baseline_on", "is_context", "owner_id", "owner_post", "measured_from", "measured_until",
            }
        ),
    )  # fmt: skip
    session.add(row)
    session.flush()
    record(session, actor, Tag.INDICATOR_ADDED, row, project=project.id, code=row.code)
    _set_curve(session, actor, row, fields)
    return row


def set_targets(session: Session, actor: Viewer, indicator: Indicator, fields: TargetFields) -> None:
    """A new curve; the ones before stay. Raises `FieldRefused` without a reason, `Refused` for a stopped indicator."""
    refuse_stopped(indicator)
    if len(fields.reason) < 10:
        raise FieldRefused("reason", _("Say why, in a sentence."))
    if indicator.direction is Direction.BAND and not fields.tolerance:
        raise FieldRefused("tolerance", _("Give the half width of the band as tolerance"))
    _set_curve(session, actor, indicator, fields)


def _set_curve(session: Session, actor: Viewer, indicator: Indicator, fields: TargetFields) -> None:
    scale = indicator.scale
    points = [(on, kept("value_1", value, scale)) for on, value in fields.points]
    write_curve(
        session, actor, indicator, fields.curve, kept("tolerance", fields.tolerance, scale), points, fields.reason
    )
    record(
        session, actor, Tag.INDICATOR_TARGETS_SET, indicator, words=fields.reason,
        project=indicator.project_id, revision=indicator.revision, targets=len(points),
    )  # fmt: skip


def write_curve(
    session: Session,
    actor: Viewer,
    indicator: Indicator,
    curve: Curve,
    tolerance: int,
    points: Sequence[tuple[date, int]],
    reason: str,
) -> None:
    """The next revision and its points, scaled; the caller records the event."""
    forget(session, indicator.project_id)
    indicator.revision += 1
    indicator.tolerance = tolerance
    session.add(
        CurveRevision(
            indicator_id=indicator.id,
            revision=indicator.revision,
            curve=curve,
            tolerance=tolerance,
            reason=reason,
            by_id=actor.person_id if actor.grants else None,
            created_at=now(session),  # its page says when: by the clock of the rules, not by that of the machine
        )
    )
    session.add_all(
        TargetPoint(indicator_id=indicator.id, revision=indicator.revision, due_on=on, value=value)
        for on, value in points
    )
    session.flush()


def change_indicator(session: Session, actor: Viewer, indicator: Indicator, fields: DetailFields, today: date) -> None:
    """Words, source, dimensions and owner; numbers that were promised change only with a new curve."""
    project = session.get_one(Project, indicator.project_id)
    initiative = session.get_one(Initiative, project.initiative_id)
    before = indicator.owner_id
    if fields.owner_id != before:
        _check_owner(session, initiative.institution_id, fields.owner_id, today)
    for name in ("name", "family", "formula", "data_source", "owner_id", "owner_post", "measured_until"):
        setattr(indicator, name, getattr(fields, name))
    indicator.dimensions = [dimension.value for dimension in fields.dimensions]
    indicator.lowest, indicator.highest = _bounds(fields, indicator.scale)
    forget(session, indicator.project_id)
    record(
        session, actor, Tag.INDICATOR_CHANGED, indicator,
        project=indicator.project_id, owner_before=before, owner_after=fields.owner_id,
    )  # fmt: skip


def _bounds(fields: DetailFields, scale: int) -> tuple[int | None, int | None]:
    """What is plausible for this indicator, scaled; nothing: the bounds of its unit hold."""
    if fields.lowest is not None and fields.highest is not None and fields.lowest >= fields.highest:
        raise FieldRefused("highest", _("The highest plausible value must be more than the lowest"))
    return (
        None if fields.lowest is None else kept("lowest", fields.lowest, scale),
        None if fields.highest is None else kept("highest", fields.highest, scale),
    )


def stop_indicator(session: Session, actor: Viewer, indicator: Indicator, reason: str, today: date) -> None:
    """Nothing more is due of it; what was measured stays, and the reason stands beside it."""
    refuse_stopped(indicator)
    indicator.stopped_on, indicator.stop_reason = today, reason
    forget(session, indicator.project_id)
    record(session, actor, Tag.INDICATOR_STOPPED, indicator, words=reason, project=indicator.project_id)


def add_wave(session: Session, actor: Viewer, project: Project, fields: WaveFields, today: date) -> SurveyWave:
    """A wave of a survey. Raises `FieldRefused` for a wave that is there already or has not ended."""
    if fields.asked_to > today:
        raise FieldRefused("asked_to", _("Enter today or an earlier day"))
    same = select(col(SurveyWave.id)).where(
        col(SurveyWave.project_id) == project.id,
        col(SurveyWave.wave) == fields.wave,
        col(SurveyWave.topic) == fields.topic,
        col(SurveyWave.channel) == fields.channel,
    )
    if session.scalar(same) is not None:
        raise FieldRefused("wave", _("This wave has a score for this topic and channel already"))
    if fields.indicator_id is not None:
        indicator = session.get(Indicator, fields.indicator_id)
        if indicator is None or indicator.project_id != project.id:
            raise FieldRefused("indicator_id", _("Choose one of the options"))
    row = SurveyWave(
        project_id=project.id,
        by_id=actor.person_id,
        score=kept("score", fields.score, PLACES),
        scale_from=kept("scale_from", fields.scale_from, PLACES),
        scale_to=kept("scale_to", fields.scale_to, PLACES),
        **fields.model_dump(exclude={"score", "scale_from", "scale_to"}),
    )
    session.add(row)
    session.flush()
    record(session, actor, Tag.SURVEY_WAVE_RECORDED, row, project=project.id, sample=row.sample_size)
    return row


def kept(field: str, value: Decimal, scale: int) -> int:
    """The whole number that is kept. Raises `FieldRefused` for what cannot be."""
    try:
        return scaled(value, scale)
    except ValueError as error:
        raise FieldRefused(field, str(error)) from None


def refuse_stopped(indicator: Indicator) -> None:
    if indicator.stopped_on is not None:
        raise Refused(_("This indicator is no longer measured."))


def _check_owner(session: Session, institution_id: uuid.UUID, owner_id: uuid.UUID, today: date) -> None:
    if owner_id not in dict(writers(session, institution_id, today)):
        raise FieldRefused("owner_id", _("Choose one of the options"))
