"""The pages that show several rooms; the first page after sign-in is what waits for me."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from sqlalchemy.orm import Session

from portfolio.db.clock import now
from portfolio.desk import (  # noqa: F401  (groups of what waits, names for the trail)
    case_routes,
    period_routes,
    portfolio_routes,
    project_routes,
    trail_names,
    waiting_agency,
    waiting_closing,
    waiting_delivery,
    waiting_measurements,
    waiting_money,
    waiting_oversight,
    waiting_plans,
    waiting_ratings,
    waiting_returns,
    waiting_risks,
)
from portfolio.desk.waiting import Asking, waiting_for
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.web.addresses import book_of
from portfolio.web.pages import page
from portfolio.web.runtime import runtime


@get("/", name="desk.waiting", permission=Permission.SIGNED_IN, sync_to_thread=True, include_in_schema=False)
def show_waiting(request: Request[Any, Any, Any], session: NamedDependency[Session]) -> Response[Any]:
    asking = Asking(session, request.user, runtime(request).pack, now(session))
    principals = names(session, (grant.acting_for_id for grant in request.user.grants))
    return page(
        request,
        "desk/waiting.html",
        groups=waiting_for(asking, book_of(request)),
        may_see_portfolio=request.user.can(Permission.PORTFOLIO_READ),
        acting_for=sorted(principals.values()),
    )


def routes() -> list[Any]:
    return [
        show_waiting,
        *portfolio_routes.routes(),
        *case_routes.routes(),
        *project_routes.routes(),
        *period_routes.routes(),
    ]
