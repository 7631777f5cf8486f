"""What the pages of indicators show, made from rows and rules: templates neither compute nor judge."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from portfolio.i18n import gettext as _
from portfolio.kpis.chart import Drawing, draw
from portfolio.kpis.cuts import parts_of, words_of
from portfolio.kpis.models import CurveRevision, Indicator, Measurement
from portfolio.kpis.queries import Line
from portfolio.kpis.rules import Promise, is_met, share_kept, target_at
from portfolio.kpis.terms import Dimension, Family, IndicatorKind, UnitKind
from portfolio.kpis.words import (
    TONES,
    brief_words,
    corners,
    name_of,
    period_words,
    rounded,
    source_of,
    unit_of,
    value_words,
)
from portfolio.labels import label
from portfolio.web.formatting import country_zone, percent, short_day


@dataclass(frozen=True, slots=True)
class ShownLine:
    """An indicator in a scorecard; `spark` and `recent` say the same, once drawn and once in words."""

    href: str
    name: str
    about: str
    promised: str
    promised_by: str
    today: str
    latest: str
    latest_period: str
    result: str
    tone: str
    reason: str
    owner: str
    kept: str
    spark: Drawing | None
    recent: str


@dataclass(frozen=True, slots=True)
class Quadrant:
    """A family with its indicators; `counts` only those that are no context."""

    code: str
    title: str
    lines: Sequence[ShownLine]
    missing: str = ""


def quadrants(lines: Sequence[Line], url_for: Callable[..., str]) -> list[Quadrant]:
    """The four families in their order, the empty ones too, which are a finding; none where nothing but benefits is measured."""
    counted = [line for line in lines if line.indicator.kind is IndicatorKind.INDICATOR]
    if not counted:
        return []
    found = []
    for family in Family:
        own = [line for line in counted if line.indicator.family is family]
        is_covered = any(not line.indicator.is_context and line.indicator.stopped_on is None for line in own)
        found.append(
            Quadrant(
                family.value,
                label(family),
                [shown_line(line, url_for) for line in own],
                "" if is_covered else _("No indicator of this family counts yet."),
            )
        )
    return found


def benefits(lines: Sequence[Line], url_for: Callable[..., str]) -> list[ShownLine]:
    return [shown_line(line, url_for) for line in lines if line.indicator.kind is IndicatorKind.BENEFIT]


def shown_line(line: Line, url_for: Callable[..., str]) -> ShownLine:
    one, standing = line.indicator, line.standing
    last = line.promise.points[-1] if line.promise.points else None
    recent = [] if standing is None else [(date.fromisoformat(on), value) for on, value in standing.recent]
    return ShownLine(
        href=url_for("kpis.indicator", project_id=one.project_id, indicator_id=one.id),
        name=name_of(one),
        about=_about(one),
        promised=brief_words(one, None if last is None else last.value),
        promised_by="" if last is None else _("by %(day)s") % {"day": short_day(last.on)},
        today=brief_words(one, rounded(one, line.today)),
        latest=brief_words(one, None if standing is None else standing.value),
        latest_period="" if standing is None else period_words(one.frequency, standing.period_on),
        result=label(line.judged.result),
        tone=TONES[line.judged.result],
        reason=label(line.judged.reason),
        owner=line.owner or one.owner_post or _("Nobody"),
        kept=_kept(line, recent),
        spark=draw(recent),
        recent="; ".join(f"{period_words(one.frequency, on)}: {brief_words(one, value)}" for on, value in recent),
    )


def _kept(line: Line, recent: Sequence[tuple[date, int | None]]) -> str:
    """How much of the promise was delivered; of money, the sum of the periods measured against what they promised."""
    one, points = line.indicator, line.promise.points
    if one.unit_kind is UnitKind.MONEY and one.kind is IndicatorKind.BENEFIT:
        pairs = [(value, target_at(line.promise, on)) for on, value in recent]
        told = [(value, target) for value, target in pairs if value is not None and target is not None]
        promised = sum(target for _value, target in told)
        return percent(sum(value for value, _target in told) / promised) if promised else ""
    value = None if line.standing is None else line.standing.value
    kept = share_kept(one.baseline, points[-1].value if points else None, value)
    return "" if kept is None else percent(kept)


def _about(one: Indicator) -> str:
    parts = [unit_words(one), label(one.frequency), label(one.direction)]
    if one.is_context:
        parts.append(_("context, never counted"))
    if one.stopped_on is not None:
        parts.append(_("no longer measured since %(day)s") % {"day": short_day(one.stopped_on)})
    return " · ".join(parts)


@dataclass(frozen=True, slots=True)
class ShownMeasurement:
    """A kept value, with what it corrected: (value, who and when, why it was corrected)."""

    id: uuid.UUID
    period: str
    group: str
    value: str
    target: str
    verdict: str
    tone: str
    note: str
    source: str
    who: str
    is_unusual: bool
    corrected: Sequence[tuple[str, str, str]]


def shown_measurements(
    one: Indicator, promise: Promise, rows: Sequence[Measurement], people: Mapping[uuid.UUID, str]
) -> list[ShownMeasurement]:
    """`rows` as `queries.measurements_of` gives them: the valid one of each period and group first."""
    found = []
    for (period, cut), group in groupby(rows, key=lambda row: (row.period_on, row.cut)):
        valid, *older = group
        target = target_at(promise, period)
        verdict, tone = _verdict(one, valid, target)
        found.append(
            ShownMeasurement(
                id=valid.id,
                period=period_words(one.frequency, period),
                group=words_of(cut),
                value=value_words(one, valid.value),
                target=value_words(one, rounded(one, target)),
                verdict=verdict,
                tone=tone,
                note=valid.note,
                source=" · ".join(filter(None, (_data_of(valid), source_of(one, valid.data_source)))),
                who=_who(valid, people),
                is_unusual=valid.is_unusual,
                corrected=[
                    (value_words(one, old.value), _who(old, people), newer.reason)
                    for newer, old in zip([valid, *older], older, strict=False)
                ],
            )
        )
    return found


def _verdict(one: Indicator, row: Measurement, target: int | None) -> tuple[str, str]:
    """Of one period; groups are told apart, not judged: the promise was made for everybody."""
    if row.cut or row.value is None or target is None:
        return "", "neutral"
    met = is_met(one.direction, row.value, target, one.tolerance)
    return (_("reaches its target"), "good") if met else (_("short of its target"), "bad")


def _data_of(row: Measurement) -> str:
    return _("data of %(day)s") % {"day": short_day(row.as_at)}


def _who(row: Measurement, people: Mapping[uuid.UUID, str]) -> str:
    by = people.get(row.by_id, "") if row.by_id else _("System")
    return f"{by} ({label(row.measured_by)})"


@dataclass(frozen=True, slots=True)
class GapRow:
    """The groups of one dimension in one period, and the gap between the best and the worst: inclusion as a number."""

    period: str
    group: str
    value: str


def newest_groups(one: Indicator, rows: Sequence[Measurement]) -> tuple[list[GapRow], str]:
    """Groups of the newest period that has any, valid values only; and the widest gap between two of them."""
    with_groups = [row for row in rows if row.cut]
    if not with_groups:
        return [], ""
    newest = with_groups[0].period_on
    valid: dict[str, Measurement] = {}
    for row in with_groups:
        if row.period_on == newest:
            valid.setdefault(row.cut, row)
    widest = _widest_gap(valid)
    gap = "" if widest is None else value_words(one, widest)
    shown_rows = [
        GapRow(period_words(one.frequency, newest), words_of(cut), value_words(one, row.value))
        for cut, row in valid.items()
    ]
    return shown_rows, gap


def _widest_gap(valid: Mapping[str, Measurement]) -> int | None:
    """Between two groups told apart by the same: women and men, never women and the old."""
    known: dict[tuple[Dimension, ...], list[int]] = {}
    for cut, row in valid.items():
        if row.value is not None:
            known.setdefault(tuple(dimension for dimension, _name in parts_of(cut)), []).append(row.value)
    return max((max(values) - min(values) for values in known.values() if len(values) > 1), default=None)


def big_drawing(promise: Promise, rows: Sequence[Measurement]) -> Drawing | None:
    """The values of everybody against the promised line."""
    valid: dict[date, int | None] = {}
    for row in rows:
        if not row.cut:
            valid.setdefault(row.period_on, row.value)
    return draw(sorted(valid.items()), corners(promise), width=640, height=220, axes=True)


def axis_words(one: Indicator, drawing: Drawing | None) -> tuple[str, str, str, str] | None:
    """First and last day, least and most value, as they stand beside the axes."""
    if drawing is None or drawing.ends is None:
        return None
    first, last, low, high = drawing.ends
    return short_day(first), short_day(last), brief_words(one, low), brief_words(one, high)


@dataclass(frozen=True, slots=True)
class ShownCurve:
    """A revision of the curve: what it asks, why it replaced the one before, and who set it."""

    number: int
    shape: str
    targets: Sequence[tuple[str, str]]
    tolerance: str
    reason: str
    who: str


def shown_curves(
    one: Indicator,
    revisions: Sequence[CurveRevision],
    points: Mapping[int, Sequence[tuple[date, int]]],
    people: Mapping[uuid.UUID, str],
) -> list[ShownCurve]:
    return [
        ShownCurve(
            number=row.revision,
            shape=label(row.curve),
            targets=[(short_day(on), value_words(one, value)) for on, value in points.get(row.revision, ())],
            tolerance=value_words(one, row.tolerance),
            reason=row.reason,
            who=f"{people.get(row.by_id, '') if row.by_id else _('System')}, {_local_day(row.created_at)}",
        )
        for row in revisions
    ]


def _local_day(at: datetime) -> str:
    return short_day(at.astimezone(country_zone()).date())


def unit_words(one: Indicator) -> str:
    return one.currency or unit_of(one) or label(one.unit_kind)
