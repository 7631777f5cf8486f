"""The reviewer's desk: what waits for me, and what comes before a review: no conflict, a conflict, or giving it back."""

import uuid
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.db.clock import now
from portfolio.i18n import N_
from portfolio.peer_review import actions
from portfolio.peer_review.forms import ConflictFields, DeclineFields
from portfolio.peer_review.queries import reviews_of_person
from portfolio.peer_review.review_page import address_of, declaration, my_review
from portfolio.peer_review.terms import ReviewState
from portfolio.people.permissions import Permission
from portfolio.web import flash
from portfolio.web.forms import Submitted, bind
from portfolio.web.pages import done, invalid, page
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]

flash.register(
    {
        "review_accepted": N_("Thank you. You may begin: everything you write is kept."),
        "review_declined": N_("You gave the review back."),
        "reviewer_recused": N_("You are recused. The case is not shown to you any more."),
    }
)


@get(
    "/reviews",
    name="peer_review.mine",
    permission=Permission.REVIEW_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_mine(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    tasks = reviews_of_person(session, request.user)
    at = now(session)
    todo = [task for task in tasks if task.review.state is not ReviewState.FILED]
    return page(
        request,
        "peer_review/mine.html",
        late=[task for task in todo if task.review.due_at < at],
        waiting=[task for task in todo if task.review.due_at >= at],
        filed=[task for task in tasks if task.review.state is ReviewState.FILED],
    )


@post(
    "/cases/{case_id:uuid}/review/accept",
    name="peer_review.accept",
    permission=Permission.REVIEW_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def accept_review(
    request: AnyRequest, session: NamedDependency[Session], case_id: FromPath[uuid.UUID]
) -> Response[Any]:
    case, review = my_review(request, session, case_id)
    actions.declare_no_conflict(session, runtime(request).pack, request.user, case, review)
    return done(request, session, address_of(request, case), say="review_accepted")


@post(
    "/cases/{case_id:uuid}/review/recuse",
    name="peer_review.recuse",
    permission=Permission.REVIEW_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_recusal(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Response[Any]:
    case, review = my_review(request, session, case_id)
    form = bind(ConflictFields, submitted)
    if form.value is None:
        return invalid(request, "peer_review/declare.html", **declaration(session, case, review, conflict=form))
    actions.recuse(session, runtime(request).pack, request.user, case, review, form.value.conflict_reason)
    return done(request, session, request.app.route_reverse("peer_review.mine"), say="reviewer_recused")


@post(
    "/cases/{case_id:uuid}/review/decline",
    name="peer_review.decline",
    permission=Permission.REVIEW_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_decline(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Response[Any]:
    case, review = my_review(request, session, case_id)
    form = bind(DeclineFields, submitted)
    if form.value is None:
        return invalid(request, "peer_review/declare.html", **declaration(session, case, review, decline=form))
    actions.decline(session, runtime(request).pack, request.user, case, review, form.value.decline_reason)
    return done(request, session, request.app.route_reverse("peer_review.mine"), say="review_declined")


@get(
    "/cases/{case_id:uuid}/review/withdraw",
    name="peer_review.withdraw",
    permission=Permission.REVIEW_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_withdrawal(
    request: AnyRequest, session: NamedDependency[Session], case_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """The same page as before the review, for whoever finds a conflict while reading."""
    case, review = my_review(request, session, case_id)
    return page(request, "peer_review/declare.html", **declaration(session, case, review))


def routes() -> list[Any]:
    return [show_mine, show_withdrawal, accept_review, submit_recusal, submit_decline]
