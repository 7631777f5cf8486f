"""Reading indicators. The project came from `projects.visibility.get_project`; lists across projects start from `visible_to`."""

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.errors import NotFound
from portfolio.kpis.models import CurveRevision, Indicator, Measurement, Standing, SurveyWave, TargetPoint
from portfolio.kpis.periods import newest_ended, periods
from portfolio.kpis.rules import Judged, Measured, Promise, Target, judge, target_at
from portfolio.kpis.terms import Curve
from portfolio.people.models import Membership, Person
from portfolio.people.permissions import GRANTS, Permission
from portfolio.people.queries import in_force, names
from portfolio.projects.models import Project

MOST_MISSING = 3
"""Unmeasured periods of an indicator that one page asks for: the newest ones; older gaps go by file."""

MOST_MEASUREMENTS = 500
"""Rows that the page of an indicator shows."""

_WRITERS = sorted((role for role, granted in GRANTS.items() if Permission.KPI_WRITE in granted), key=lambda r: r.value)


@dataclass(frozen=True, slots=True)
class Line:
    """An indicator of a scorecard: what is promised, what was measured last, what is said of it."""

    indicator: Indicator
    promise: Promise
    standing: Standing | None
    judged: Judged
    today: int | None
    owner: str


def scorecard(session: Session, project: Project, as_at: date) -> list[Line]:
    """Every indicator of a project, by family and name; those no longer measured last. Four queries, however many."""
    rows = session.execute(
        select(Indicator, Standing)
        .outerjoin(Standing, col(Standing.indicator_id) == col(Indicator.id))
        .where(col(Indicator.project_id) == project.id)
        .order_by(col(Indicator.stopped_on).is_not(None), col(Indicator.family), col(Indicator.name), col(Indicator.id))
    ).all()
    return lines_of(session, [(row[0], row[1]) for row in rows], as_at)


def lines_of(session: Session, rows: Sequence[tuple[Indicator, Standing | None]], as_at: date) -> list[Line]:
    indicators = [indicator for indicator, _standing in rows]
    promised = promises(session, indicators)
    people = names(session, [indicator.owner_id for indicator in indicators])
    found = []
    for indicator, standing in rows:
        promise = promised[indicator.id]
        newest = None if standing is None else Measured(standing.period_on, standing.value)
        found.append(
            Line(
                indicator,
                promise,
                standing,
                judge(promise, newest, as_at),
                target_at(promise, as_at),
                people.get(indicator.owner_id, "") if indicator.owner_id else "",
            )
        )
    return found


def promises(session: Session, indicators: Sequence[Indicator], *, first: bool = False) -> dict[uuid.UUID, Promise]:
    """The curve in force of each, or the first one: what was promised before anybody changed it."""
    ids = [indicator.id for indicator in indicators]
    wanted = {indicator.id: 1 if first else indicator.revision for indicator in indicators}
    curves = {
        (row.indicator_id, row.revision): row
        for row in session.scalars(select(CurveRevision).where(col(CurveRevision.indicator_id).in_(ids)))
    }
    points: dict[uuid.UUID, list[Target]] = {}
    for row in session.scalars(
        select(TargetPoint).where(col(TargetPoint.indicator_id).in_(ids)).order_by(col(TargetPoint.due_on))
    ):
        if row.revision == wanted[row.indicator_id]:
            points.setdefault(row.indicator_id, []).append(Target(row.due_on, row.value))
    return {one.id: _promise(one, curves.get((one.id, wanted[one.id])), points.get(one.id, [])) for one in indicators}


def _promise(indicator: Indicator, curve: CurveRevision | None, points: Sequence[Target]) -> Promise:
    has_baseline = indicator.baseline is not None and indicator.baseline_on is not None
    return Promise(
        direction=indicator.direction,
        frequency=indicator.frequency,
        curve=Curve.LINEAR if curve is None else curve.curve,
        points=points,
        measured_from=indicator.measured_from,
        tolerance=0 if curve is None else curve.tolerance,
        baseline=Target(indicator.baseline_on, indicator.baseline) if has_baseline else None,  # type: ignore[arg-type]
        measured_until=indicator.measured_until,
    )


def get_indicator(session: Session, project: Project, indicator_id: uuid.UUID) -> Indicator:
    """Raises `NotFound` for one of another project."""
    found = session.get(Indicator, indicator_id)
    if found is None or found.project_id != project.id:
        raise NotFound
    return found


def get_measurement(session: Session, indicator: Indicator, measurement_id: uuid.UUID) -> Measurement:
    found = session.get(Measurement, measurement_id)
    if found is None or found.indicator_id != indicator.id:
        raise NotFound
    return found


def measurements_of(session: Session, indicator: Indicator) -> Sequence[Measurement]:
    """Newest period first; within one everybody first, then its groups; the valid value before those it corrects."""
    return session.scalars(
        select(Measurement)
        .where(col(Measurement.indicator_id) == indicator.id)
        .order_by(
            col(Measurement.period_on).desc(),
            col(Measurement.cut),
            col(Measurement.ordinal).desc(),
            col(Measurement.id),
        )
        .limit(MOST_MEASUREMENTS)
    ).all()


def points_by_revision(session: Session, indicator: Indicator) -> dict[int, list[tuple[date, int]]]:
    """The targets of every curve, by date."""
    found: dict[int, list[tuple[date, int]]] = {}
    for row in session.scalars(
        select(TargetPoint)
        .where(col(TargetPoint.indicator_id) == indicator.id)
        .order_by(col(TargetPoint.revision), col(TargetPoint.due_on))
    ):
        found.setdefault(row.revision, []).append((row.due_on, row.value))
    return found


def revisions_of(session: Session, indicator: Indicator) -> Sequence[CurveRevision]:
    """Every curve that was ever in force, newest first."""
    return session.scalars(
        select(CurveRevision)
        .where(col(CurveRevision.indicator_id) == indicator.id)
        .order_by(col(CurveRevision.revision).desc())
    ).all()


@dataclass(frozen=True, slots=True)
class DuePeriod:
    """A period of an indicator that has ended and was not measured; `cuts` are the groups of the period measured last.

    `last`: the value of the period measured before, else the baseline (`last_is_baseline`).
    """

    indicator: Indicator
    period_on: date
    last: int | None
    cuts: tuple[str, ...]
    last_is_baseline: bool = False


@dataclass(frozen=True, slots=True)
class DueCount:
    """How many periods the page asks for now, and how many wait in all: it asks for a few of each indicator at a time."""

    now: int
    all: int


def due_count(session: Session, project: Project, as_at: date) -> DueCount:
    waiting = Counter(one.indicator.id for one in due_periods(session, project, as_at, most=None))
    return DueCount(sum(min(count, MOST_MISSING) for count in waiting.values()), waiting.total())


def due_periods(
    session: Session, project: Project, as_at: date, *, most: int | None = MOST_MISSING
) -> list[DuePeriod]:  # fmt: skip
    """What a project may measure now: the newest few periods an indicator, oldest first, in the order of the scorecard."""
    indicators = session.scalars(
        select(Indicator)
        .where(col(Indicator.project_id) == project.id, col(Indicator.stopped_on).is_(None))
        .order_by(col(Indicator.family), col(Indicator.name), col(Indicator.id))
    ).all()
    measured = _measured(session, [indicator.id for indicator in indicators])
    found = []
    for indicator in indicators:
        cuts_by_period, values = measured.get(indicator.id, ({}, {}))
        last_day = newest_ended(indicator.frequency, as_at)
        if indicator.measured_until is not None:
            last_day = min(last_day, newest_ended(indicator.frequency, indicator.measured_until))
        missing = [p for p in periods(indicator.frequency, indicator.measured_from, last_day) if p not in values]
        for period in missing if most is None else missing[-most:]:
            before = [p for p in sorted(values) if p < period]
            cuts = cuts_by_period.get(before[-1], []) if before else []
            last = values[before[-1]] if before else indicator.baseline
            found.append(DuePeriod(indicator, period, last, tuple(sorted(cuts)), not before))
    return found


_Seen = tuple[dict[date, list[str]], dict[date, int | None]]


def _measured(session: Session, indicators: Iterable[uuid.UUID]) -> dict[uuid.UUID, _Seen]:
    """By indicator: the groups of each period, and the valid value of everybody in each."""
    found: dict[uuid.UUID, _Seen] = {}
    rows = session.execute(
        select(col(Measurement.indicator_id), col(Measurement.period_on), col(Measurement.cut), col(Measurement.value))
        .where(col(Measurement.indicator_id).in_(list(indicators)))
        .order_by(col(Measurement.ordinal))
    )
    for indicator_id, period, cut, value in rows:
        cuts, values = found.setdefault(indicator_id, ({}, {}))
        if cut:
            cuts.setdefault(period, []).append(cut)
        else:
            values[period] = value
    return found


def writers(session: Session, institution_id: uuid.UUID, on: date) -> list[tuple[uuid.UUID, str]]:
    """Who may measure in an institution, by name: those who can own an indicator."""
    rows = session.execute(
        select(col(Person.id), col(Person.name))
        .join(Membership, col(Membership.person_id) == col(Person.id))
        .where(col(Membership.institution_id) == institution_id, col(Membership.role).in_(_WRITERS), in_force(on))
        .distinct()
        .order_by(col(Person.name), col(Person.id))
    )
    return [(row.id, row.name) for row in rows]


def waves_of(session: Session, project: Project) -> Sequence[SurveyWave]:
    """Newest first."""
    return session.scalars(
        select(SurveyWave)
        .where(col(SurveyWave.project_id) == project.id)
        .order_by(col(SurveyWave.asked_to).desc(), col(SurveyWave.wave), col(SurveyWave.topic), col(SurveyWave.id))
    ).all()
