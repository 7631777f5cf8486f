"""A funded project with its people, for tests of its plan; plain functions that commit nothing."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from case_factories import a_call, a_case
from factories import a_person, an_institution
from portfolio.business_cases.terms import CaseStatus
from portfolio.packs.loader import load_pack
from portfolio.people.models import Institution
from portfolio.people.terms import Role
from portfolio.people.viewer import SYSTEM, Viewer
from portfolio.projects.beginning import create_project
from portfolio.projects.models import Project
from portfolio.projects.plan import baselines
from portfolio.projects.plan.forms import MilestoneFields
from portfolio.projects.plan.milestones import add_milestone
from portfolio.projects.plan.models import Baseline, Milestone, PlanProposal
from portfolio.projects.plan.queries import read_plan
from portfolio.projects.plan.terms import BaselineKind
from visitors import PASSWORD

SECRET = "s" * 32
PACK = load_pack("eclac")


@dataclass
class PlanStage:
    """One project and those who write its plan and decide on it."""

    agency: Institution
    project: Project
    lead: Viewer
    cio: Viewer
    director: Viewer
    analyst: Viewer


def a_plan_stage(session: Session, number: str = "PF-2027-000901", agency: Institution | None = None) -> PlanStage:
    agency = agency or an_institution(session)
    directive = an_institution(session)
    lead = a_person(session, (Role.CASE_LEAD, agency))
    case = a_case(session, agency, lead, a_call(session), CaseStatus.DECIDED, title=f"Project {number}", number=number)
    project = create_project(
        session, SYSTEM, initiative_id=case.initiative_id, case_id=case.id, began_on=date(2026, 6, 1)
    )
    return PlanStage(
        agency=agency,
        project=project,
        lead=lead,
        cio=a_person(session, (Role.AGENCY_CIO, agency)),
        director=a_person(session, (Role.DIRECTIVE_HEAD, directive)),
        analyst=a_person(session, (Role.DIRECTIVE_ANALYST, directive)),
    )


def a_milestone(session: Session, stage: PlanStage, title: str, forecast: date, **more: object) -> Milestone:
    fields = MilestoneFields(title=title, forecast_on=forecast, **more)  # type: ignore[arg-type]
    return add_milestone(session, stage.lead, stage.project, fields, confirmed=True)


def proposed(session: Session, stage: PlanStage, kind: BaselineKind, **dates: date | None) -> PlanProposal:
    """A proposal of the forecasts, but for the milestones named by their titles."""
    plan = read_plan(session, stage.project.id)
    wanted = {row.id: dates.get(row.title, row.forecast_on) for row in plan.standing}
    asked = baselines.Asked(kind, "Because", wanted, confirmed=True, because="They are right")
    return baselines.propose_plan(session, stage.lead, PACK, stage.project, asked)


def approved(session: Session, stage: PlanStage, row: PlanProposal, by: Viewer | None = None) -> Baseline:
    """The deciders of the stage need a password first: `modification_stage.give_password`."""
    return baselines.approve_plan(session, by or stage.cio, SECRET, stage.project, row, PASSWORD, row.digest, "Agreed")
