"""What waits at the end of projects and after it: evaluations, yearly reviews of services, external reviews to respond to."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import col

from portfolio.closure.models import Evaluation, ExternalReview, Service, ServiceReview
from portfolio.closure.services import SOON, due_by
from portfolio.closure.terms import EvaluationState, ExternalState, YearReviewState
from portfolio.db.memo import row_of
from portfolio.desk.waiting import MOST_SHOWN, Asking, Group, Waiting, register_waiting
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.people.models import Institution
from portfolio.people.permissions import Permission as P
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.projects.visibility import visible_to


def _of_projects(
    query: Select[*tuple[Any, ...]], asking: Asking, viewer: Viewer, *, elsewhere: bool = False
) -> Select[*tuple[Any, ...]]:
    """Only rows of projects that the narrowed viewer may find; `elsewhere`: not those of their own institutions."""
    found = (
        query.join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .where(visible_to(viewer, asking.now))
        .add_columns(Initiative)
        .limit(MOST_SHOWN)
    )
    return found.where(col(Initiative.institution_id).not_in(viewer.homes)) if elsewhere else found


def _line(asking: Asking, group: str, initiative: Initiative, route: str, **more: Any) -> Waiting:
    institution = row_of(asking.session, Institution, initiative.institution_id)
    return Waiting(
        group, initiative.title or _("Without a title"), route, number=initiative.reference, institution=institution.name, **more
    )  # fmt: skip


def evaluations(asking: Asking) -> Iterator[Waiting]:
    """Evaluations to review, but for one's own and those of one's own institution."""
    viewer = asking.viewer.narrowed(P.CLOSING_JUDGE)
    if not viewer.grants:
        return
    query: Select[*tuple[Any, ...]] = (
        select(Evaluation, Project)
        .join(Project, col(Project.id) == col(Evaluation.project_id))
        .where(col(Evaluation.state) == EvaluationState.HANDED_IN, col(Evaluation.written_by_id) != viewer.person_id)
        .order_by(col(Evaluation.handed_in_at), col(Evaluation.id))
    )
    for row in asking.session.execute(_of_projects(query, asking, viewer, elsewhere=True)):
        params, since = {"project_id": row.Project.id}, row.Evaluation.handed_in_at
        yield _line(asking, "evaluation", row.Initiative, "closure.evaluation", params=params, since=since)


def years(asking: Asking) -> Iterator[Waiting]:
    """Yearly reviews of the services that the person owns, from thirty days before their day on."""
    if not asking.viewer.can(P.CLOSING_WRITE):
        return
    today = asking.now.astimezone(asking.pack.zone).date()
    for service, project in due_by(asking.session, today + SOON):
        if service.owner_id == asking.viewer.person_id:
            initiative = row_of(asking.session, Initiative, project.initiative_id)
            yield _line(asking, "service_year", initiative, "closure.service", params={"service_id": service.id})


def judgements(asking: Asking) -> Iterator[Waiting]:
    """Yearly reviews that the directive body agrees to, but for one's own."""
    viewer = asking.viewer.narrowed(P.CLOSING_JUDGE)
    if not viewer.grants:
        return
    query: Select[*tuple[Any, ...]] = (
        select(ServiceReview, Service, Project)
        .join(Service, col(Service.id) == col(ServiceReview.service_id))
        .join(Project, col(Project.id) == col(Service.project_id))
        .where(col(ServiceReview.state) == YearReviewState.HANDED_IN, col(ServiceReview.made_by_id) != viewer.person_id)
        .order_by(col(ServiceReview.made_at), col(ServiceReview.id))
    )
    for row in asking.session.execute(_of_projects(query, asking, viewer, elsewhere=True)):
        params, since = {"service_id": row.Service.id}, row.ServiceReview.made_at
        yield _line(asking, "service_judgement", row.Initiative, "closure.service", params=params, since=since)


def responses(asking: Asking) -> Iterator[Waiting]:
    """External reviews whose report waits for the response of the own institution."""
    viewer = asking.viewer.narrowed(P.EXTERNAL_REVIEW_ANSWER)
    if not viewer.grants:
        return
    query: Select[*tuple[Any, ...]] = (
        select(ExternalReview, Project)
        .join(Project, col(Project.id) == col(ExternalReview.project_id))
        .where(col(ExternalReview.state) == ExternalState.FINDINGS)
        .order_by(col(ExternalReview.due_on), col(ExternalReview.id))
    )
    for row in asking.session.execute(_of_projects(query, asking, viewer)):
        yield _line(
            asking, "external_review", row.Initiative, "closure.review", params={"review_id": row.ExternalReview.id}
        )


register_waiting("evaluation", Group(64, N_("Review an evaluation")), evaluations)
register_waiting("service_year", Group(56, N_("Write the yearly review of a service")), years)
register_waiting("service_judgement", Group(65, N_("Agree to a yearly review of a service")), judgements)
register_waiting("external_review", Group(57, N_("Respond to an external review")), responses)
