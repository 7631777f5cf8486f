"""The page of a project's ratings, the comment of its institution, and asking somebody from elsewhere for a rating."""

import uuid
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.errors import FieldRefused
from portfolio.i18n import N_
from portfolio.identity.visit import AnyRequest, everything_of, pack_of
from portfolio.monitoring.rating_comments import comment, may_comment
from portfolio.monitoring.rating_forms import AskFields, CommentFields
from portfolio.monitoring.rating_making import today_of
from portfolio.monitoring.rating_models import Rating
from portfolio.monitoring.rating_periods import ended_period
from portfolio.monitoring.rating_queries import get_rating
from portfolio.monitoring.rating_review import ask_for_rating, choices, open_request
from portfolio.monitoring.rating_words import period_words
from portfolio.monitoring.ratings_page import grounds_of, level_of, ratings_context
from portfolio.people.permissions import Permission
from portfolio.projects.frame import ProjectFrame, TabSpec, project_frame, register_tab
from portfolio.projects.models import Project
from portfolio.projects.visibility import get_project
from portfolio.web import flash
from portfolio.web.addresses import book_of
from portfolio.web.formatting import short_day
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back

TAB = "monitoring.ratings"
COMMENT = "monitoring/rating_comment.html"
ASK = "monitoring/rating_ask.html"

register_tab(TabSpec(72, TAB, N_("Ratings"), Permission.PROJECT_READ))
flash.register(
    {
        "rating_commented": N_("Your comment stays beside the rating."),
        "rating_asked": N_("The reviewer is told; the rating appears here once it is given."),
    }
)


def ratings_frame(request: AnyRequest, session: Session, project: Project) -> ProjectFrame:
    return project_frame(session, everything_of(request), project, TAB, book_of(request))


def ratings_address(request: AnyRequest, project_id: uuid.UUID, rating: Rating | None = None) -> str:
    found = request.app.route_reverse(TAB, project_id=project_id)
    return found if rating is None else f"{found}?period={rating.period_on.isoformat()}"


@get(
    "/projects/{project_id:uuid}/ratings",
    name=TAB,
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_ratings(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """`?period=2026-04-01` opens the period that begins on that day; anything else the newest one."""
    project = get_project(session, request.user, project_id)
    context = ratings_context(
        session, everything_of(request), pack_of(request), project, book_of(request), request.query_params.get("period")
    )
    return page(request, "monitoring/ratings.html", frame=ratings_frame(request, session, project), **context)


def _commenting(
    request: AnyRequest, session: Session, project: Project, rating: Rating, form: Form[CommentFields]
) -> dict[str, Any]:
    pack = pack_of(request)
    return {
        "frame": ratings_frame(request, session, project),
        "rating": rating,
        "level": level_of(rating.level),
        "period": period_words(rating.period_on),
        "until": short_day(rating.comment_until),
        "grounds": grounds_of(rating, book_of(request)),
        "may": may_comment(session, request.user, pack, project, rating),
        "form": form,
    }


@get(
    "/ratings/{rating_id:uuid}/comment",
    name="monitoring.comment_rating",
    permission=Permission.RATING_COMMENT,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_commenting(
    request: AnyRequest, session: NamedDependency[Session], rating_id: FromPath[uuid.UUID]
) -> Response[Any]:
    rating, project = _opened(request, session, rating_id)
    return page(request, COMMENT, **_commenting(request, session, project, rating, blank(CommentFields)))


def _opened(request: AnyRequest, session: Session, rating_id: uuid.UUID) -> tuple[Rating, Project]:
    today = today_of(session, pack_of(request))
    return get_rating(session, request.user, rating_id, today, everything_of(request))


@post(
    "/ratings/{rating_id:uuid}/comment",
    permission=Permission.RATING_COMMENT,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_comment(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    rating_id: FromPath[uuid.UUID],
) -> Response[Any]:
    rating, project = _opened(request, session, rating_id)
    form = bind(CommentFields, submitted)
    if (fields := form.value) is not None:
        try:
            comment(session, request.user, pack_of(request), project, rating, fields.text)
        except FieldRefused as error:
            form = taken_back(session, form, error)
        else:
            return done(request, session, ratings_address(request, project.id, rating), say="rating_commented")
    return invalid(request, COMMENT, **_commenting(request, session, project, rating, form))


def _asking(request: AnyRequest, session: Session, project: Project, form: Form[AskFields]) -> dict[str, Any]:
    pack = pack_of(request)
    today = today_of(session, pack)
    found = choices(session, request.user, project, today)
    return {
        "frame": ratings_frame(request, session, project),
        "project": project,
        "period": period_words(ended_period(today, pack.fiscal_year.start_month)),
        "choices": [(str(one.person_id), f"{one.name} · {one.institution}") for one in found],
        "is_asked": open_request(session, project.id) is not None,
        "form": form,
    }


@get(
    "/projects/{project_id:uuid}/ratings/ask",
    name="monitoring.ask_rating",
    permission=Permission.RATING_ASK,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_asking(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]
) -> Response[Any]:
    project = get_project(session, request.user, project_id)
    return page(request, ASK, **_asking(request, session, project, blank(AskFields)))


@post(
    "/projects/{project_id:uuid}/ratings/ask",
    permission=Permission.RATING_ASK,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_asking(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
) -> Response[Any]:
    project, pack = get_project(session, request.user, project_id), pack_of(request)
    form = bind(AskFields, submitted)
    if (fields := form.value) is not None:
        period = ended_period(today_of(session, pack), pack.fiscal_year.start_month)
        try:
            ask_for_rating(session, request.user, pack, project, period, fields.reviewer_id)
        except FieldRefused as error:
            form = taken_back(session, form, error)
        else:
            return done(request, session, ratings_address(request, project.id), say="rating_asked")
    return invalid(request, ASK, **_asking(request, session, project, form))


def routes() -> list[Any]:
    return [show_ratings, show_commenting, submit_comment, show_asking, submit_asking]
