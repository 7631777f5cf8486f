"""Reading the life of a project: its moves, gates and terms, and everything that the guards judge. Nothing here decides."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from portfolio.business_cases.models import BusinessCase
from portfolio.closure.checklist import ClosingFacts, closing_facts
from portfolio.db.clock import now
from portfolio.errors import NotFound
from portfolio.monitoring.life_guards import HandOverFacts, LifeFacts, PilotFacts
from portfolio.monitoring.life_terms import GateOutcome
from portfolio.monitoring.life_workflow import SCALE_GATES
from portfolio.monitoring.models import GateDecision, GateProposal, HandOverTerms, PilotTerms, StageMove
from portfolio.packs.schema import CountryPack
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.projects.standing import standing_of
from portfolio.projects.terms import ProjectStage
from portfolio.projects.visibility import get_project, visible_to


def moves_of(session: Session, project_id: uuid.UUID) -> Sequence[StageMove]:
    """In the order in which they were made."""
    return session.scalars(
        select(StageMove)
        .where(col(StageMove.project_id) == project_id)
        .order_by(col(StageMove.made_at), col(StageMove.id))
    ).all()


def last_moved_at(session: Session, project_id: uuid.UUID) -> datetime | None:
    """When the project came to its present stage; nothing where it never left the first."""
    return session.scalar(
        select(col(StageMove.made_at))
        .where(col(StageMove.project_id) == project_id)
        .order_by(col(StageMove.made_at).desc(), col(StageMove.id).desc())
        .limit(1)
    )


def proposals_of(session: Session, project_id: uuid.UUID) -> list[tuple[GateProposal, GateDecision | None]]:
    """Every gate that the project was put to, the newest first, with its decision once there is one."""
    rows = session.execute(
        select(GateProposal, GateDecision)
        .join(GateDecision, col(GateDecision.proposal_id) == col(GateProposal.id), isouter=True)
        .where(col(GateProposal.project_id) == project_id)
        .order_by(col(GateProposal.proposed_at).desc(), col(GateProposal.id).desc())
    )
    return [(row.GateProposal, row.GateDecision) for row in rows]


def open_proposal(session: Session, project_id: uuid.UUID) -> GateProposal | None:
    """The gate that waits for its decision: at most one of a project."""
    decided = exists().where(col(GateDecision.proposal_id) == col(GateProposal.id))
    return session.scalar(
        select(GateProposal)
        .where(col(GateProposal.project_id) == project_id, ~decided)
        .order_by(col(GateProposal.id))
        .limit(1)
    )


def get_proposal(session: Session, viewer: Viewer, proposal_id: uuid.UUID) -> tuple[GateProposal, Project]:
    """Raises `NotFound` for one of a project that this person may not find."""
    found = session.get(GateProposal, proposal_id)
    if found is None:
        raise NotFound
    return found, get_project(session, viewer, found.project_id)


def decision_of(session: Session, proposal_id: uuid.UUID) -> GateDecision | None:
    return session.scalar(select(GateDecision).where(col(GateDecision.proposal_id) == proposal_id))


def conditions_of_gates(session: Session, project_id: uuid.UUID) -> Sequence[tuple[GateDecision, GateProposal]]:
    """Decisions that let a gate pass with conditions, the newest first. Nothing records yet that a condition is met."""
    rows = session.execute(
        select(GateDecision, GateProposal)
        .join(GateProposal, col(GateProposal.id) == col(GateDecision.proposal_id))
        .where(col(GateProposal.project_id) == project_id, col(GateDecision.outcome) == GateOutcome.WITH_CONDITIONS)
        .order_by(col(GateDecision.decided_at).desc(), col(GateDecision.id).desc())
    )
    return [(row[0], row[1]) for row in rows]


def pilot_terms(session: Session, project_id: uuid.UUID) -> Sequence[PilotTerms]:
    """The newest first: that one holds."""
    return session.scalars(
        select(PilotTerms)
        .where(col(PilotTerms.project_id) == project_id)
        .order_by(col(PilotTerms.set_at).desc(), col(PilotTerms.id).desc())
    ).all()


def hand_over_terms(session: Session, project_id: uuid.UUID) -> HandOverTerms | None:
    return session.scalar(
        select(HandOverTerms)
        .where(col(HandOverTerms.project_id) == project_id)
        .order_by(col(HandOverTerms.set_at).desc(), col(HandOverTerms.id).desc())
        .limit(1)
    )


def life_facts(
    session: Session,
    pack: CountryPack,
    project: Project,
    *,
    unanswered: int = 0,
    criteria_met: bool | None = None,
) -> LifeFacts:
    """The facts of one project now; the arguments are what a form adds to them."""
    closing = ClosingFacts((), False)
    if project.stage is ProjectStage.OPERATING:
        closing = closing_facts(session, pack, project)
    return LifeFacts(
        today=now(session).astimezone(pack.zone).date(),
        standing=standing_of(session, project.id),
        pilot=_pilot_facts(session, project.id),
        hand_over=_hand_over_facts(hand_over_terms(session, project.id)),
        unanswered=unanswered,
        criteria_met=criteria_met,
        is_scale_passed=_is_scale_passed(session, project.id),
        has_open_proposal=open_proposal(session, project.id) is not None,
        closing_open=closing.open,
        is_evaluated=closing.is_evaluated,
    )


def _pilot_facts(session: Session, project_id: uuid.UUID) -> PilotFacts | None:
    terms = next(iter(pilot_terms(session, project_id)), None)
    if terms is None:
        return None
    last = session.scalar(
        select(StageMove)
        .where(col(StageMove.project_id) == project_id, col(StageMove.after) == ProjectStage.PILOT)
        .order_by(col(StageMove.made_at).desc(), col(StageMove.id).desc())
        .limit(1)
    )
    return PilotFacts(
        exit_criteria=terms.exit_criteria,
        cap_minor=terms.cap_minor,
        ends_on=terms.ends_on,
        set_since_last_pilot=last is None or terms.set_at > last.made_at,
    )


def _hand_over_facts(terms: HandOverTerms | None) -> HandOverFacts | None:
    if terms is None:
        return None
    return HandOverFacts(terms.budget_minor, terms.budget_line, terms.team, terms.service_levels, terms.owner)


def _is_scale_passed(session: Session, project_id: uuid.UUID) -> bool:
    found = session.scalar(
        select(col(GateDecision.id))
        .join(GateProposal, col(GateProposal.id) == col(GateDecision.proposal_id))
        .where(
            col(GateProposal.project_id) == project_id,
            col(GateProposal.gate).in_(SCALE_GATES),
            col(GateDecision.outcome) != GateOutcome.FAILED,
        )
        .limit(1)
    )
    return found is not None


def case_of(session: Session, project: Project) -> BusinessCase | None:
    """The funded version of the project's case; nothing for a project that an import brought."""
    return None if project.case_id is None else session.get(BusinessCase, project.case_id)


@dataclass(frozen=True, slots=True)
class RunningPilot:
    """A project in its pilot, with the day on which that should end."""

    project: Project
    initiative: Initiative
    ends_on: date
    began_at: datetime | None


def running_pilots(session: Session, viewer: Viewer | None, until: date) -> list[RunningPilot]:
    """Projects in their pilot whose end date is before `until`, the longest overdue first.

    In the viewer's scope; `None`: every one, for the clock.
    """
    newer = aliased(PilotTerms)
    is_newest = ~exists().where(
        col(newer.project_id) == col(PilotTerms.project_id), col(newer.set_at) > col(PilotTerms.set_at)
    )
    query: Select[*tuple[Any, ...]] = (
        select(Project, Initiative, col(PilotTerms.ends_on).label("ends_on"))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .join(PilotTerms, col(PilotTerms.project_id) == col(Project.id))
        .where(is_newest, col(Project.stage) == ProjectStage.PILOT, col(PilotTerms.ends_on) < until)
        .order_by(col(PilotTerms.ends_on), col(Project.id))
    )
    if viewer is not None:
        query = query.where(visible_to(viewer, now(session)))
    rows = session.execute(query).all()
    since = {
        row.project_id: row.made_at
        for row in session.execute(
            select(col(StageMove.project_id), col(StageMove.made_at))
            .where(
                col(StageMove.project_id).in_([row.Project.id for row in rows]),
                col(StageMove.after) == ProjectStage.PILOT,
            )
            .order_by(col(StageMove.made_at))
        )
    }
    return [RunningPilot(row.Project, row.Initiative, row.ends_on, since.get(row.Project.id)) for row in rows]
