"""Services that live on: the list with what is retired when, one service with its yearly reviews, registering one."""

import uuid
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.closure import promised
from portfolio.closure.forms import JudgementFields, ServiceFields, YearReviewFields
from portfolio.closure.models import Service, ServiceReview
from portfolio.closure.opened import AnyRequest, Opened, of_project, opened
from portfolio.closure.services import (
    get_service,
    judge_refusals,
    judge_year,
    listed,
    owners,
    register_service,
    review_year,
    reviews_of,
    service_of,
    year_refusals,
)
from portfolio.closure.terms import Judged, ServiceConclusion, YearReviewState
from portfolio.db.clock import now
from portfolio.db.money import Money
from portfolio.errors import FieldRefused, NotFound, Refused
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.web import flash
from portfolio.web.formatting import money
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back

LIST, ONE, NEW = "closure/services.html", "closure/service.html", "closure/new_service.html"

flash.register(
    {
        "service_registered": N_("The service is registered. Its owner is told before each yearly review."),
        "service_reviewed": N_("The yearly review is handed in; the directive body is told."),
        "service_judged": N_("The yearly review is judged; the owner is told."),
    }
)


def _amount(minor: int | None, currency: str) -> str:
    return "" if minor is None else money(Money(currency, minor))


@get(
    "/services",
    name="closure.services",
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_services(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    rows = listed(session, request.user, now(session))
    people = names(session, [row.service.owner_id for row in rows])
    return page(
        request,
        LIST,
        ending=[
            (row, _amount(row.service.avoided_minor, row.service.currency))
            for row in rows
            if row.service.retires_on is not None
        ],
        living=[(row, people.get(row.service.owner_id, "")) for row in rows if row.service.retires_on is None],
        today=now(session).date(),
    )


@get(
    "/services/{service_id:uuid}",
    name="closure.service",
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_service(
    request: AnyRequest, session: NamedDependency[Session], service_id: FromPath[uuid.UUID]
) -> Response[Any]:
    service, project = get_service(session, request.user, service_id)
    return page(request, ONE, **_shown(session, of_project(request, session, project), service))


def _shown(
    session: Session,
    found: Opened,
    service: Service,
    *,
    writing: Form[YearReviewFields] | None = None,
    judging: Form[JudgementFields] | None = None,
) -> dict[str, Any]:
    reviews = reviews_of(session, service.id)
    people = names(session, [service.owner_id, *(p for r in reviews for p in (r.made_by_id, r.judged_by_id))])
    newest = next(iter(reviews), None)
    waits = newest is not None and newest.state is YearReviewState.HANDED_IN
    refusals = year_refusals(session, found.whole, found.project, service, found.today)
    may_judge = waits and newest is not None and found.whole.can(Permission.CLOSING_JUDGE)
    facts = promised.facts_of(session, found.project, found.today)
    return {
        "frame": found.frame,
        "service": service,
        "owner": people.get(service.owner_id, ""),
        "avoided": _amount(service.avoided_minor, service.currency),
        "is_late": service.next_review_on < found.today and not waits,
        "reviews": [_review(row, people) for row in reviews],
        "indicators": promised.indicator_rows(facts),
        "waves": promised.wave_rows(facts),
        "may_write": found.may(Permission.CLOSING_WRITE) and not refusals,
        "refusals": refusals if found.whole.person_id == service.owner_id else [],
        "may_judge": may_judge
        and newest is not None
        and not judge_refusals(session, found.whole, found.project, newest),
        "conclusions": [(member.value, label(member)) for member in ServiceConclusion],
        "judgements": [(member.value, label(member)) for member in Judged],
        "writing": writing or blank(YearReviewFields),
        "judging": judging or blank(JudgementFields),
    }


def _review(row: ServiceReview, people: dict[uuid.UUID, str]) -> dict[str, Any]:
    """A yearly review in words, with the facts of its day."""
    return {
        "row": row,
        "maker": people.get(row.made_by_id, ""),
        "judge": people.get(row.judged_by_id, "") if row.judged_by_id else "",
        "cost": _amount(row.cost_minor, row.currency),
        "avoided": _amount(row.avoided_minor, row.currency),
        "indicators": promised.indicator_rows(row.facts),
        "waves": promised.wave_rows(row.facts),
    }


@post(
    "/services/{service_id:uuid}/review",
    name="closure.review_year",
    permission=Permission.CLOSING_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_year(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    service_id: FromPath[uuid.UUID],
) -> Response[Any]:
    service, project = get_service(session, request.user, service_id)
    found = of_project(request, session, project)
    form = bind(YearReviewFields, submitted)
    if form.value is not None:
        try:
            review_year(session, request.user, found.pack, project, service, form.value)
        except FieldRefused as error:
            form = taken_back(session, form, error)
        else:
            return done(request, session, _address(request, service_id), say="service_reviewed")
    return invalid(request, ONE, **_shown(session, found, service, writing=form))


@post(
    "/services/{service_id:uuid}/judgement",
    name="closure.judge_year",
    permission=Permission.CLOSING_JUDGE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_judgement(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    service_id: FromPath[uuid.UUID],
) -> Response[Any]:
    service, project = get_service(session, request.user, service_id)
    newest = next(iter(reviews_of(session, service.id)), None)
    if newest is None:
        raise NotFound
    found = of_project(request, session, project)
    form = bind(JudgementFields, submitted)
    if form.value is not None:
        try:
            judge_year(session, request.user, found.pack, project, service, newest, form.value)
        except FieldRefused as error:
            form = taken_back(session, form, error)
        else:
            return done(request, session, _address(request, service_id), say="service_judged")
    return invalid(request, ONE, **_shown(session, found, service, judging=form))


@get(
    "/projects/{project_id:uuid}/service",
    name="closure.new_service",
    permission=Permission.CLOSING_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_new(request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]) -> Response[Any]:
    found = opened(request, session, project_id)
    if service_of(session, project_id) is not None:
        raise Refused(_("The service of this project is registered already."))
    form = blank(ServiceFields, name=found.initiative.title or "", owner_id=str(found.whole.person_id))
    return page(request, NEW, **_new_page(session, found, form))


@post(
    "/projects/{project_id:uuid}/service",
    permission=Permission.CLOSING_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_new(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
) -> Response[Any]:
    found = opened(request, session, project_id)
    form = bind(ServiceFields, submitted)
    if form.value is not None:
        try:
            row = register_service(session, request.user, found.pack, found.project, form.value)
        except FieldRefused as error:
            form = taken_back(session, form, error)
        else:
            return done(request, session, _address(request, row.id), say="service_registered")
    return invalid(request, NEW, **_new_page(session, found, form))


def _new_page(session: Session, found: Opened, form: Form[ServiceFields]) -> dict[str, Any]:
    people = names(session, owners(session, found.project, found.today))
    ordered = sorted(people.items(), key=lambda pair: (pair[1], str(pair[0])))
    return {
        "frame": found.frame,
        "project": found.project,
        "people": [(str(person), name) for person, name in ordered],
        "form": form,
    }


def _address(request: AnyRequest, service_id: uuid.UUID) -> str:
    return request.app.route_reverse("closure.service", service_id=service_id)


def routes() -> list[Any]:
    return [show_services, show_service, submit_year, submit_judgement, show_new, submit_new]
