"""Which initiatives a person may find in lists, counts, searches and exports: every one of them starts here (security.md T8)."""

import uuid
from functools import lru_cache

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import SUBMITTED_STATES, CaseStatus
from portfolio.business_cases.visibility import KEPT, visible_to
from portfolio.errors import NotFound
from portfolio.people.permissions import Reach
from portfolio.people.queries import recused_subjects
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative
from portfolio.projects.terms import IMPORTED


@lru_cache(maxsize=KEPT)
def initiatives_visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """A condition on `Initiative`: those with a case that this person may find, and imported ones.

    An imported initiative has no case: the oversight bodies find it, and the people of its own institution. One whose
    case a person is recused from stays hidden whatever else of it they could see.
    """
    return and_(or_(_with_case(viewer), _imported(viewer)), _not_recused(viewer))


@lru_cache(maxsize=KEPT)
def visible_parts(viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    """The same as conditions of which exactly one holds for each row that is found: counts add them up, cheapest first.

    For who sees nearly all, an index by state counts the first part without a look at the rows.
    """
    if not sees_nearly_all(viewer):
        return (initiatives_visible_to(viewer),)
    surely = col(Initiative.state).in_(FOUND_BY_STATE)
    others = sorted({status.value for status in CaseStatus} - set(FOUND_BY_STATE))
    return (
        and_(surely, _not_recused(viewer)),
        and_(col(Initiative.state).in_(others), initiatives_visible_to(viewer)),
    )


def _not_recused(viewer: Viewer) -> ColumnElement[bool]:
    recused = select(col(BusinessCase.initiative_id)).where(col(BusinessCase.id).in_(recused_subjects(viewer)))
    return col(Initiative.id).not_in(recused)


def _with_case(viewer: Viewer) -> ColumnElement[bool]:
    """For who sees nearly all of them the state of the newest case answers first, and only then each row is asked; for who
    sees few they are collected first. 100,000 rows tell the two apart.
    """
    if sees_nearly_all(viewer):
        return or_(
            col(Initiative.state).in_(SUBMITTED),
            exists()
            .where(col(BusinessCase.initiative_id) == col(Initiative.id), visible_to(viewer))
            .correlate(Initiative),
        )
    found = col(Initiative.id).in_(select(col(BusinessCase.initiative_id)).where(visible_to(viewer)))
    if viewer.reaches(Reach.ASSIGNED):
        return found
    return and_(
        col(Initiative.institution_id).in_(viewer.own_institutions), found
    )  # lets the index by institution work


SUBMITTED = tuple(sorted(status.value for status in SUBMITTED_STATES))
FOUND_BY_STATE = (*SUBMITTED, IMPORTED)
"""States of an initiative that tell by themselves that oversight may find it."""


def sees_nearly_all(viewer: Viewer) -> bool:
    """Whether a walk in any order soon finds rows for this viewer."""
    return viewer.reaches(Reach.SUBMITTED) or viewer.reaches(Reach.EVERYTHING)


def _imported(viewer: Viewer) -> ColumnElement[bool]:
    is_imported = col(Initiative.state) == IMPORTED
    if sees_nearly_all(viewer):
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
