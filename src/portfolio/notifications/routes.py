"""The notices of whoever is signed in: what they say, where they lead, which are new."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from sqlalchemy.orm import Session

from portfolio.i18n import N_
from portfolio.notifications.actions import mark_read
from portfolio.notifications.models import Notice
from portfolio.notifications.queries import notices_of, unread_count
from portfolio.notifications.showing import words_of
from portfolio.people.permissions import Permission
from portfolio.web.flash import register
from portfolio.web.formatting import country_zone
from portfolio.web.forms import Submitted
from portfolio.web.pages import AnyRequest, done, page

LIST = ("notifications/list.html", "notifications/_list.html")

register({"notices_read": N_("Marked as read.")})


@dataclass(frozen=True, slots=True)
class Shown:
    """A notice as the page shows it."""

    id: uuid.UUID
    subject: str
    body: str
    at: datetime
    path: str
    is_new: bool


def shown(notice: Notice) -> Shown:
    words = words_of(notice)
    return Shown(notice.id, words.subject, words.body, notice.created_at, notice.path, notice.read_at is None)


def by_day(notices: Sequence[Notice]) -> list[tuple[date, list[Shown]]]:
    """The days of the country's calendar on which they came, newest first as they stand."""
    zone = country_zone()
    return [
        (day, [shown(notice) for notice in of_day])
        for day, of_day in groupby(notices, key=lambda notice: notice.created_at.astimezone(zone).date())
    ]


def _context(request: AnyRequest, session: Session) -> dict[str, Any]:
    found = notices_of(session, request.user, request.query_params.get("page", ""))
    here = request.app.route_reverse("notifications.list")
    return {
        "days": by_day(found.rows),
        "unread": unread_count(session, request.user.person_id),
        "newer": f"{here}?page={found.newer}" if found.newer else "",
        "older": f"{here}?page={found.older}" if found.older else "",
    }


@get(
    "/notices",
    name="notifications.list",
    permission=Permission.SIGNED_IN,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_notices(request: Request[Any, Any, Any], session: NamedDependency[Session]) -> Response[Any]:
    return page(request, *LIST, **_context(request, session))


@post(
    "/notices",
    name="notifications.read",
    permission=Permission.SIGNED_IN,
    sync_to_thread=True,
    include_in_schema=False,
)
def read_notices(
    request: Request[Any, Any, Any], session: NamedDependency[Session], submitted: NamedDependency[Submitted]
) -> Response[Any]:
    """One notice by its id, or all of them when the form names none."""
    named = submitted.text("notice")
    if not named:
        mark_read(session, request.user)
    elif (notice_id := _id(named)) is not None:
        mark_read(session, request.user, notice_id)
    then = request.app.route_reverse("notifications.list")
    return done(request, session, then, say="notices_read", part=LIST[1], **_context(request, session))


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def routes() -> list[Any]:
    return [show_notices, read_notices]
