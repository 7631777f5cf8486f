"""Taking over what a case promised: its indicators with baseline and target, its benefits with their yearly value.

The rows are plain values, because the case lies above this room. Figures come as the case keeps them: digits and a point.
"""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.clock import now
from portfolio.db.text import folded
from portfolio.kpis.actions import write_curve
from portfolio.kpis.models import Indicator
from portfolio.kpis.numbers import scale_of, scaled
from portfolio.kpis.tally import forget
from portfolio.kpis.terms import Curve, Direction, Family, Frequency, IndicatorKind, UnitKind
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.web.formatting import country_zone

FAMILIES = {
    "operational": Family.OPERATIONAL,
    "experience": Family.OPERATIONAL,
    "inclusion": Family.INCLUSION,
    "governance": Family.GOVERNANCE,
}
"""The case's families; experience joins the first (handbook I-73). An unknown one too, for somebody to put right."""


@dataclass(frozen=True, slots=True)
class AdoptedIndicator:
    """An indicator line of a case. `key`: its id, which makes a second adoption do nothing; `family`, `direction`: its codes."""

    key: str
    family: str
    name: str
    unit: str = ""
    direction: str = ""
    baseline: str = ""
    baseline_on: date | None = None
    target: str = ""
    target_on: date | None = None
    owner: str = ""
    method: str = ""
    is_context: bool = False


@dataclass(frozen=True, slots=True)
class AdoptedBenefit:
    """A benefit line of a case; `amount_minor`: what it is worth in a year, in the case's currency, where it was valued."""

    key: str
    description: str
    beneficiaries: str = ""
    amount_minor: int | None = None
    starts_on: date | None = None
    evidence: str = ""


AdoptedRow = AdoptedIndicator | AdoptedBenefit


def adopt(session: Session, actor: Viewer, project: Project, rows: Sequence[AdoptedRow]) -> int:
    """Take over what is not here yet and return how many; lines without a name are left out. Records one event.

    Whoever adopts owns the indicators until they hand them over. A figure that is no number leaves its promise open: the
    result then cannot be determined until somebody sets targets.
    """
    initiative = session.get_one(Initiative, project.initiative_id)
    today = now(session).astimezone(country_zone()).date()
    here = set(session.scalars(select(col(Indicator.origin)).where(col(Indicator.project_id) == project.id)))
    taken: list[uuid.UUID] = []
    for row in rows:
        indicator = _indicator(row, project, initiative.currency, today)
        if indicator is None or indicator.origin in here:
            continue
        indicator.owner_id = actor.person_id if actor.grants else None
        session.add(indicator)
        forget(session, project.id)
        session.flush()
        here.add(indicator.origin)
        taken.append(indicator.id)
        points = _points(row, indicator, today)
        if points:
            curve = Curve.STEPPED if isinstance(row, AdoptedBenefit) else Curve.LINEAR
            write_curve(session, actor, indicator, curve, 0, points, "")
    if taken:
        record(session, actor, Tag.INDICATOR_ADDED, project, adopted=len(taken), indicators=taken)
    return len(taken)


def _indicator(row: AdoptedRow, project: Project, currency: str, today: date) -> Indicator | None:
    if isinstance(row, AdoptedBenefit):
        return _benefit(row, project, currency, today)
    if not row.name.strip():
        return None
    unit_kind = kind_of_unit(row.unit, row.name)
    scale = scale_of(unit_kind)
    baseline, target = figure(row.baseline, scale), figure(row.target, scale)
    return Indicator(
        project_id=project.id,
        origin=f"case_indicator:{row.key}",
        family=FAMILIES.get(row.family, Family.OPERATIONAL),
        name=row.name.strip()[:200],
        unit_kind=unit_kind,
        unit=row.unit[:60],
        scale=scale,
        direction=_direction(row.direction, baseline, target),
        frequency=frequency_of(row.method),
        formula=row.method[:1000],
        baseline=baseline if row.baseline_on else None,
        baseline_on=row.baseline_on if baseline is not None else None,
        is_context=row.is_context,
        owner_post=row.owner[:120],
        measured_from=project.began_on or today,
    )


def _benefit(row: AdoptedBenefit, project: Project, currency: str, today: date) -> Indicator | None:
    if not row.description.strip():
        return None
    is_valued = row.amount_minor is not None
    unit_kind = UnitKind.MONEY if is_valued else UnitKind.PERCENT
    return Indicator(
        project_id=project.id,
        kind=IndicatorKind.BENEFIT,
        origin=f"case_benefit:{row.key}",
        family=Family.CAPABILITY,
        name=row.description.strip().split("\n")[0][:200],
        unit_kind=unit_kind,
        unit="" if is_valued else "%",
        currency=currency if is_valued else "",
        scale=scale_of(unit_kind, currency),
        direction=Direction.UP,
        frequency=Frequency.YEARLY,
        formula=row.evidence[:1000],
        data_source=row.beneficiaries[:300],
        measured_from=row.starts_on or project.ends_on or project.began_on or today,
    )


def _points(row: AdoptedRow, indicator: Indicator, today: date) -> list[tuple[date, int]]:
    """One target: the case's own, or what a benefit is worth in each year from its first."""
    if isinstance(row, AdoptedBenefit):
        if row.amount_minor is None:
            return []
        return [(date(indicator.measured_from.year, 12, 31), row.amount_minor)]
    target = figure(row.target, indicator.scale)
    if target is None or row.target_on is None:
        return []
    return [(row.target_on, target)]


def figure(text: str, scale: int) -> int | None:
    """A figure of the case as a whole number; nothing for what is no number."""
    try:
        return scaled(Decimal(text.strip()), scale)
    except (InvalidOperation, ValueError):
        return None


def _direction(code: str, baseline: int | None, target: int | None) -> Direction:
    """As the case said, else by its figures: a target below the baseline means that less is better."""
    if code in (Direction.UP.value, Direction.DOWN.value):
        return Direction(code)
    return Direction.DOWN if baseline is not None and target is not None and target < baseline else Direction.UP


_SHARE = re.compile(r"%|\b(porcent\w*|percent\w*|proporc\w*|share)\b")
_TIME = re.compile(r"\b(dias?|days?|horas?|hours?|minutos?|minutes?|semanas?|weeks?|meses|months)\b")
_SCORE = re.compile(r"\b(puntos?|puntaje|pontos?|score|points?|nota)\b")


def kind_of_unit(unit: str, name: str = "") -> UnitKind:
    """By the words of the unit, in the languages of the interface; a ratio, which nothing bounds, where they say nothing."""
    words = folded(unit or name)
    if _SHARE.search(words):
        return UnitKind.PERCENT
    if _TIME.search(words):
        return UnitKind.DURATION
    return UnitKind.SCORE if _SCORE.search(words) else UnitKind.RATIO


_EVERY = (
    (Frequency.MONTHLY, re.compile(r"\b(mensual\w*|mensal\w*|monthly|cada mes|every month)\b")),
    (Frequency.HALF_YEARLY, re.compile(r"\b(semestr\w*|half.year\w*)\b")),
    (Frequency.YEARLY, re.compile(r"\b(anual\w*|yearly|annual\w*|cada ano)\b")),
)


def frequency_of(method: str) -> Frequency:
    """As the method says; every quarter where it says nothing, as progress is reported."""
    words = folded(method)
    return next((frequency for frequency, pattern in _EVERY if pattern.search(words)), Frequency.QUARTERLY)
