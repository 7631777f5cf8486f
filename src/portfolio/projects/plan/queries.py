"""Reading a plan. The project came from `visibility.get_project`; what lies in other projects is shown only as far as it may be."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.db.clock import now
from portfolio.errors import NotFound
from portfolio.people.models import Institution
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.projects.plan.models import Baseline, BaselineItem, ChangeRequest, Dependency, Milestone, PlanProposal
from portfolio.projects.plan.rules import Edge, Item
from portfolio.projects.plan.terms import ChangeState, PlanProposalState
from portfolio.projects.visibility import visible_to


@dataclass(frozen=True, slots=True)
class Plan:
    """A project's milestones in the order of their dates, the approved plans from the first on, and what waits."""

    rows: Sequence[Milestone]
    items: Mapping[uuid.UUID, Item]
    edges: Sequence[Edge]
    baselines: Sequence[Baseline]
    proposal: PlanProposal | None

    @property
    def number(self) -> int:
        """Of the plan approved at present; 0 where none was."""
        return self.baselines[-1].number if self.baselines else 0

    @property
    def expected(self) -> dict[uuid.UUID, date | None]:
        return {item.id: item.expected for item in self.items.values()}

    @property
    def reached(self) -> frozenset[uuid.UUID]:
        return frozenset(item.id for item in self.items.values() if item.actual is not None)

    @property
    def standing(self) -> list[Milestone]:
        """Those that no approved plan left out."""
        return [row for row in self.rows if row.left_on is None]


def read_plan(session: Session, project_id: uuid.UUID) -> Plan:
    """The whole plan in five queries, however long it is."""
    rows = session.scalars(select(Milestone).where(col(Milestone.project_id) == project_id)).all()
    baselines = session.scalars(
        select(Baseline).where(col(Baseline.project_id) == project_id).order_by(col(Baseline.number))
    ).all()
    newest = baseline_items(session, [one.id for one in baselines[-1:]])
    first = {item.milestone_id: item.due_on for item in baseline_items(session, [one.id for one in baselines[:1]])}
    current = {item.milestone_id: item.due_on for item in newest}
    weights = {item.milestone_id: item.weight for item in newest}
    ordered = sorted(rows, key=lambda row: (row.left_on is not None, _day(row, current), row.position, str(row.id)))
    return Plan(
        rows=ordered,
        items={row.id: item_of(row, first.get(row.id), current.get(row.id), weights.get(row.id)) for row in ordered},
        edges=edges_of(session, [row.id for row in rows]),
        baselines=baselines,
        proposal=open_proposal(session, project_id),
    )


def _day(row: Milestone, current: Mapping[uuid.UUID, date]) -> date:
    return row.actual_on or row.forecast_on or current.get(row.id) or date.max


def item_of(row: Milestone, first: date | None, current: date | None, approved_weight: int | None = None) -> Item:
    """What the rules see of a row, with what the first and the newest approved plan say of it."""
    return Item(
        id=row.id,
        title=row.title,
        kind=row.kind,
        first=first,
        current=current,
        forecast=row.forecast_on,
        actual=row.actual_on,
        starts=row.starts_on,
        weight=row.weight,
        approved_weight=approved_weight,
        percent=row.percent,
        has_left=row.left_on is not None,
    )


def baseline_items(session: Session, baselines: Iterable[uuid.UUID]) -> Sequence[BaselineItem]:
    """By date, then title."""
    wanted = list(baselines)
    if not wanted:
        return []
    return session.scalars(
        select(BaselineItem)
        .where(col(BaselineItem.baseline_id).in_(wanted))
        .order_by(col(BaselineItem.due_on), col(BaselineItem.title), col(BaselineItem.id))
    ).all()


def edges_of(session: Session, milestones: Iterable[uuid.UUID]) -> list[Edge]:
    """What these milestones need, of whichever project, in a stable order."""
    wanted = list(milestones)
    if not wanted:
        return []
    rows = session.execute(
        select(col(Dependency.milestone_id), col(Dependency.needs_id), col(Dependency.lag_days))
        .where(col(Dependency.milestone_id).in_(wanted))
        .order_by(col(Dependency.created_at), col(Dependency.id))
    )
    return [Edge(*row) for row in rows]


def all_needed_by(session: Session, milestone: uuid.UUID) -> list[Edge]:
    """Every dependency on the way down from a milestone, in whichever project; a query for each step of the longest way."""
    found: list[Edge] = []
    seen: set[uuid.UUID] = set()
    here = {milestone}
    while here:
        seen |= here
        edges = edges_of(session, sorted(here))
        found += edges
        here = {edge.needs for edge in edges} - seen
    return found


def get_milestone(session: Session, project: Project, milestone_id: uuid.UUID) -> Milestone:
    """Raises `NotFound` for one of another project."""
    row = session.get(Milestone, milestone_id)
    if row is None or row.project_id != project.id:
        raise NotFound
    return row


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A milestone of another project that the viewer may find."""

    id: uuid.UUID
    title: str
    number: str
    project_id: uuid.UUID
    expected: date | None
    is_reached: bool


def elsewhere(session: Session, viewer: Viewer, milestones: Iterable[uuid.UUID]) -> dict[uuid.UUID, Elsewhere]:
    """Those of these milestones whose projects the viewer may find, by id."""
    wanted = list(milestones)
    if not wanted:
        return {}
    rows = session.execute(
        select(Milestone, col(Initiative.reference))
        .join(Project, col(Project.id) == col(Milestone.project_id))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .where(col(Milestone.id).in_(wanted), visible_to(viewer, now(session)))
    )
    return {
        row.id: Elsewhere(
            row.id, row.title, number, row.project_id, row.actual_on or row.forecast_on, row.actual_on is not None
        )
        for row, number in rows
    }


def milestones_numbered(session: Session, viewer: Viewer, number: str) -> list[Elsewhere]:
    """Open milestones of the project of that number, where the viewer may find it, by title."""
    ids = session.scalars(
        select(col(Milestone.id))
        .join(Project, col(Project.id) == col(Milestone.project_id))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .where(col(Initiative.reference) == number.strip(), col(Milestone.left_on).is_(None))
    ).all()
    return sorted(elsewhere(session, viewer, ids).values(), key=lambda one: (one.title, str(one.id)))


def dependants_elsewhere(session: Session, project_id: uuid.UUID) -> list[Edge]:
    """Dependencies of other projects' milestones on this project's."""
    needed = select(col(Milestone.id)).where(col(Milestone.project_id) == project_id)
    rows = session.execute(
        select(col(Dependency.milestone_id), col(Dependency.needs_id), col(Dependency.lag_days))
        .join(Milestone, col(Milestone.id) == col(Dependency.milestone_id))
        .where(col(Dependency.needs_id).in_(needed), col(Milestone.project_id) != project_id)
        .order_by(col(Dependency.created_at), col(Dependency.id))
    )
    return [Edge(*row) for row in rows]


def open_proposal(session: Session, project_id: uuid.UUID) -> PlanProposal | None:
    return session.scalar(
        select(PlanProposal)
        .where(col(PlanProposal.project_id) == project_id, col(PlanProposal.state) == PlanProposalState.PROPOSED)
        .order_by(col(PlanProposal.id))
        .limit(1)
    )


def proposals_of(session: Session, project_id: uuid.UUID) -> Sequence[PlanProposal]:
    """Newest first, decided or not."""
    return session.scalars(
        select(PlanProposal)
        .where(col(PlanProposal.project_id) == project_id)
        .order_by(col(PlanProposal.proposed_at).desc(), col(PlanProposal.id).desc())
    ).all()


def get_proposal(session: Session, project: Project, proposal_id: uuid.UUID) -> PlanProposal:
    row = session.get(PlanProposal, proposal_id)
    if row is None or row.project_id != project.id:
        raise NotFound
    return row


def changes_of(session: Session, project_id: uuid.UUID) -> Sequence[ChangeRequest]:
    """Requests to change the plan, newest first."""
    return session.scalars(
        select(ChangeRequest)
        .where(col(ChangeRequest.project_id) == project_id)
        .order_by(col(ChangeRequest.number).desc())
    ).all()


def get_change(session: Session, project: Project, change_id: uuid.UUID) -> ChangeRequest:
    row = session.get(ChangeRequest, change_id)
    if row is None or row.project_id != project.id:
        raise NotFound
    return row


def accepted_changes(session: Session, project_id: uuid.UUID) -> list[ChangeRequest]:
    """Those that nothing carries out yet."""
    return [
        row for row in changes_of(session, project_id) if row.state is ChangeState.ACCEPTED and row.proposal_id is None
    ]


MOST_WAITING = 400


def waiting_plans(session: Session, viewer: Viewer) -> Sequence[Any]:
    """(proposal, number, title, institution) of proposed plans that somebody else than the viewer proposed, oldest first."""
    return session.execute(
        select(PlanProposal, col(Initiative.reference), col(Initiative.title), col(Institution.name))
        .join(Project, col(Project.id) == col(PlanProposal.project_id))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .join(Institution, col(Institution.id) == col(Initiative.institution_id))
        .where(
            col(PlanProposal.state) == PlanProposalState.PROPOSED,
            col(PlanProposal.proposed_by_id) != viewer.person_id,
            visible_to(viewer, now(session)),
        )
        .order_by(col(PlanProposal.proposed_at), col(PlanProposal.id))
        .limit(MOST_WAITING)
    ).all()


def waiting_changes(session: Session, viewer: Viewer) -> Sequence[Any]:
    """(request, number, title, institution) of requests to change a plan that somebody else asked for, oldest first."""
    return session.execute(
        select(ChangeRequest, col(Initiative.reference), col(Initiative.title), col(Institution.name))
        .join(Project, col(Project.id) == col(ChangeRequest.project_id))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .join(Institution, col(Institution.id) == col(Initiative.institution_id))
        .where(
            col(ChangeRequest.state) == ChangeState.ASKED,
            col(ChangeRequest.asked_by_id) != viewer.person_id,
            visible_to(viewer, now(session)),
        )
        .order_by(col(ChangeRequest.asked_at), col(ChangeRequest.id))
        .limit(MOST_WAITING)
    ).all()
