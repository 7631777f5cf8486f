"""A funded project with indicators, for tests: plain functions that commit nothing."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from case_factories import a_call, a_case
from factories import a_person, an_institution
from portfolio.business_cases.terms import CaseStatus
from portfolio.kpis.actions import add_indicator
from portfolio.kpis.forms import IndicatorFields
from portfolio.kpis.models import Indicator
from portfolio.kpis.terms import Direction, Family, Frequency, UnitKind
from portfolio.people.models import Institution
from portfolio.people.terms import Role
from portfolio.people.viewer import SYSTEM, Viewer
from portfolio.projects.beginning import create_project
from portfolio.projects.models import Project

TODAY = date(2026, 8, 3)
"""The day of the tests' present instant in the demonstration's country."""


@dataclass
class KpiStage:
    agency: Institution
    project: Project
    lead: Viewer
    analyst: Viewer


def a_kpi_stage(session: Session, agency: Institution | None = None, number: str = "PF-2027-000801") -> KpiStage:
    agency = agency or an_institution(session)
    lead = a_person(session, (Role.CASE_LEAD, agency))
    case = a_case(session, agency, lead, a_call(session), CaseStatus.DECIDED, title=f"Project {number}", number=number)
    project = create_project(
        session, SYSTEM, initiative_id=case.initiative_id, case_id=case.id, began_on=date(2026, 1, 5)
    )
    return KpiStage(agency, project, lead, a_person(session, (Role.DIRECTIVE_ANALYST, an_institution(session))))


def an_indicator(session: Session, stage: KpiStage, name: str = "Days to resolve", **changes: Any) -> Indicator:
    """Days, less is better, monthly from May 2026: 20 at the end of 2025, promised 10 by June and 8 by the end of 2026."""
    fields: dict[str, Any] = {
        "name": name,
        "family": Family.OPERATIONAL,
        "unit_kind": UnitKind.DURATION,
        "unit": "days",
        "direction": Direction.DOWN,
        "frequency": Frequency.MONTHLY,
        "baseline": Decimal(20),
        "baseline_on": date(2025, 12, 31),
        "measured_from": date(2026, 5, 1),
        "owner_id": stage.lead.person_id,
        "on_1": date(2026, 6, 30),
        "value_1": Decimal(10),
        "on_2": date(2026, 12, 31),
        "value_2": Decimal(8),
    }
    return add_indicator(session, stage.lead, stage.project, IndicatorFields(**{**fields, **changes}), TODAY)
