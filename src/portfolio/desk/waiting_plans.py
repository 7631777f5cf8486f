"""Proposed plans and requests to change one, for whoever may decide on them."""

from collections.abc import Iterator

from portfolio.desk.waiting import Asking, Group, Waiting, register_waiting
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.people.permissions import Permission
from portfolio.projects.plan.queries import waiting_changes, waiting_plans


def plans(asking: Asking) -> Iterator[Waiting]:
    """What somebody else proposed, in the projects that a role with the right to decide reaches."""
    viewer = asking.viewer.narrowed(Permission.PLAN_DECIDE)
    if not viewer.grants:
        return
    for row, number, title, institution in waiting_plans(asking.session, viewer):
        yield Waiting(
            group="plan",
            title=f"{label(row.kind)} · {title or _('Without a title')}",
            route="projects.plan_proposal",
            params={"project_id": row.project_id, "proposal_id": row.id},
            number=number,
            institution=institution,
            since=row.proposed_at,
        )
    for row, number, title, institution in waiting_changes(asking.session, viewer):
        yield Waiting(
            group="plan_change",
            title=f"{row.title} · {title or _('Without a title')}",
            route="projects.change",
            params={"project_id": row.project_id, "change_id": row.id},
            number=number,
            institution=institution,
            since=row.asked_at,
        )


register_waiting("plan", Group(130, N_("Decide on plans and re-baselines")), plans)
register_waiting("plan_change", Group(131, N_("Decide on requests to change a plan")))
