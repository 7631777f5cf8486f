"""Which projects a person may find at all: every list, page and count of delivery starts from here."""

import uuid
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select, true
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.db.clock import now
from portfolio.errors import NotFound
from portfolio.people.permissions import Permission, Reach
from portfolio.people.queries import recused_subjects
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.strategy.models import Call


def visible_to(viewer: Viewer, at: datetime) -> ColumnElement[bool]:
    """A condition on `Project` joined with its `Initiative`: the own institutions' or, for oversight, all of them.

    Never one whose case the person is recused from, nor one whose funding is not published to them yet: that there is a
    project at all would tell them the decision.
    """
    is_reached = (
        true()
        if viewer.reaches(Reach.SUBMITTED) or viewer.reaches(Reach.EVERYTHING)
        else col(Initiative.institution_id).in_(viewer.own_institutions)
    )
    not_recused = or_(col(Project.case_id).is_(None), col(Project.case_id).not_in(recused_subjects(viewer)))
    return and_(is_reached, not_recused, _is_published(viewer, at))


def _is_published(viewer: Viewer, at: datetime) -> ColumnElement[bool]:
    if viewer.can(Permission.DECISION_READ):
        return true()
    silent = exists().where(col(Call.id) == col(Initiative.call_id), col(Call.embargo_until) > at)
    return not_(silent.correlate(Initiative))


def get_project(session: Session, viewer: Viewer, project_id: uuid.UUID) -> Project:
    """The project, or `NotFound` for one that does not exist and one that this person may not find alike."""
    found = session.scalar(
        select(Project)
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .where(col(Project.id) == project_id, visible_to(viewer, now(session)))
    )
    if found is None:
        raise NotFound
    return found
