"""External reviews of a project: the list, ordering one, its page with findings and steps."""

import uuid
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.closure import (
    panel,  # noqa: F401  registers its panel
)
from portfolio.closure.audience import is_from_there
from portfolio.closure.checklist import ENDED
from portfolio.closure.external import (
    add_finding,
    findings_of,
    get_review,
    move_review,
    moves_of,
    offered,
    order_review,
    reviews_of,
)
from portfolio.closure.external_workflow import EXTERNAL
from portfolio.closure.forms import FindingFields, MoveFields, OrderFields
from portfolio.closure.models import ExternalReview
from portfolio.closure.opened import AnyRequest, Opened, of_project, opened
from portfolio.closure.terms import ExternalState
from portfolio.errors import FieldRefused, NotFound
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.web import flash
from portfolio.web.formatting import instant
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back

LIST, NEW, ONE, MOVE = "closure/reviews.html", "closure/order.html", "closure/review.html", "closure/move.html"

flash.register(
    {
        "review_ordered": N_("The review is ordered; the institution is told."),
        "review_moved": N_("The step is on record; everybody concerned is told."),
        "review_finding": N_("The finding is open; its owner is told."),
    }
)


@get(
    "/projects/{project_id:uuid}/reviews",
    name="closure.reviews",
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_reviews(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]
) -> Response[Any]:
    found = opened(request, session, project_id)
    may_order = found.whole.can(Permission.EXTERNAL_REVIEW_ORDER) and found.project.stage not in ENDED
    return page(
        request,
        LIST,
        frame=found.frame,
        project=found.project,
        rows=reviews_of(session, project_id),
        may_order=may_order and not is_from_there(session, found.whole, found.project),
    )


@get(
    "/projects/{project_id:uuid}/reviews/new",
    name="closure.order",
    permission=Permission.EXTERNAL_REVIEW_ORDER,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_order(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]
) -> Response[Any]:
    found = opened(request, session, project_id)
    return page(request, NEW, frame=found.frame, project=found.project, form=blank(OrderFields))


@post(
    "/projects/{project_id:uuid}/reviews/new",
    permission=Permission.EXTERNAL_REVIEW_ORDER,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_order(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
) -> Response[Any]:
    found = opened(request, session, project_id)
    form = bind(OrderFields, submitted)
    if form.value is not None:
        try:
            row = order_review(session, request.user, found.pack, found.project, form.value)
        except FieldRefused as error:
            form = taken_back(session, form, error)
        else:
            return done(request, session, _address(request, row.id), say="review_ordered")
    return invalid(request, NEW, frame=found.frame, project=found.project, form=form)


@get(
    "/reviews/{review_id:uuid}",
    name="closure.review",
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_review(
    request: AnyRequest, session: NamedDependency[Session], review_id: FromPath[uuid.UUID]
) -> Response[Any]:
    review, project = get_review(session, request.user, review_id)
    return page(request, ONE, **_shown(session, of_project(request, session, project), review))


def _shown(
    session: Session, found: Opened, review: ExternalReview, form: Form[FindingFields] | None = None
) -> dict[str, Any]:
    moves = moves_of(session, review.id)
    people = names(session, [review.ordered_by_id, *(move.by_id for move in moves)])
    may_order = found.whole.can(Permission.EXTERNAL_REVIEW_ORDER)
    from_there = is_from_there(session, found.whole, found.project)
    return {
        "frame": found.frame,
        "project": found.project,
        "review": review,
        "orderer": people.get(review.ordered_by_id, ""),
        "is_late": review.due_on < found.today and review.state is not ExternalState.CLOSED,
        "findings": findings_of(session, review),
        "moves": [
            {
                "title": _(EXTERNAL.named(move.name).words),
                "when": instant(move.at),
                "who": people.get(move.by_id, ""),
                "text": move.words,
            }
            for move in moves
        ],
        "offered": [
            (move, _(move.words), reasons) for move, reasons in offered(session, found.whole, found.project, review)
        ],
        "may_add": may_order and not from_there and review.state is ExternalState.IN_PROGRESS,
        "form": form or blank(FindingFields),
    }


@post(
    "/reviews/{review_id:uuid}/findings",
    name="closure.add_finding",
    permission=Permission.EXTERNAL_REVIEW_ORDER,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_finding(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    review_id: FromPath[uuid.UUID],
) -> Response[Any]:
    review, project = get_review(session, request.user, review_id)
    found = of_project(request, session, project)
    form = bind(FindingFields, submitted)
    if (fields := form.value) is not None:
        try:
            add_finding(session, request.user, found.pack, project, review, fields.evidence, fields.answer_by)
        except FieldRefused as error:
            form = taken_back(session, form, error)
        else:
            return done(request, session, _address(request, review_id), say="review_finding")
    return invalid(request, ONE, **_shown(session, found, review, form))


@get(
    "/reviews/{review_id:uuid}/steps/{step:str}",
    name="closure.step",
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_step(
    request: AnyRequest, session: NamedDependency[Session], review_id: FromPath[uuid.UUID], step: FromPath[str]
) -> Response[Any]:
    review, project = get_review(session, request.user, review_id)
    return page(
        request,
        MOVE,
        **_step_page(session, review, of_project(request, session, project), step, blank(MoveFields)),
    )


@post(
    "/reviews/{review_id:uuid}/steps/{step:str}",
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_step(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    review_id: FromPath[uuid.UUID],
    step: FromPath[str],
) -> Response[Any]:
    """Who may take a step follows from the table of the workflow, which asks the roles in the institution."""
    review, project = get_review(session, request.user, review_id)
    found = of_project(request, session, project)
    form = bind(MoveFields, submitted)
    if form.value is not None:
        try:
            move_review(session, found.whole, found.pack, project, review, step, form.value.words)
        except FieldRefused as error:
            form = taken_back(session, form, error)
        else:
            return done(request, session, _address(request, review_id), say="review_moved")
    return invalid(request, MOVE, **_step_page(session, review, found, step, form))


def _step_page(
    session: Session, review: ExternalReview, found: Opened, name: str, form: Form[MoveFields]
) -> dict[str, Any]:
    """Raises `NotFound` for a step that this person cannot take from here."""
    chosen = next((pair for pair in offered(session, found.whole, found.project, review) if pair[0].name == name), None)
    if chosen is None:
        raise NotFound
    move, reasons = chosen
    return {
        "frame": found.frame,
        "review": review,
        "step": name,
        "words": _(move.words),
        "reasons": reasons,
        "form": form,
    }


def _address(request: AnyRequest, review_id: uuid.UUID) -> str:
    return request.app.route_reverse("closure.review", review_id=review_id)


def routes() -> list[Any]:
    return [show_reviews, show_order, submit_order, show_review, submit_finding, show_step, submit_step]
