"""The first page of a project: what it is, what it may spend, and what each room knows of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portfolio.db.memo import row_of
from portfolio.db.money import Money
from portfolio.i18n import gettext as _
from portfolio.people.permissions import Permission
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.web.formatting import money, short_day


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the strip."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ProjectSheet:
    """What the page shows beside its panels; `case_href` is blank for whoever may not open the case."""

    figures: Sequence[Figure]
    facts: Sequence[Figure]
    case_href: str


def project_sheet(session: Session, viewer: Viewer, project: Project, url_for: Callable[..., str]) -> ProjectSheet:
    """`viewer` is the whole viewer; the project came from `get_project`."""
    initiative = row_of(session, Initiative, project.initiative_id)

    def shown(minor: int | None) -> str:
        return _("not stated") if minor is None else money(Money(initiative.currency, minor))

    may_open = project.case_id is not None and viewer.can(Permission.CASE_READ)
    return ProjectSheet(
        figures=[
            Figure(_("Requested"), shown(initiative.requested_minor)),
            Figure(_("Decided"), shown(initiative.decided_minor)),
            Figure(_("Committed under approval codes"), shown(initiative.committed_minor)),
        ],
        facts=[
            Figure(_("Began on"), short_day(project.began_on)),
            Figure(_("Start of the works"), short_day(project.starts_on)),
            Figure(_("End promised"), short_day(project.ends_on)),
        ],
        case_href=url_for("desk.case", case_id=project.case_id) if may_open else "",
    )
