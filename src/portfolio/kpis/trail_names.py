"""How the trail's page calls indicators: by their name, for whoever may find their project."""

import uuid
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.subjects import Named, register_names
from portfolio.db.clock import now
from portfolio.kpis.models import Indicator
from portfolio.kpis.words import name_of
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.projects.visibility import visible_to


def indicators(session: Session, viewer: Viewer, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Named]:
    rows = session.execute(
        select(Indicator, col(Initiative.title))
        .join(Project, col(Project.id) == col(Indicator.project_id))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .where(col(Indicator.id).in_(ids), visible_to(viewer, now(session)))
    )
    return {one.id: Named(f"{name_of(one)} · {title or ''}".strip(" ·")) for one, title in rows}


register_names("kpi_indicator", indicators)
