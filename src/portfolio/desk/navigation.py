"""The menu: the places that a person's roles open, in the order of their work."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from litestar import Request

from portfolio.i18n import N_, gettext
from portfolio.identity.guard import whole_viewer
from portfolio.people.permissions import Permission


@dataclass(frozen=True, slots=True)
class Place:
    """A menu entry: the route's name, its words, and the permission that opens it."""

    route: str
    words: str
    permission: Permission


@dataclass(frozen=True, slots=True)
class Entry:
    """A menu entry as shown."""

    label: str
    href: str
    current: bool
    count: int = 0


PLACES: list[Place] = [
    Place("desk.waiting", N_("What waits for me"), Permission.SIGNED_IN),
    Place("desk.portfolio", N_("Portfolio"), Permission.PORTFOLIO_READ),
    Place("peer_review.mine", N_("My reviews"), Permission.REVIEW_WRITE),
    Place("peer_review.assign", N_("Assign reviewers"), Permission.REVIEW_ASSIGN),
    Place("checks.waivers", N_("Waivers"), Permission.WAIVER_DECIDE),
    Place("approvals.sign_off_queue", N_("Sign-offs"), Permission.CASE_SIGN_OFF),
    Place("approvals.admissions", N_("Admissibility"), Permission.ADMIT),
    Place("approvals.opinion_queue", N_("Opinions"), Permission.OPINION_WRITE),
    Place("approvals.sheet", N_("Budget decisions"), Permission.DECISION_READ),
    Place("approvals.conditions", N_("Conditions"), Permission.CASE_READ),
    Place("approvals.letters", N_("Letters"), Permission.CASE_READ),
    Place("business_cases.list", N_("Cases"), Permission.CASE_READ),
    Place("approvals.my_codes", N_("Approval codes"), Permission.CODE_DRAW),
    Place("strategy.calls", N_("Calls"), Permission.CALL_READ),
    Place("notifications.list", N_("Notices"), Permission.SIGNED_IN),
    Place("audit.search", N_("Audit trail"), Permission.AUDIT_READ),
    Place("jobs.list", N_("Timetable"), Permission.PEOPLE_ADMINISTER),
    Place("people.list", N_("People"), Permission.PEOPLE_READ),
    Place("exchange.imports", N_("Imports"), Permission.PORTFOLIO_IMPORT),
]


def entries(request: Request[Any, Any, Any], reverse: Callable[..., str]) -> list[Entry]:
    """The entries that this person may open; the one of the present page is marked."""
    viewer = whole_viewer(request)
    if viewer is None:
        return []
    path = request.scope["path"]
    shown = []
    for place in PLACES:
        if viewer.can(place.permission):
            href = reverse(place.route)
            current = path == href or (href != "/" and path.startswith(href + "/"))
            shown.append(Entry(gettext(place.words), href, current))
    return shown
