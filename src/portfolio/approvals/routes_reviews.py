"""Closing the reviews of a case: the secretary's button on the page of its reviews."""

import uuid
from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.approvals import mandates, moves
from portfolio.business_cases.visibility import get_case
from portfolio.packs.schema import CountryPack
from portfolio.people.permissions import Permission
from portfolio.web.forms import Submitted
from portfolio.web.pages import done
from portfolio.web.runtime import runtime

__all__ = ["mandates", "routes"]

EARLY = "close_reviews_early"
CLOSE = "close_reviews"


@post(
    "/cases/{case_id:uuid}/reviews/close",
    name="approvals.close_reviews",
    permission=Permission.REVIEW_ASSIGN,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_close(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Response[Any]:
    """`move` says which of the two closings; what is still open then ends with it."""
    pack: CountryPack = runtime(request).pack
    case = get_case(session, request.user, case_id)
    name = EARLY if submitted.text("move") == EARLY else CLOSE
    moves.move_case(session, request.user, pack, case, name, submitted.text("reason"))
    return done(
        request, session, request.app.route_reverse("peer_review.reviews", case_id=case.id), say="reviews_closed"
    )


def routes() -> list[Any]:
    return [submit_close]
