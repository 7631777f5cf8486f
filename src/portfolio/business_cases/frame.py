"""What stands above every page of a case: its number, title, institution and state, and the tabs to its other pages."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import CaseStatus
from portfolio.business_cases.visibility import within_reach
from portfolio.db.memo import row_of
from portfolio.i18n import gettext
from portfolio.people.models import Institution
from portfolio.people.permissions import Permission
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative


@dataclass(frozen=True, slots=True)
class TabSpec:
    """A page of a case: its place on the road, its route, its words, the permission and the states it exists in."""

    place: int
    route: str
    words: str
    permission: Permission
    statuses: frozenset[CaseStatus] = frozenset(CaseStatus)


_tabs: dict[str, TabSpec] = {}


def register_tab(tab: TabSpec) -> None:
    """A room that serves a page of a case adds its tab, from its `routes.py`."""
    _tabs[tab.route] = tab


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
    initiative = row_of(session, Initiative, case.initiative_id)
    institution = row_of(session, Institution, case.institution_id)
    tabs = tuple(
        Tab(gettext(spec.words), url_for(spec.route, case_id=case.id), spec.route == current)
        for spec in sorted(_tabs.values(), key=lambda tab: tab.place)
        if case.status in spec.statuses and within_reach(viewer.narrowed(spec.permission), case)
    )
    return CaseFrame(
        case_id=case.id,
        title=case.title,
        number=initiative.number or gettext("Not numbered yet"),
        institution=institution.name,
        status=case.status,
        tabs=tabs,
    )
