"""Who is told of what happens in a project's life, without the recused and without whoever did it."""

import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from portfolio.approvals.authorities import lawful_people
from portfolio.db.clock import now
from portfolio.monitoring.effects import dependants_of
from portfolio.monitoring.life_queries import case_of
from portfolio.monitoring.life_workflow import DIRECTIVE_POWER, LIFE, PROPOSERS, Move
from portfolio.monitoring.models import GateDecision, GateProposal, ResumptionRequest
from portfolio.notifications.outbox import owe
from portfolio.packs.schema import CountryPack
from portfolio.people.queries import holders
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project


def people_in_roles(session: Session, pack: CountryPack, project: Project, roles: Iterable[Role]) -> set[uuid.UUID]:
    """Holders today: of agency roles in the project's institution, of the directive head's where the pack says so."""
    today = now(session).astimezone(pack.zone).date()
    institution = session.get_one(Initiative, project.initiative_id).institution_id
    case, found = case_of(session, project), set[uuid.UUID]()
    for role in roles:
        if role is Role.COMMISSION_CHAIR:
            found |= set(holders(session, role, today))
        elif role is Role.DIRECTIVE_HEAD:
            found |= set(lawful_people(session, pack, case, DIRECTIVE_POWER, (role,)) if case else ())
        else:
            found |= set(holders(session, role, today, institution))
    return found


def leads_of(session: Session, project: Project) -> set[uuid.UUID]:
    case = case_of(session, project)
    return set() if case is None else {case.lead_id}


def _agency(session: Session, pack: CountryPack, project: Project) -> set[uuid.UUID]:
    roles = PROPOSERS - {Role.CASE_LEAD} | {Role.HEAD_OF_SERVICE}
    return people_in_roles(session, pack, project, roles) | leads_of(session, project)


def _told(
    session: Session, kind: str, people: set[uuid.UUID], project: Project, page: str = "life", **params: Any
) -> int:
    initiative = session.get_one(Initiative, project.initiative_id)
    return owe(
        session,
        kind,
        people,
        subject_id=project.case_id or project.id,
        path=f"/projects/{project.id}/{page}",
        title=initiative.title,
        number=initiative.reference,
        **params,
    )


def tell_proposed(session: Session, pack: CountryPack, actor: Viewer, project: Project, proposal: GateProposal) -> None:
    deciders = people_in_roles(session, pack, project, LIFE.named(proposal.gate).roles) - {actor.person_id}
    initiative = session.get_one(Initiative, project.initiative_id)
    owe(
        session,
        "gate_proposed",
        deciders,
        subject_id=project.case_id or project.id,
        path=f"/gates/{proposal.id}",
        title=initiative.title,
        number=initiative.reference,
        stage=LIFE.named(proposal.gate).target,
        by=actor.name,
    )


def tell_decided(
    session: Session, pack: CountryPack, actor: Viewer, project: Project, proposal: GateProposal, decision: GateDecision
) -> None:
    people = (_agency(session, pack, project) | {proposal.proposed_by_id}) - {actor.person_id}
    stage = LIFE.named(proposal.gate).target
    _told(session, "gate_decided", people, project, stage=stage, outcome=decision.outcome, reason=decision.reasons)


def tell_moved(session: Session, actor: Viewer, project: Project, move: Move) -> None:
    """The lead learns of each step that somebody else made without a gate."""
    if not move.binds:
        _told(session, "project_moved", leads_of(session, project) - {actor.person_id}, project, stage=move.target)


def tell_at_risk(session: Session, pack: CountryPack, actor: Viewer, project: Project, reason: str) -> None:
    people = people_in_roles(session, pack, project, (Role.AGENCY_CIO, Role.DIRECTIVE_HEAD)) - {actor.person_id}
    _told(session, "project_at_risk", people, project, reason=reason)


def tell_suspended(session: Session, pack: CountryPack, actor: Viewer, project: Project, reason: str) -> None:
    buyers = people_in_roles(session, pack, project, (Role.BUYER,))
    people = (_agency(session, pack, project) | buyers) - {actor.person_id}
    _told(session, "project_suspended", people, project, reason=reason)
    warn_dependants(session, pack, project, "needed_project_suspended", reason)


def tell_resumption_asked(
    session: Session, pack: CountryPack, actor: Viewer, project: Project, request: ResumptionRequest
) -> None:
    people = people_in_roles(session, pack, project, (Role.DIRECTIVE_HEAD, Role.COMMISSION_CHAIR)) - {actor.person_id}
    _told(session, "resumption_asked", people, project, "resumption", by=actor.name, reason=request.reason)


def tell_resumption_refused(
    session: Session, pack: CountryPack, actor: Viewer, project: Project, request: ResumptionRequest
) -> None:
    people = (_agency(session, pack, project) | {request.asked_by_id}) - {actor.person_id}
    _told(session, "resumption_refused", people, project, reason=request.answer)


def tell_resumed(session: Session, pack: CountryPack, actor: Viewer, project: Project) -> None:
    buyers = people_in_roles(session, pack, project, (Role.BUYER,))
    people = (_agency(session, pack, project) | buyers) - {actor.person_id}
    _told(session, "project_resumed", people, project)
    warn_dependants(session, pack, project, "needed_project_resumed", "")


def tell_ended(session: Session, pack: CountryPack, actor: Viewer, project: Project, reason: str) -> None:
    people = _agency(session, pack, project) - {actor.person_id}
    _told(session, "project_ended", people, project, stage=project.stage, reason=reason)
    warn_dependants(session, pack, project, "needed_project_ended", reason)


def warn_dependants(session: Session, pack: CountryPack, project: Project, kind: str, reason: str) -> None:
    """Each dependant's lead, or the CIO of its institution where it has none, about the project that they need."""
    needed = session.get_one(Initiative, project.initiative_id)
    for dependant in dependants_of(session, project.id):
        other = session.get_one(Project, dependant.project_id)
        people = leads_of(session, other) or people_in_roles(session, pack, other, (Role.AGENCY_CIO,))
        _told(session, kind, people, other, needed=needed.title, reason=reason)
