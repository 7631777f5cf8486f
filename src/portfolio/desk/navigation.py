"""The menu: the places that a person's roles open, in the order of their work."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from litestar import Request

from portfolio.i18n import N_, gettext
from portfolio.identity.guard import whole_viewer
from portfolio.people.permissions import GRANTS, Permission
from portfolio.people.terms import Role


@dataclass(frozen=True, slots=True)
class Place:
    """A menu entry: the route's name, its words, the permission that opens it, and whether it may step aside."""

    route: str
    words: str
    permission: Permission
    is_aside: bool = False
    """Whether it may stand under «More» where a person has many places."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A menu entry as shown."""

    label: str
    href: str
    current: bool
    count: int = 0
    in_bar: bool = True
    """Whether a wide screen shows it outright; the others, and all of them on a narrow screen, open with one press."""


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
    Place("approvals.conditions", N_("Conditions"), Permission.CASE_READ, is_aside=True),
    Place("approvals.letters", N_("Letters"), Permission.CASE_READ, is_aside=True),
    Place("business_cases.list", N_("Cases"), Permission.CASE_READ),
    Place("business_cases.by_lead", N_("Cases by lead"), Permission.CASE_HAND_OVER, is_aside=True),
    Place("approvals.my_codes", N_("Approval codes"), Permission.CODE_DRAW),
    Place("returns.all", N_("Progress returns"), Permission.PROJECT_READ, is_aside=True),
    Place("execution.portfolio", N_("Execution of money"), Permission.PROJECT_READ, is_aside=True),
    Place("findings.list", N_("Findings"), Permission.PROJECT_READ, is_aside=True),
    Place("kpis.portfolio", N_("Indicators"), Permission.PROJECT_READ, is_aside=True),
    Place("risk.portfolio", N_("Risks"), Permission.PROJECT_READ, is_aside=True),
    Place("desk.periods", N_("Delivery at a glance"), Permission.DECISION_READ, is_aside=True),
    Place("monitoring.health", N_("Health of the portfolio"), Permission.PROJECT_READ, is_aside=True),
    Place("monitoring.overdue_pilots", N_("Overdue pilots"), Permission.DECISION_READ, is_aside=True),
    Place("closure.services", N_("Services in operation"), Permission.PROJECT_READ, is_aside=True),
    Place("lessons.library", N_("Lessons"), Permission.CASE_READ, is_aside=True),
    Place("strategy.calls", N_("Calls"), Permission.CALL_READ, is_aside=True),
    Place("notifications.list", N_("Notices"), Permission.SIGNED_IN),
    Place("audit.search", N_("Audit trail"), Permission.AUDIT_READ),
    Place("jobs.list", N_("Timetable"), Permission.PEOPLE_ADMINISTER, is_aside=True),
    Place("people.list", N_("People"), Permission.PEOPLE_READ, is_aside=True),
    Place("exchange.imports", N_("Imports"), Permission.PORTFOLIO_IMPORT, is_aside=True),
]


MOST_IN_BAR = 7
"""So many entries fit in one line of a common window, in Spanish."""


def entries(request: Request[Any, Any, Any], reverse: Callable[..., str]) -> list[Entry]:
    """The entries that this person may open; the one of the present page is marked, and always in the bar."""
    viewer = whole_viewer(request)
    if viewer is None:
        return []
    path = request.scope["path"]
    shown = []
    for place, barred in _places_of(viewer.roles):
        href = reverse(place.route)
        current = path == href or (href != "/" and path.startswith(href + "/"))
        shown.append(Entry(gettext(place.words), href, current, in_bar=current or barred))
    return shown


@lru_cache(maxsize=1000)
def _places_of(roles: frozenset[Role]) -> tuple[tuple[Place, bool], ...]:
    """What these roles open, and whether it stands in the bar: the same for every page of everybody who holds them."""
    places = [
        place
        for place in PLACES
        if place.permission is Permission.SIGNED_IN or any(place.permission in GRANTS[role] for role in roles)
    ]
    barred = in_bar(places)
    return tuple((place, place in barred) for place in places)


def in_bar(places: Sequence[Place]) -> list[Place]:
    """Those that a wide screen shows outright: the work of the person, then as many of the others as there is room for."""
    if len(places) <= MOST_IN_BAR:
        return list(places)
    work = [place for place in places if not place.is_aside]
    aside = [place for place in places if place.is_aside]
    return [*work, *aside[: max(0, MOST_IN_BAR - len(work) - 1)]]
