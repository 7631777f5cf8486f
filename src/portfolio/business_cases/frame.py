"""What stands above every page of a case: its number, title, institution and state, and the tabs to its other pages."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import SUBMITTED_STATES, CaseStatus
from portfolio.i18n import N_, gettext
from portfolio.people.models import Institution
from portfolio.people.permissions import Permission
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative


@dataclass(frozen=True, slots=True)
class TabSpec:
    """A page of a case: its route, its words, the permission that opens it and the states in which it exists."""

    route: str
    words: str
    permission: Permission
    statuses: frozenset[CaseStatus] = frozenset(CaseStatus)


_ALL = frozenset(CaseStatus)
TABS: list[TabSpec] = [
    TabSpec("desk.case", N_("Overview"), Permission.CASE_READ),
    TabSpec("business_cases.sections", N_("Formulation"), Permission.CASE_READ),
    TabSpec("peer_review.observations", N_("Observations"), Permission.CASE_READ, SUBMITTED_STATES),
    TabSpec("peer_review.reviews", N_("Peer review"), Permission.CASE_READ, SUBMITTED_STATES),
    TabSpec("checks.case", N_("Standards"), Permission.CASE_READ, _ALL),
    TabSpec("approvals.opinion", N_("Opinion"), Permission.CASE_READ, SUBMITTED_STATES),
    TabSpec("approvals.decision", N_("Budget decision"), Permission.DECISION_READ, SUBMITTED_STATES),
    TabSpec("approvals.codes", N_("Approval codes"), Permission.CODE_READ, SUBMITTED_STATES),
    TabSpec("audit.case_history", N_("History"), Permission.CASE_READ),
]
"""In the order of the road. A room adds nothing here that it does not serve: a house test opens each."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab as shown."""

    label: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class CaseFrame:
    """The head of a case's page."""

    case_id: uuid.UUID
    title: str
    number: str
    institution: str
    status: CaseStatus
    tabs: tuple[Tab, ...]


def case_frame(
    session: Session, viewer: Viewer, case: BusinessCase, current: str, url_for: Callable[..., str]
) -> CaseFrame:
    """`viewer` is the whole viewer, not the one narrowed by the route; `current` the route's name."""
    initiative = session.get_one(Initiative, case.initiative_id)
    institution = session.get_one(Institution, case.institution_id)
    tabs = tuple(
        Tab(gettext(spec.words), url_for(spec.route, case_id=case.id), spec.route == current)
        for spec in TABS
        if case.status in spec.statuses and viewer.can(spec.permission)
    )
    return CaseFrame(
        case_id=case.id,
        title=case.title,
        number=initiative.number or gettext("Not numbered yet"),
        institution=institution.name,
        status=case.status,
        tabs=tabs,
    )
