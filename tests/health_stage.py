"""A project of which every room knows something, and those who rate it: plain functions that commit nothing."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from factories import a_person, an_institution
from kpi_stage import KpiStage, an_indicator
from modification_stage import give_password
from plan_stage import PlanStage, a_milestone, a_plan_stage, approved, proposed
from portfolio.kpis.measuring import Entry, record_measurements
from portfolio.kpis.models import Indicator
from portfolio.monitoring.rating_making import rate_project
from portfolio.monitoring.rating_models import Rating
from portfolio.monitoring.rating_queries import ratings_of
from portfolio.monitoring.rating_terms import RatingOccasion
from portfolio.people.models import Institution
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Project
from portfolio.projects.plan.forms import MilestoneFields
from portfolio.projects.plan.milestones import change_milestone
from portfolio.projects.plan.models import Milestone
from portfolio.projects.plan.terms import BaselineKind
from portfolio.risk.models import Risk
from portfolio.risk.register import Point, raise_risk
from portfolio.risk.terms import Stance
from risk_stage import PACK, a_description

TODAY = date(2026, 8, 3)
PERIOD = date(2026, 4, 1)
"""The quarter that is over on the day of the tests."""


@dataclass
class HealthStage:
    """One project, its people, and people of other bodies."""

    agency: Institution
    other: Institution
    project: Project
    lead: Viewer
    cio: Viewer
    head: Viewer
    analyst: Viewer
    secretary: Viewer
    auditor: Viewer
    member: Viewer
    reviewer: Viewer
    plan: PlanStage

    @property
    def pack(self):  # type: ignore[no-untyped-def]
        return PACK


def a_health_stage(session: Session, number: str = "PF-2027-000901", agency: Institution | None = None) -> HealthStage:
    """Without plan, indicators and risks: the functions below add them."""
    plan = a_plan_stage(session, number, agency)
    directive, other, commission = an_institution(session), an_institution(session), an_institution(session)
    stage = HealthStage(
        agency=plan.agency,
        other=other,
        project=plan.project,
        lead=plan.lead,
        cio=plan.cio,
        head=plan.director,
        analyst=plan.analyst,
        secretary=a_person(session, (Role.REVIEW_SECRETARY, directive), name="Sec Retary"),
        auditor=a_person(session, (Role.AUDITOR, an_institution(session)), name="Aud Itor"),
        member=a_person(session, (Role.COMMISSION_MEMBER, commission), name="Mem Ber"),
        reviewer=a_person(session, (Role.REVIEWER, other), (Role.AGENCY_CIO, other), name="Rev Iewer"),
        plan=plan,
    )
    give_password(session, stage.lead, stage.cio, stage.secretary, stage.reviewer)
    return stage


def with_plan(session: Session, stage: HealthStage) -> tuple[Milestone, Milestone]:
    """Two milestones approved for June and October 2026; the first was reached in July."""
    first = a_milestone(session, stage.plan, "Tender", date(2026, 6, 30), starts_on=date(2026, 6, 1))
    second = a_milestone(session, stage.plan, "Go live", date(2026, 10, 30))
    approved(session, stage.plan, proposed(session, stage.plan, BaselineKind.FIRST))
    reach(session, stage, first, date(2026, 7, 15))
    return first, second


def reach(session: Session, stage: HealthStage, row: Milestone, on: date) -> None:
    fields = MilestoneFields(title=row.title, forecast_on=row.forecast_on or on, actual_on=on, version=row.version)
    change_milestone(session, stage.lead, stage.project, row, fields)


def expect(session: Session, stage: HealthStage, row: Milestone, on: date) -> None:
    """A new forecast of a milestone."""
    fields = MilestoneFields(title=row.title, forecast_on=on, note="Later", version=row.version)
    change_milestone(session, stage.lead, stage.project, row, fields)


def with_indicator(session: Session, stage: HealthStage, days: int, name: str = "Days to resolve") -> Indicator:
    """Ten days were promised for June."""
    kpi = KpiStage(stage.agency, stage.project, stage.lead, stage.analyst)
    one = an_indicator(session, kpi, name)
    entry = Entry(one, date(2026, 6, 30), days * 10_000, field="v")
    record_measurements(session, stage.lead, stage.project, [entry], TODAY)
    return one


def with_risk(session: Session, stage: HealthStage, residual: tuple[int, int] = (4, 4)) -> Risk:
    """(4, 4) is out of what a project carries by itself."""
    points = {Stance.INHERENT: Point(5, 5), Stance.RESIDUAL: Point(*residual)}
    return raise_risk(session, stage.lead, PACK, stage.project, a_description(), points)


def rated(session: Session, stage: HealthStage, period: date = PERIOD) -> Rating:
    """The computed rating of the project, made now."""
    assert rate_project(session, PACK, stage.project, period, RatingOccasion.PERIOD_ENDED)
    return ratings_of(session, stage.lead, stage.project, TODAY)[0]
