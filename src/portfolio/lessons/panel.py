"""On the first page of a project: what comes from it, and how many institutions replicate it; only where there is something."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists, or_
from sqlmodel import col

from portfolio.lessons.models import DerivedLink
from portfolio.lessons.queries import derived_from, origins_of, replicated
from portfolio.people.permissions import Permission
from portfolio.projects.panels import INITIATIVE, Asking, Panel, register_panel


def provide(asking: Asking) -> Mapping[str, Any] | None:
    initiative_id = asking.project.initiative_id
    derived = derived_from(asking.session, asking.viewer, asking.now, initiative_id)
    origins = origins_of(asking.session, asking.viewer, asking.now, initiative_id)
    if not derived and not origins:
        return None
    return {
        "derived": len(derived),
        "origins": [link.title or link.number for link in origins],
        "replicated": replicated(asking.session, initiative_id),
        "href": asking.url_for("lessons.project", project_id=asking.project.id),
    }


_LINKED = or_(
    exists().where(col(DerivedLink.initiative_id) == INITIATIVE),
    exists().where(col(DerivedLink.origin_id) == INITIATIVE),
)

register_panel(Panel(85, "lessons/_panel.html", Permission.PROJECT_READ, provide, _LINKED))
