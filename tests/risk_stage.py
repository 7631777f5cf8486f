"""A stage for the tests of the risk register: a funded project of an agency, those who write, accept and answer."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from case_factories import a_call, a_case
from factories import a_person, an_institution
from portfolio.business_cases.terms import CaseStatus
from portfolio.packs.loader import load_pack
from portfolio.packs.schema import CountryPack
from portfolio.people.models import Institution
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from portfolio.projects.beginning import create_project
from portfolio.projects.models import Project
from portfolio.risk.models import Risk
from portfolio.risk.register import Description, Point, raise_risk
from portfolio.risk.terms import Proximity, Response, RiskCategory, Stance

PACK: CountryPack = load_pack("eclac")


@dataclass
class RiskStage:
    agency: Institution
    project: Project
    lead: Viewer
    cio: Viewer
    head: Viewer
    analyst: Viewer
    director: Viewer
    chair: Viewer
    stranger: Viewer


def a_project(session: Session, agency: Institution, lead: Viewer, *, title: str = "Licences online") -> Project:
    case = a_case(session, agency, lead, a_call(session), CaseStatus.DECIDED, title=title, number=None)
    return create_project(session, lead, initiative_id=case.initiative_id, case_id=case.id, began_on=date(2026, 1, 5))


def a_risk_stage(session: Session) -> RiskStage:
    agency = an_institution(session, "Health Institute", code="HLT")
    directive = an_institution(session, "Digital Government", code="DIG")
    commission = an_institution(session, "Presidency", code="PRES")
    lead = a_person(session, (Role.CASE_LEAD, agency), name="Lea Lead")
    return RiskStage(
        agency=agency,
        project=a_project(session, agency, lead),
        lead=lead,
        cio=a_person(session, (Role.AGENCY_CIO, agency), name="Cio Chief"),
        head=a_person(session, (Role.HEAD_OF_SERVICE, agency), name="Hea Head"),
        analyst=a_person(session, (Role.DIRECTIVE_ANALYST, directive), name="Ana Analyst"),
        director=a_person(session, (Role.DIRECTIVE_HEAD, directive), name="Dir Head"),
        chair=a_person(session, (Role.COMMISSION_CHAIR, commission), name="Cha Chair"),
        stranger=a_person(session, (Role.CASE_LEAD, an_institution(session, "Elsewhere")), name="Str Anger"),
    )


def a_description(event: str = "The tender receives no bids", **more: object) -> Description:
    said = {
        "event": event,
        "category": RiskCategory.PROCUREMENT,
        "proximity": Proximity.QUARTER,
        "response": Response.REDUCE,
        "owner": "Head of purchases",
    }
    return Description(**{**said, **more})  # type: ignore[arg-type]


def a_risk(
    session: Session,
    stage: RiskStage,
    residual: tuple[int, int] = (2, 2),
    *,
    project: Project | None = None,
    inherent: tuple[int, int] | None = None,
    **more: object,
) -> Risk:
    """On the neutral pack's matrix of five: (2, 2) is low, (3, 3) medium, (4, 4) high, (5, 5) extreme."""
    before = inherent or (max(4, residual[0]), max(4, residual[1]))
    points = {Stance.INHERENT: Point(*before), Stance.RESIDUAL: Point(*residual)}
    return raise_risk(session, stage.lead, PACK, project or stage.project, a_description(**more), points)  # type: ignore[arg-type]
