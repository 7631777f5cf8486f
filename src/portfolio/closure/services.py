"""Services that live on: registered once, reviewed every year by their owner, retired when the directive body agrees."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.closure.audience import agency_people, holders_of, institution_of, is_from_there, tell
from portfolio.closure.checklist import today_of
from portfolio.closure.forms import JudgementFields, ServiceFields, YearReviewFields
from portfolio.closure.models import Service, ServiceReview
from portfolio.closure.promised import facts_of
from portfolio.closure.terms import Judged, ServiceConclusion, YearReviewState
from portfolio.db.clock import now
from portfolio.db.memo import row_of
from portfolio.db.money import Money
from portfolio.errors import FieldRefused, NotFound, Refused
from portfolio.i18n import gettext as _
from portfolio.packs.schema import CountryPack
from portfolio.people.models import Institution
from portfolio.people.permissions import Permission
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.projects.visibility import get_project, visible_to

MOST = 500
SOON = timedelta(days=30)
"""Before its day a yearly review can be written, and its owner is told."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A service with its project."""

    service: Service
    title: str
    number: str
    institution: str


def get_service(session: Session, viewer: Viewer, service_id: uuid.UUID) -> tuple[Service, Project]:
    """Raises `NotFound` for one of a project that this person may not find."""
    found = session.get(Service, service_id)
    if found is None:
        raise NotFound
    return found, get_project(session, viewer, found.project_id)


def service_of(session: Session, project_id: uuid.UUID) -> Service | None:
    return session.scalar(select(Service).where(col(Service.project_id) == project_id))


def listed(session: Session, viewer: Viewer, at: datetime) -> list[Listed]:
    """In the viewer's scope: those that are to be retired by their day, then the others by their next review."""
    rows: Sequence[Any] = session.execute(
        select(Service, Initiative, col(Institution.name).label("institution"))
        .join(Project, col(Project.id) == col(Service.project_id))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .join(Institution, col(Institution.id) == col(Initiative.institution_id))
        .where(visible_to(viewer, at))
        .order_by(
            col(Service.retires_on).is_(None), col(Service.retires_on), col(Service.next_review_on), col(Service.id)
        )
        .limit(MOST)
    ).all()
    return [Listed(row.Service, row.Initiative.title or "", row.Initiative.reference, row.institution) for row in rows]


def reviews_of(session: Session, service_id: uuid.UUID) -> Sequence[ServiceReview]:
    """The newest first."""
    return session.scalars(
        select(ServiceReview)
        .where(col(ServiceReview.service_id) == service_id)
        .order_by(col(ServiceReview.made_at).desc(), col(ServiceReview.id).desc())
    ).all()


def owners(session: Session, project: Project, today: date) -> set[uuid.UUID]:
    """Who can own a service of this institution."""
    return agency_people(session, project, today)


def register_service(
    session: Session, actor: Viewer, pack: CountryPack, project: Project, fields: ServiceFields
) -> Service:
    """Once for each project. Raises `FieldRefused` for an owner from elsewhere and for a day that is not to come."""
    today = today_of(session, pack)
    if service_of(session, project.id) is not None:
        raise Refused(_("The service of this project is registered already."))
    if fields.owner_id not in owners(session, project, today):
        raise FieldRefused("owner_id", _("Choose one of the options"))
    if fields.next_review_on <= today:
        raise FieldRefused("next_review_on", _("Give a day to come."))
    initiative = row_of(session, Initiative, project.initiative_id)
    row = Service(project_id=project.id, currency=initiative.currency, **fields.model_dump())
    session.add(row)
    session.flush()
    record(
        session, actor, Tag.SERVICE_REGISTERED, row, words=row.name, case=project.case_id, project=project.id,
        owner=row.owner_id, due=row.next_review_on,
    )  # fmt: skip
    return row


def year_refusals(session: Session, actor: Viewer, project: Project, service: Service, today: date) -> list[str]:
    """Why this person may not write the yearly review now."""
    if service.retires_on is not None and service.retires_on <= today:
        return [_("The service is retired.")]
    newest = next(iter(reviews_of(session, service.id)), None)
    if newest is not None and newest.state is YearReviewState.HANDED_IN:
        return [_("A yearly review waits for the directive body.")]
    refusals = []
    if actor.person_id != service.owner_id:
        refusals.append(_("Only the owner of the service writes its yearly review."))
    if service.next_review_on - SOON > today:
        refusals.append(_("It can be written from thirty days before its day on."))
    return refusals


def review_year(
    session: Session, actor: Viewer, pack: CountryPack, project: Project, service: Service, fields: YearReviewFields
) -> ServiceReview:
    """Hand a yearly review in, with the facts of the day. Raises `FieldRefused` for what a retirement lacks, `Refused`."""
    today = today_of(session, pack)
    session.flush()
    session.refresh(service, with_for_update=True)
    if refusals := year_refusals(session, actor, project, service, today):
        raise Refused(*refusals)
    _check_retirement(fields, today)
    is_end = fields.conclusion is ServiceConclusion.RETIRE
    row = ServiceReview(
        service_id=service.id,
        due_on=service.next_review_on,
        conclusion=fields.conclusion,
        reasons=fields.reasons,
        cost_minor=_minor("cost", fields.cost, service.currency),
        currency=service.currency,
        retires_on=fields.retires_on if is_end else None,
        successor=(fields.successor or "") if is_end else "",
        avoided_minor=_minor("avoided", fields.avoided, service.currency)
        if is_end and fields.avoided is not None
        else None,
        facts=facts_of(session, project, today),
        made_by_id=actor.person_id,
        made_at=now(session),
    )
    session.add(row)
    session.flush()
    record(
        session, actor, Tag.SERVICE_REVIEWED, row, words=row.reasons, case=project.case_id, project=project.id,
        conclusion=row.conclusion.value,
    )  # fmt: skip
    judges = holders_of(session, Permission.CLOSING_JUDGE, today) - {actor.person_id}
    tell(
        session, project, "service_review_handed_in", judges, path_of(service), name=service.name,
        conclusion=row.conclusion,
    )  # fmt: skip
    return row


def _check_retirement(fields: YearReviewFields, today: date) -> None:
    if fields.conclusion is not ServiceConclusion.RETIRE:
        return
    if fields.retires_on is None or fields.retires_on <= today:
        raise FieldRefused("retires_on", _("Give a day to come."))
    if not (fields.successor or "").strip():
        raise FieldRefused("successor", _("Say what people use instead."))


def _minor(name: str, amount: Any, currency: str) -> int:
    try:
        return Money.of(amount, currency).minor
    except ValueError as error:
        raise FieldRefused(name, str(error)) from None


def judge_refusals(session: Session, actor: Viewer, project: Project, row: ServiceReview) -> list[str]:
    """Why this person may not judge it now."""
    if row.state is not YearReviewState.HANDED_IN:
        return [_("This was decided already.")]
    if row.made_by_id == actor.person_id:
        return [_("Whoever made the review does not agree to it.")]
    if is_from_there(session, actor, project):
        return [_("Somebody from another institution reviews it.")]
    return []


def judge_year(
    session: Session,
    actor: Viewer,
    pack: CountryPack,
    project: Project,
    service: Service,
    row: ServiceReview,
    fields: JudgementFields,
) -> None:
    """Agree, and the next review is a year later (or the service is put on the sunset list); or send it back with a reason."""
    session.flush()
    session.refresh(row, with_for_update=True)
    if refusals := judge_refusals(session, actor, project, row):
        raise Refused(*refusals)
    if fields.judged is Judged.SENT_BACK and not (fields.judgement or "").strip():
        raise FieldRefused("judgement", _("A reason is required."))
    row.state = YearReviewState.AGREED if fields.judged is Judged.AGREED else YearReviewState.SENT_BACK
    row.judged_by_id, row.judged_at, row.judgement = actor.person_id, now(session), fields.judgement or ""
    if fields.judged is Judged.AGREED:
        service.next_review_on = a_year_after(row.due_on)
        service.retires_on, service.successor, service.avoided_minor = row.retires_on, row.successor, row.avoided_minor
    session.flush()
    record(
        session, actor, Tag.SERVICE_REVIEW_JUDGED, row, words=row.judgement, case=project.case_id, project=project.id,
        service=service.id, outcome=fields.judged.value, due=service.next_review_on,
    )  # fmt: skip
    people = agency_people(session, project, today_of(session, pack)) | {service.owner_id}
    tell(session, project, "service_review_judged", people - {actor.person_id}, path_of(service), name=service.name)


def a_year_after(day: date) -> date:
    """The same day of the next year; the 29th of February becomes the 28th."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def due_by(session: Session, day: date) -> Sequence[tuple[Service, Project]]:
    """Services in operation whose review is due on that day or before and not handed in, for the clock."""
    waits = (
        select(col(ServiceReview.id))
        .where(col(ServiceReview.service_id) == col(Service.id), col(ServiceReview.state) == YearReviewState.HANDED_IN)
        .exists()
    )
    rows = session.execute(
        select(Service, Project)
        .join(Project, col(Project.id) == col(Service.project_id))
        .where(
            col(Service.next_review_on) <= day,
            ~waits,
            col(Service.retires_on).is_(None) | (col(Service.retires_on) > day),
        )
        .order_by(col(Service.next_review_on), col(Service.id))
    )
    return [(row.Service, row.Project) for row in rows]


def path_of(service: Service) -> str:
    return f"/services/{service.id}"


def belongs(session: Session, viewer: Viewer, project: Project) -> bool:
    """Whether the person may register the service of this project."""
    return viewer.can_in(Permission.CLOSING_WRITE, institution_of(session, project))
