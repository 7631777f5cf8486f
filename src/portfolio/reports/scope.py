"""Which initiatives a person may find in lists, counts, searches and exports: every one of them starts here (security.md T8)."""

import uuid

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.visibility import visible_to
from portfolio.errors import NotFound
from portfolio.people.permissions import Reach
from portfolio.people.queries import recused_subjects
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative
from portfolio.projects.terms import IMPORTED


def initiatives_visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """A condition on `Initiative`: those with a case that this person may find, and imported ones.

    An imported initiative has no case: the oversight bodies find it, and the people of its own institution. One whose
    case a person is recused from stays hidden whatever else of it they could see.
    """
    case_of = col(BusinessCase.initiative_id) == col(Initiative.id)
    return and_(
        or_(exists().where(case_of, visible_to(viewer)), _imported(viewer)),
        ~exists().where(case_of, col(BusinessCase.id).in_(recused_subjects(viewer))),
    )


def _imported(viewer: Viewer) -> ColumnElement[bool]:
    is_imported = col(Initiative.state) == IMPORTED
    if viewer.reaches(Reach.SUBMITTED) or viewer.reaches(Reach.EVERYTHING):
        return is_imported
    if viewer.own_institutions:
        return and_(is_imported, col(Initiative.institution_id).in_(viewer.own_institutions))
    return false()


def get_initiative(session: Session, viewer: Viewer, initiative_id: uuid.UUID) -> Initiative:
    """The initiative, or `NotFound` for one that does not exist and one that this person may not find alike."""
    query = select(Initiative).where(col(Initiative.id) == initiative_id, initiatives_visible_to(viewer))
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found
