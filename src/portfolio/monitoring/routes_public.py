"""Overdue pilots in public: an address that stays, without an account, in the reader's language."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from sqlalchemy.orm import Session

from portfolio.identity.visit import AnyRequest, pack_of
from portfolio.monitoring.public_pilots import overdue_in_public
from portfolio.people.permissions import Permission
from portfolio.web.formatting import short_day
from portfolio.web.pages import page

FRESH = "public, max-age=300"
"""Five minutes: a list of days does not change faster, and a crowd of readers asks only once for each."""


@get(
    "/overdue-pilots",
    name="monitoring.public_pilots",
    permission=Permission.PUBLIC,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_public_pilots(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    """Kept by caches for readers without an account; the page of somebody signed in carries their name, and is kept by none."""
    rows = [
        {
            "title": pilot.title,
            "number": pilot.number,
            "institution": pilot.institution,
            "ends_on": short_day(pilot.ends_on),
            "days": pilot.days,
        }
        for pilot in overdue_in_public(session, pack_of(request))
    ]
    answer = page(request, "monitoring/public_pilots.html", rows=rows)
    if request.scope.get("user") is None and not request.query_params:
        answer.headers["Cache-Control"] = FRESH
    return answer


def routes() -> list[Any]:
    return [show_public_pilots]
