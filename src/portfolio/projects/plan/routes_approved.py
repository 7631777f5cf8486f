"""Reading every plan that was ever approved, with all that it held."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.labels import label
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.projects.plan.access import AnyRequest, Visit, visit
from portfolio.projects.plan.models import BaselineItem, PlanProposal
from portfolio.projects.plan.queries import baseline_items, proposals_of
from portfolio.projects.plan.terms import PlanProposalState
from portfolio.web.pages import page

P = Permission
HISTORY = "projects/baselines.html"


@dataclass(frozen=True, slots=True)
class Approved:
    """One approved plan with all that it held."""

    number: int
    kind: str
    approved_on: date
    approved_by: str
    proposed_by: str
    reasons: str
    answer: str
    href: str
    items: Sequence[BaselineItem]
    is_current: bool


@get(
    "/projects/{project_id:uuid}/plan/approved",
    name="projects.baselines",
    permission=P.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_history(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Every plan that was approved, newest first, and every proposal that was not."""
    here = visit(request, session, project_id)
    proposals = proposals_of(session, here.project.id)
    return page(
        request,
        HISTORY,
        frame=here.frame,
        project=here.project,
        approved=_approved(here, {row.id: row for row in proposals}),
        others=[row for row in proposals if row.state is not PlanProposalState.APPROVED],
        people=names(session, [row.proposed_by_id for row in proposals]),
    )


def _approved(here: Visit, proposals: dict[uuid.UUID, PlanProposal]) -> list[Approved]:
    rows = here.plan.baselines
    people = names(
        here.session,
        [*(row.approved_by_id for row in rows), *(proposal.proposed_by_id for proposal in proposals.values())],
    )
    items: dict[uuid.UUID, list[BaselineItem]] = {}
    for item in baseline_items(here.session, [row.id for row in rows]):
        items.setdefault(item.baseline_id, []).append(item)
    return [
        Approved(
            number=row.number,
            kind=label(row.kind),
            approved_on=row.approved_on,
            approved_by=people.get(row.approved_by_id, ""),
            proposed_by=people.get(proposals[row.proposal_id].proposed_by_id, ""),
            reasons=proposals[row.proposal_id].reasons,
            answer=proposals[row.proposal_id].answer,
            href=here.address("projects.plan_proposal", proposal_id=row.proposal_id),
            items=items.get(row.id, []),
            is_current=row.number == here.plan.number,
        )
        for row in reversed(rows)
    ]


def routes() -> list[Any]:
    return [show_history]
