"""What waits for the people of projects: gates to decide, asked resumptions, pilots past their end, promises to carry over."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, exists, select
from sqlmodel import col

from portfolio.business_cases.models import Snapshot
from portfolio.db.memo import row_of
from portfolio.desk.waiting import MOST_SHOWN, Asking, Group, Waiting, register_waiting
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.monitoring.effects import ENDED
from portfolio.monitoring.life_queries import running_pilots
from portfolio.monitoring.life_terms import RequestState
from portfolio.monitoring.life_workflow import LIFE
from portfolio.monitoring.models import GateDecision, GateProposal, PromiseCarryOver, ResumptionRequest
from portfolio.people.models import Institution
from portfolio.people.permissions import Permission as P
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.projects.visibility import visible_to


def _of_projects(query: Select[*tuple[Any, ...]], asking: Asking, viewer: Viewer) -> Select[*tuple[Any, ...]]:
    """Only rows of living projects that the narrowed viewer may find."""
    return (
        query.join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .where(visible_to(viewer, asking.now), col(Project.stage).not_in(ENDED))
        .add_columns(Initiative)
    )


def _line(asking: Asking, group: str, initiative: Initiative, route: str, **more: Any) -> Waiting:
    institution = row_of(asking.session, Institution, initiative.institution_id)
    return Waiting(
        group, initiative.title or _("Without a title"), route, number=initiative.reference, institution=institution.name, **more
    )  # fmt: skip


def gates(asking: Asking) -> Iterator[Waiting]:
    """Gates that one of the person's roles decides, but for their own proposals."""
    viewer = asking.viewer.narrowed(P.GATE_DECIDE)
    if not viewer.grants:
        return
    undecided = ~exists().where(col(GateDecision.proposal_id) == col(GateProposal.id))
    query: Select[*tuple[Any, ...]] = (
        select(GateProposal, Project)
        .join(Project, col(Project.id) == col(GateProposal.project_id))
        .where(undecided, col(GateProposal.proposed_by_id) != viewer.person_id)
        .order_by(col(GateProposal.proposed_at), col(GateProposal.id))
    )
    for row in asking.session.execute(_of_projects(query, asking, viewer)):
        gate = LIFE.named(row.GateProposal.gate)
        if row.Project.stage in gate.sources and gate.roles & viewer.roles_in(row.Initiative.institution_id):
            params = {"proposal_id": row.GateProposal.id}
            since = row.GateProposal.proposed_at
            yield _line(asking, "gate", row.Initiative, "monitoring.gate", params=params, since=since)


def resumptions(asking: Asking) -> Iterator[Waiting]:
    """Asked resumptions, but for their own."""
    viewer = asking.viewer.narrowed(P.PROJECT_SUSPEND)
    if not viewer.grants:
        return
    query: Select[*tuple[Any, ...]] = (
        select(ResumptionRequest, Project)
        .join(Project, col(Project.id) == col(ResumptionRequest.project_id))
        .where(
            col(ResumptionRequest.state) == RequestState.ASKED,
            col(ResumptionRequest.asked_by_id) != viewer.person_id,
        )
        .order_by(col(ResumptionRequest.asked_at), col(ResumptionRequest.id))
    )
    for row in asking.session.execute(_of_projects(query, asking, viewer)):
        params, since = {"project_id": row.Project.id}, row.ResumptionRequest.asked_at
        yield _line(asking, "resumption", row.Initiative, "monitoring.resumption", params=params, since=since)


def overdue_pilots(asking: Asking) -> Iterator[Waiting]:
    """For whoever ends them: the project's own people."""
    viewer = asking.viewer.narrowed(P.PROJECT_PROPOSE)
    if not viewer.grants:
        return
    today = asking.now.astimezone(asking.pack.zone).date()
    for pilot in running_pilots(asking.session, viewer, today):
        params = {"project_id": pilot.project.id}
        yield _line(asking, "overdue_pilot", pilot.initiative, "monitoring.life", params=params, since=pilot.began_at)


def carry_overs(asking: Asking) -> Iterator[Waiting]:
    """Projects that began here whose case's promises nobody brought over, for the case's lead and those who may do it."""
    viewer = asking.viewer.narrowed(P.PROJECT_PROPOSE)
    if not viewer.grants:
        return
    carried = exists().where(col(PromiseCarryOver.project_id) == col(Project.id))
    query: Select[*tuple[Any, ...]] = (
        select(Project)
        .where(~carried, exists().where(col(Snapshot.case_id) == col(Project.case_id)))
        .order_by(col(Project.created_at), col(Project.id))
        .limit(MOST_SHOWN)
    )
    for row in asking.session.execute(_of_projects(query, asking, viewer)):
        params = {"project_id": row.Project.id}
        yield _line(asking, "carry_over", row.Initiative, "monitoring.carry_over", params=params)


register_waiting("gate", Group(62, N_("Decide a gate")), gates)
register_waiting("resumption", Group(63, N_("Answer an asked resumption")), resumptions)
register_waiting("overdue_pilot", Group(15, N_("End a pilot that is past its date")), overdue_pilots)
register_waiting("carry_over", Group(55, N_("Bring over what the case promised")), carry_overs)
