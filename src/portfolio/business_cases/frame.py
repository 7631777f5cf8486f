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
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative
from portfolio.web.tabs import Tab, TabBar, TabSpec

__all__ = ["CaseFrame", "Tab", "TabSpec", "case_frame", "register_tab"]


_bar: TabBar[CaseStatus] = TabBar()


def register_tab(tab: TabSpec[CaseStatus]) -> None:
    """A room that serves a page of a case adds its tab, from its `routes.py`."""
    _bar.register(tab)


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
    tabs = _bar.shown(
        case.status,
        current,
        opens=lambda permission: within_reach(viewer.narrowed(permission), case),
        address=lambda route: url_for(route, case_id=case.id),
    )
    return CaseFrame(
        case_id=case.id,
        title=case.title,
        number=initiative.number or gettext("Not numbered yet"),
        institution=institution.name,
        status=case.status,
        tabs=tabs,
    )
