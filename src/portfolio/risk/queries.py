"""Reading the register of one project: it came from `get_project`, which knows who may find it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.errors import NotFound
from portfolio.people.models import Membership, Person
from portfolio.people.queries import in_force
from portfolio.projects.models import Project
from portfolio.risk.models import (
    Issue,
    Risk,
    RiskAcceptance,
    RiskAction,
    RiskAssessment,
    RiskEscalation,
    RiskEvidence,
)
from portfolio.risk.terms import LIVE, RiskCategory, RiskState, Stance


@dataclass(frozen=True, slots=True)
class RiskFilter:
    """Nothing set shows the living ones. `cell`: likelihood and impact of the stance that the matrix shows."""

    state: RiskState | None = None
    category: RiskCategory | None = None
    rating: str = ""
    everything: bool = False
    stance: Stance = Stance.RESIDUAL
    cell: tuple[int, int] | None = None


def risks_of(session: Session, project_id: uuid.UUID) -> Sequence[Risk]:
    """All risks of a project, the worst first; the number settles ties."""
    return session.scalars(
        select(Risk).where(col(Risk.project_id) == project_id).order_by(col(Risk.rank).desc(), col(Risk.number))
    ).all()


def matches(risk: Risk, asked: RiskFilter) -> bool:
    """Whether a risk is among those asked for."""
    if asked.state is not None and risk.state is not asked.state:
        return False
    if asked.state is None and not asked.everything and risk.state not in LIVE:
        return False
    if asked.category is not None and risk.category is not asked.category:
        return False
    if asked.rating and risk.rating != asked.rating:
        return False
    return asked.cell is None or place_of(risk, asked.stance) == asked.cell


def place_of(risk: Risk, stance: Stance) -> tuple[int, int] | None:
    """Likelihood and impact of a stance; nothing for a target that nobody set."""
    likelihood, impact = getattr(risk, f"{stance.value}_likelihood"), getattr(risk, f"{stance.value}_impact")
    return None if likelihood is None or impact is None else (likelihood, impact)


def get_risk(session: Session, project: Project, risk_id: uuid.UUID) -> Risk:
    """Raises `NotFound` for a risk of another project."""
    found = session.get(Risk, risk_id)
    if found is None or found.project_id != project.id:
        raise NotFound
    return found


def get_issue(session: Session, project: Project, issue_id: uuid.UUID) -> Issue:
    """Raises `NotFound` for an issue of another project."""
    found = session.get(Issue, issue_id)
    if found is None or found.project_id != project.id:
        raise NotFound
    return found


def get_action(session: Session, risk: Risk, action_id: uuid.UUID) -> RiskAction:
    """Raises `NotFound` for an action of another risk."""
    found = session.get(RiskAction, action_id)
    if found is None or found.risk_id != risk.id:
        raise NotFound
    return found


def issues_of(session: Session, project_id: uuid.UUID) -> Sequence[Issue]:
    """Open ones first, by the day they are due."""
    return session.scalars(
        select(Issue)
        .where(col(Issue.project_id) == project_id)
        .order_by(col(Issue.state), col(Issue.due_on), col(Issue.number))
    ).all()


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that was ever said of one risk, newest first, but for actions: those by their day."""

    assessments: Sequence[RiskAssessment]
    actions: Sequence[RiskAction]
    acceptances: Sequence[RiskAcceptance]
    escalations: Sequence[RiskEscalation]
    evidence: Sequence[RiskEvidence]
    issues: Sequence[Issue]

    def people(self) -> set[uuid.UUID | None]:
        """Everybody who is named on it."""
        found: set[uuid.UUID | None] = {row.assessed_by_id for row in self.assessments}
        found |= {person for row in self.acceptances for person in (row.proposed_by_id, row.decided_by_id)}
        found |= {person for row in self.escalations for person in (row.escalated_by_id, row.answered_by_id)}
        return found | {row.added_by_id for row in self.evidence}


def dossier_of(session: Session, risk: Risk) -> Dossier:
    return Dossier(
        assessments=session.scalars(
            select(RiskAssessment)
            .where(col(RiskAssessment.risk_id) == risk.id)
            .order_by(col(RiskAssessment.assessed_at).desc(), col(RiskAssessment.id).desc())
        ).all(),
        actions=session.scalars(
            select(RiskAction)
            .where(col(RiskAction.risk_id) == risk.id)
            .order_by(col(RiskAction.due_on), col(RiskAction.id))
        ).all(),
        acceptances=session.scalars(
            select(RiskAcceptance)
            .where(col(RiskAcceptance.risk_id) == risk.id)
            .order_by(col(RiskAcceptance.proposed_at).desc(), col(RiskAcceptance.id).desc())
        ).all(),
        escalations=session.scalars(
            select(RiskEscalation)
            .where(col(RiskEscalation.risk_id) == risk.id)
            .order_by(col(RiskEscalation.escalated_at).desc(), col(RiskEscalation.id).desc())
        ).all(),
        evidence=session.scalars(
            select(RiskEvidence)
            .where(col(RiskEvidence.risk_id) == risk.id)
            .order_by(col(RiskEvidence.added_at).desc(), col(RiskEvidence.id).desc())
        ).all(),
        issues=session.scalars(
            select(Issue).where(col(Issue.risk_id) == risk.id).order_by(col(Issue.number).desc())
        ).all(),
    )


def people_of(session: Session, institution_id: uuid.UUID, on: date) -> list[tuple[uuid.UUID, str]]:
    """Those who hold a role in the institution on that day, by name: who may own a risk."""
    rows = session.execute(
        select(col(Person.id), col(Person.name))
        .where(
            col(Person.id).in_(
                select(col(Membership.person_id)).where(col(Membership.institution_id) == institution_id, in_force(on))
            )
        )
        .order_by(col(Person.sort_key), col(Person.id))
    )
    return [(row[0], row[1]) for row in rows]


def overdue_reviews(session: Session, on: date) -> Sequence[tuple[Risk, Project]]:
    """Living risks that should have been looked at before `on`, for the clock: of every project."""
    rows = session.execute(
        select(Risk, Project)
        .join(Project, col(Project.id) == col(Risk.project_id))
        .where(col(Risk.state).in_(LIVE), col(Risk.next_review_on) < on)
        .order_by(col(Risk.next_review_on), col(Risk.id))
    ).all()
    return [(row[0], row[1]) for row in rows]
