"""A funded case becomes a project: at most one of an initiative, however many versions its case has."""

import uuid
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.projects.terms import ProjectStage


def create_project(
    session: Session,
    actor: Viewer,
    *,
    initiative_id: uuid.UUID,
    case_id: uuid.UUID,
    began_on: date,
    ends_on: date | None = None,
) -> Project:
    """The initiative's project, made now or, for a later version of its case, found and tied to that version.

    `began_on`: the day of the decision on the country's calendar. `ends_on`: the last milestone promised, if any.
    """
    found = session.scalar(select(Project).where(col(Project.initiative_id) == initiative_id))
    if found is not None:
        found.case_id = case_id
        record(session, actor, Tag.PROJECT_CREATED, found, case=case_id, initiative=initiative_id, continued=True)
        return found
    project = Project(
        initiative_id=initiative_id, case_id=case_id, stage=ProjectStage.PLANNED, began_on=began_on, ends_on=ends_on
    )
    session.add(project)
    session.get_one(Initiative, initiative_id).stage = ProjectStage.PLANNED
    session.flush()
    record(session, actor, Tag.PROJECT_CREATED, project, case=case_id, initiative=initiative_id, continued=False)
    return project
