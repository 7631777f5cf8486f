"""The page of a case's reviews, and what the secretary does there."""

import uuid
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.business_cases.frame import TabSpec, case_frame, register_tab
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import SUBMITTED_STATES, CaseStatus
from portfolio.business_cases.visibility import get_case
from portfolio.db.clock import now
from portfolio.errors import FieldRefused
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.identity.guard import whole_viewer
from portfolio.packs.schema import CountryPack
from portfolio.peer_review.assignment import CaseToAssign, assign, cases_to_assign, take_back
from portfolio.peer_review.board import read_board
from portfolio.peer_review.forms import TakeBackFields
from portfolio.peer_review.matching import Candidate
from portfolio.peer_review.models import Review
from portfolio.peer_review.queries import get_review
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.web import flash
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
PAGE = "peer_review/reviews.html"
TAKE_BACK = "peer_review/take_back.html"

register_tab(TabSpec(40, "peer_review.reviews", N_("Peer review"), Permission.CASE_READ, SUBMITTED_STATES))
flash.register(
    {
        "reviewer_assigned": N_("The reviewer was assigned and told."),
        "review_taken_back": N_("The review was taken back. Choose somebody else."),
        "reviews_closed": N_("The reviews are closed. The standards check and the opinion come next."),
    }
)


@get(
    "/cases/{case_id:uuid}/reviews",
    name="peer_review.reviews",
    permission=Permission.CASE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_reviews(request: AnyRequest, session: NamedDependency[Session], case_id: FromPath[uuid.UUID]) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    return page(request, PAGE, **_board(request, session, case, Form({})))


@post(
    "/cases/{case_id:uuid}/reviews/assign",
    name="peer_review.assign_one",
    permission=Permission.REVIEW_ASSIGN,
    sync_to_thread=True,
    include_in_schema=False,
)
def assign_one(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    typed = submitted.text("reviewer")
    try:
        assign(session, runtime(request).pack, request.user, case, chosen_person(typed, "reviewer"))
    except FieldRefused as refused:
        session.rollback()
        form: Form[Any] = Form({"reviewer": typed}, {"reviewer": refused.reasons[0]})
        return invalid(request, PAGE, **_board(request, session, get_case(session, request.user, case_id), form))
    return done(request, session, _address(request, case), say="reviewer_assigned")


@get(
    "/cases/{case_id:uuid}/reviews/{review_id:uuid}/take-back",
    name="peer_review.take_back",
    permission=Permission.REVIEW_ASSIGN,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_take_back(
    request: AnyRequest,
    session: NamedDependency[Session],
    case_id: FromPath[uuid.UUID],
    review_id: FromPath[uuid.UUID],
) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    review = get_review(session, case, review_id)
    return page(request, TAKE_BACK, **_taking_back(session, case, review, blank(TakeBackFields)))


@post(
    "/cases/{case_id:uuid}/reviews/{review_id:uuid}/take-back",
    permission=Permission.REVIEW_ASSIGN,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_take_back(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
    review_id: FromPath[uuid.UUID],
) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    review = get_review(session, case, review_id)
    form = bind(TakeBackFields, submitted)
    if form.value is None:
        return invalid(request, TAKE_BACK, **_taking_back(session, case, review, form))
    take_back(session, runtime(request).pack, request.user, case, review, form.value.reason)
    return done(request, session, _address(request, case), say="review_taken_back")


def _taking_back(session: Session, case: BusinessCase, review: Review, form: Form[TakeBackFields]) -> dict[str, Any]:
    name = names(session, [review.reviewer_id])[review.reviewer_id]
    return {"case": case, "review": review, "reviewer": name, "form": form}


def chosen_person(typed: str, field: str) -> uuid.UUID:
    """Raises `FieldRefused` for what is no choice."""
    try:
        return uuid.UUID(typed)
    except ValueError:
        raise FieldRefused(field, _("Choose one of the options")) from None


def option_text(candidate: Candidate) -> str:
    return _("%(name)s, %(institution)s (%(count)s open)") % {
        "name": candidate.name,
        "institution": candidate.institution,
        "count": candidate.open_reviews,
    }


def _address(request: AnyRequest, case: BusinessCase) -> str:
    return request.app.route_reverse("peer_review.reviews", case_id=case.id)


def _board(
    request: AnyRequest,
    session: Session,
    case: BusinessCase,
    form: Form[Any],
) -> dict[str, Any]:
    pack: CountryPack = runtime(request).pack
    viewer = whole_viewer(request)
    assert viewer is not None, "the guard lets nobody in without a viewer"  # noqa: S101
    board = read_board(session, pack, viewer, case, now(session))
    may_assign = viewer.can(Permission.REVIEW_ASSIGN) and case.status is CaseStatus.IN_REVIEW
    to_assign: list[CaseToAssign] = (
        list(cases_to_assign(session, pack, viewer.narrowed(Permission.REVIEW_ASSIGN), case)) if may_assign else []
    )
    return {
        "frame": case_frame(
            session, viewer, case, "peer_review.reviews", lambda name, **p: request.app.route_reverse(name, **p)
        ),
        "case": case,
        "board": board,
        "form": form,
        "may_assign": may_assign,
        "to_assign": to_assign[0] if to_assign else None,
        "options": [(str(one.person_id), option_text(one)) for row in to_assign for one in row.candidates],
        "third_gap": pack.rubric.third_review_gap if pack.rubric else 0,
    }


def routes() -> list[Any]:
    return [show_reviews, assign_one, show_take_back, submit_take_back]
