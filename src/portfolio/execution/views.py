"""What pages of execution begin with: the project in the viewer's scope, its frame, the day in its country; amounts in words."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import format_skeleton
from sqlalchemy.orm import Session

from portfolio.db.memo import row_of
from portfolio.db.money import Money
from portfolio.files.store import FileStore
from portfolio.i18n import gettext as _
from portfolio.identity.visit import AnyRequest, everything_of, today_of
from portfolio.packs.schema import CountryPack
from portfolio.people.viewer import Viewer
from portfolio.projects.frame import project_frame
from portfolio.projects.models import Initiative, Project
from portfolio.projects.visibility import get_project
from portfolio.web.addresses import book_of
from portfolio.web.formatting import locale, plain_amount
from portfolio.web.runtime import runtime

CONTRACTS = "execution.contracts"


@dataclass(frozen=True, slots=True)
class Opened:
    """A project as one request opened it. `whole` is the viewer with all their roles."""

    project: Project
    initiative: Initiative
    whole: Viewer
    today: date


def store_of(request: AnyRequest) -> FileStore:
    return FileStore(runtime(request).settings.files_dir)


def opened(request: AnyRequest, session: Session, project_id: uuid.UUID) -> Opened:
    """Raises `NotFound` for a project outside the scope of the viewer, who is narrowed to the route's permission."""
    project = get_project(session, request.user, project_id)
    initiative = row_of(session, Initiative, project.initiative_id)
    return Opened(project, initiative, everything_of(request), today_of(request, session))


def framed(request: AnyRequest, session: Session, found: Opened, tab: str) -> dict[str, Any]:
    """The head of the page, with a tab marked."""
    frame = project_frame(session, found.whole, found.project, tab, book_of(request))
    return {"frame": frame, "project": found.project, "currency": found.initiative.currency}


def path_of(request: AnyRequest, route: str, **params: Any) -> str:
    return str(request.app.route_reverse(route, **params))


def shown_amount(minor: int | None, currency: str) -> str:
    """Without its currency; «not reported» for nothing, which is not zero."""
    return _("not reported") if minor is None else plain_amount(Money(currency, minor))


def month_words(month: date) -> str:
    """`ago 2026`, as the reader writes it."""
    return str(format_skeleton("yMMM", month, locale=locale()))


def line_choices(pack: CountryPack) -> list[tuple[str, str]]:
    """Lines of the budget classification that amounts may stand in: code and words."""
    return [(line.code, f"{line.code} · {line.label}") for line in pack.usable_budget_lines()]
