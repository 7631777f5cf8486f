"""Asking how projects fare; the rooms of codes and decisions ask before they promise a suspended project anything new."""

import uuid
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.db.memo import asked_once
from portfolio.projects.models import Project, ProjectStanding
from portfolio.projects.terms import Standing


def standing_row(session: Session, project_id: uuid.UUID) -> ProjectStanding | None:
    """The newest change of standing, or nothing for a project that was always on course."""
    newest = (
        select(ProjectStanding)
        .where(col(ProjectStanding.project_id) == project_id)
        .order_by(col(ProjectStanding.set_at).desc(), col(ProjectStanding.id).desc())
        .limit(1)
    )
    return asked_once(session, (ProjectStanding, project_id), lambda: session.scalar(newest))


def standing_of(session: Session, project_id: uuid.UUID) -> Standing:
    found = standing_row(session, project_id)
    return Standing.ON_COURSE if found is None else found.standing


def standings_of(session: Session, projects: Collection[uuid.UUID]) -> dict[uuid.UUID, Standing]:
    """Of each project, in one query."""
    rows = session.execute(
        select(col(ProjectStanding.project_id), col(ProjectStanding.standing))
        .where(col(ProjectStanding.project_id).in_(projects))
        .order_by(col(ProjectStanding.set_at), col(ProjectStanding.id))
    )
    newest = {row.project_id: row.standing for row in rows}
    return {project: newest.get(project, Standing.ON_COURSE) for project in projects}


def is_suspended(session: Session, initiative_id: uuid.UUID) -> bool:
    """Whether the initiative has a project and that project is suspended."""
    project_id = session.scalar(select(col(Project.id)).where(col(Project.initiative_id) == initiative_id))
    return project_id is not None and standing_of(session, project_id) is Standing.SUSPENDED
