"""What the pages of indicators show, made from rows and rules: templates neither compute nor judge."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from portfolio.i18n import gettext as _
from portfolio.kpis.chart import Drawing, draw
from portfolio.kpis.cuts import words_of
from portfolio.kpis.models import CurveRevision, Indicator, Measurement, SurveyWave
from portfolio.kpis.numbers import PLACES, shown
from portfolio.kpis.queries import Line
from portfolio.kpis.rules import Promise, is_met, share_kept, target_at
from portfolio.kpis.terms import Family, IndicatorKind
from portfolio.kpis.words import TONES, corners, name_of, period_words, source_of, unit_of, value_words
from portfolio.labels import label
from portfolio.web.formatting import percent, short_day


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
    """The four families in their order, those without any indicator too: an empty quadrant is a finding."""
    counted = [line for line in lines if line.indicator.kind is IndicatorKind.INDICATOR]
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
    kept = share_kept(one.baseline, None if last is None else last.value, None if standing is None else standing.value)
    return ShownLine(
        href=url_for("kpis.indicator", project_id=one.project_id, indicator_id=one.id),
        name=name_of(one),
        about=_about(one),
        promised=value_words(one, None if last is None else last.value),
        promised_by="" if last is None else _("by %(day)s") % {"day": short_day(last.on)},
        today=value_words(one, line.today),
        latest=value_words(one, None if standing is None else standing.value),
        latest_period="" if standing is None else period_words(one.frequency, standing.period_on),
        result=label(line.judged.result),
        tone=TONES[line.judged.result],
        reason=label(line.judged.reason),
        owner=line.owner or one.owner_post or _("Nobody"),
        kept="" if kept is None else percent(kept),
        spark=draw(recent),
        recent="; ".join(f"{period_words(one.frequency, on)}: {value_words(one, value)}" for on, value in recent),
    )


def _about(one: Indicator) -> str:
    parts = [label(one.frequency), label(one.direction)]
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
                target=value_words(one, target),
                verdict=verdict,
                tone=tone,
                note=valid.note,
                source=source_of(one, valid.data_source),
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


def _who(row: Measurement, people: Mapping[uuid.UUID, str]) -> str:
    by = people.get(row.by_id, "") if row.by_id else _("System")
    return f"{by}, {short_day(row.created_at.date())} · {label(row.measured_by)}"


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
    known = [row.value for row in valid.values() if row.value is not None]
    gap = value_words(one, max(known) - min(known)) if len(known) > 1 else ""
    shown_rows = [
        GapRow(period_words(one.frequency, newest), words_of(cut), value_words(one, row.value))
        for cut, row in valid.items()
    ]
    return shown_rows, gap


def big_drawing(promise: Promise, rows: Sequence[Measurement]) -> Drawing | None:
    """The values of everybody against the promised line."""
    valid: dict[date, int | None] = {}
    for row in rows:
        if not row.cut:
            valid.setdefault(row.period_on, row.value)
    return draw(sorted(valid.items()), corners(promise), width=640, height=200)


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
            who=f"{people.get(row.by_id, '') if row.by_id else _('System')}, {short_day(row.created_at.date())}",
        )
        for row in revisions
    ]


@dataclass(frozen=True, slots=True)
class ShownWave:
    wave: str
    days: str
    topic: str
    channel: str
    sample: int
    score: str
    method: str
    indicator: str


def shown_waves(rows: Sequence[SurveyWave], indicators: Mapping[uuid.UUID, Indicator]) -> list[ShownWave]:
    def score(row: SurveyWave) -> str:
        words = _("%(score)s on a scale from %(least)s to %(most)s")
        ends = (row.score, row.scale_from, row.scale_to)
        return words % dict(zip(("score", "least", "most"), (shown(end, PLACES) for end in ends), strict=True))

    return [
        ShownWave(
            wave=row.wave,
            days=f"{short_day(row.asked_from)} – {short_day(row.asked_to)}",
            topic=label(row.topic),
            channel=label(row.channel),
            sample=row.sample_size,
            score=score(row),
            method=row.method,
            indicator=name_of(indicators[row.indicator_id]) if row.indicator_id else "",
        )
        for row in rows
    ]


def unit_words(one: Indicator) -> str:
    return one.currency or unit_of(one) or label(one.unit_kind)
