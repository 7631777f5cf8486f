"""Indicators of the demonstration: promised, measured for months, corrected once, and a benefit measured after closure."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.models import BusinessCase
from portfolio.db.text import folded, sort_key
from portfolio.demo.road import Stage
from portfolio.demo.stories import read
from portfolio.kpis.actions import add_indicator, add_wave
from portfolio.kpis.catalogue import catalogue
from portfolio.kpis.forms import IndicatorFields, WaveFields
from portfolio.kpis.measuring import Entry, correct, record_measurements
from portfolio.kpis.models import Indicator, Measurement
from portfolio.kpis.numbers import scaled
from portfolio.kpis.periods import newest_ended, next_period, period_of
from portfolio.people.viewer import SYSTEM, Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.projects.terms import IMPORTED, ProjectStage

if TYPE_CHECKING:
    from portfolio.demo.delivery import Told

Row = Mapping[str, Any]
DAY = date(2026, 11, 18)
"""The day on which the institutions brought in what they had measured so far."""

EARLIER = "Registro anterior de proyectos"
"""The source of what was delivered before the portfolio was kept here."""


def measure(stage: Stage, told: "Sequence[Told]") -> None:
    """Each project in one transaction; a case that was not funded has no project and is passed over."""
    cases = {one.story.title: one for one in told}
    for row in read("delivery_kpis"):
        known = cases.get(row["title"])
        if known is None:
            continue
        with stage.act(DAY) as session:
            project = _closed(session, stage, row) if "closed" in row else _project(session, known.case_id)
            if project is not None:
                _bring_in(session, stage.team(session, known.story, "lead"), project, row)


def measure_carried_over(stage: Stage, told: "Sequence[Told]") -> None:
    """Series of indicators that came over from their case; the projects that carried nothing over are passed over."""
    cases = {one.story.title: one for one in told}
    for row in read("delivery_measured"):
        known = cases.get(row["title"])
        if known is None:
            continue
        with stage.act(DAY) as session:
            project = _project(session, known.case_id)
            if project is not None:
                _bring_in_series(session, stage.team(session, known.story, "lead"), project, row)


def _bring_in_series(session: Session, lead: Viewer, project: Project, row: Row) -> None:
    for indicator in session.scalars(
        select(Indicator).where(col(Indicator.project_id) == project.id).order_by(col(Indicator.name))
    ).all():
        told = row["series"].get(indicator.name)
        if told is None:
            continue
        series = {"from": indicator.measured_from, "note": row["note"], **told}
        record_measurements(session, lead, project, list(_entries(indicator, series)), DAY)
        if "correct" in told:
            _correct(session, lead, indicator, told["correct"])


def _project(session: Session, case_id: uuid.UUID) -> Project | None:
    initiative_id = session.get_one(BusinessCase, case_id).initiative_id
    return session.scalar(select(Project).where(col(Project.initiative_id) == initiative_id))


def _closed(session: Session, stage: Stage, row: Row) -> Project:
    """A project of before: without a case here, as an import would have brought it; `delivery_closing` closes it."""
    title = row["closed"]
    initiative = Initiative(
        institution_id=stage.country.institutions[row["at"]].id,
        title=title,
        state=IMPORTED,
        stage=ProjectStage.OPERATING,
        currency=stage.pack.currency,
        source=EARLIER,
        source_key=row["number"],
        reference=row["number"],
        as_at=row["ended"],
        sort_key=sort_key(title),
        search_text=folded(title),
    )
    session.add(initiative)
    session.flush()
    project = Project(
        initiative_id=initiative.id, stage=ProjectStage.OPERATING, began_on=row["began"], ends_on=row["ended"]
    )
    session.add(project)
    session.flush()
    record(session, SYSTEM, Tag.PROJECTS_IMPORTED, initiative, source=EARLIER, count=1)
    return project


def _bring_in(session: Session, lead: Viewer, project: Project, row: Row) -> None:
    by_code: dict[str, Indicator] = {}
    for told in row["indicators"]:
        indicator = add_indicator(session, lead, project, _fields(told, lead), DAY)
        by_code[indicator.code] = indicator
        record_measurements(session, lead, project, list(_entries(indicator, told)), DAY)
        if "correct" in told:
            _correct(session, lead, indicator, told["correct"])
    if wave := row.get("wave"):
        fields = {name: value for name, value in wave.items() if name != "for"}
        asked = WaveFields(**fields, indicator_id=by_code[wave["for"]].id)
        add_wave(session, lead, project, asked, DAY)


def _fields(told: Row, lead: Viewer) -> IndicatorFields:
    values: dict[str, Any] = {
        "measured_from": told["from"],
        "baseline": told.get("baseline"),
        "baseline_on": told.get("before"),
        "tolerance": Decimal(str(told.get("tolerance", 0))),
        "curve": told.get("curve", "linear"),
        "owner_id": lead.person_id,
        "code": told.get("code", ""),
    }
    for name in ("kind", "name", "family", "unit_kind", "unit", "direction", "frequency"):
        if name in told:
            values[name] = told[name]
    for number, (on, value) in enumerate(told["targets"].items(), start=1):
        values |= {f"on_{number}": on, f"value_{number}": Decimal(str(value))}
    entry = catalogue().get(values["code"])
    if entry is not None:
        values |= {
            "name": entry.name.es,
            "unit": entry.unit.es,
            "formula": entry.formula.es,
            "data_source": entry.source.es,
            "is_context": entry.is_context,
            "dimensions": list(entry.dimensions),
            **{name: getattr(entry, name) for name in ("family", "unit_kind", "direction", "frequency")},
        }
    elif "groups" in told:
        keys = (part for cuts in told["groups"].values() for cut in cuts for part in cut.split(";"))
        values["dimensions"] = sorted({key.partition("=")[0] for key in keys})
    baseline = values["baseline"]
    return IndicatorFields(**{**values, "baseline": None if baseline is None else Decimal(str(baseline))})


def _entries(indicator: Indicator, told: Row) -> Iterator[Entry]:
    """One value a period from the first; those that had not ended on the day are left out."""
    period = period_of(indicator.frequency, told["from"])
    for value in told["values"]:
        if period > newest_ended(indicator.frequency, DAY):
            return
        note = told["note"] if value is None else ""
        yield Entry(indicator, period, _scaled(indicator, value), note=note, as_at=period)
        for cut, share in told.get("groups", {}).get(period, {}).items():
            yield Entry(indicator, period, _scaled(indicator, share), cut=cut, as_at=period)
        period = next_period(indicator.frequency, period)


def _scaled(indicator: Indicator, value: float | int | None) -> int | None:
    return None if value is None else scaled(Decimal(str(value)), indicator.scale)


def _correct(session: Session, lead: Viewer, indicator: Indicator, told: Row) -> None:
    old = session.scalars(
        select(Measurement).where(
            col(Measurement.indicator_id) == indicator.id,
            col(Measurement.period_on) == told["period"],
            col(Measurement.cut) == "",
        )
    ).one()
    correct(session, lead, old, _scaled(indicator, told["value"]), "", told["reason"], DAY, confirmed=False)
