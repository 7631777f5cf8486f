"""Who hears of a risk: those of the project, and those of a tier; and how an act on a risk is put on the project's history."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from portfolio.db.clock import now
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import Tier
from portfolio.people.queries import holders
from portfolio.people.terms import Role
from portfolio.projects.models import Initiative, Project
from portfolio.projects.oversight import overseers
from portfolio.risk.models import Risk


def today_of(session: Session, pack: CountryPack) -> date:
    """The day on the country's calendar."""
    return now(session).astimezone(pack.zone).date()


def institution_of(session: Session, project: Project) -> uuid.UUID:
    return session.get_one(Initiative, project.initiative_id).institution_id


def project_people(session: Session, project: Project, risk: Risk, on: date) -> set[uuid.UUID]:
    """The owner, who raised it, and those who lead projects and technology in the institution."""
    institution_id = institution_of(session, project)
    found = {
        person for role in (Role.CASE_LEAD, Role.AGENCY_CIO) for person in holders(session, role, on, institution_id)
    }
    return found | {person for person in (risk.owner_id, risk.raised_by_id) if person is not None}


def tier_people(session: Session, pack: CountryPack, project: Project, tier: Tier) -> set[uuid.UUID]:
    """Those who answer for a tier above the project; nobody for the operational one."""
    rule = pack.risk.escalation.get(tier)
    return overseers(session, pack, project, map(Role, rule.answered_by)) if rule else set()


def authorities(session: Session, pack: CountryPack, project: Project, rating: str, on: date) -> set[uuid.UUID]:
    """Those who may accept a risk rated so: in the institution itself, or in a body that reaches all."""
    institution_id = institution_of(session, project)
    own = {Role.AGENCY_CIO, Role.HEAD_OF_SERVICE}
    roles = set(map(Role, pack.risk.ratings[rating].accepted_by))
    found = {person for role in roles & own for person in holders(session, role, on, institution_id)}
    return found | overseers(session, pack, project, roles - own)


def path_of(risk: Risk) -> str:
    return f"/projects/{risk.project_id}/risks/{risk.id}"


def on_history(project: Project) -> dict[str, Any]:
    """Details that put an event on the history of the project and of its case."""
    found: dict[str, Any] = {"project": project.id}
    return found if project.case_id is None else {**found, "case": project.case_id}
