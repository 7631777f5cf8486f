"""Which cases a person may find at all: every list, count, search, export and address starts from here."""

import uuid
from functools import lru_cache

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import SUBMITTED_STATES
from portfolio.errors import NotFound
from portfolio.people.models import Duty
from portfolio.people.permissions import Reach
from portfolio.people.queries import recused_subjects
from portfolio.people.terms import DutyKind
from portfolio.people.viewer import Viewer

KEPT = 256
"""Conditions are kept for so many viewers, by their value: writing one down costs as much as asking it."""


@lru_cache(maxsize=KEPT)
def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """A condition on `BusinessCase`: own institutions', assigned ones, submitted ones or all; never a recused one.

    The viewer of a request is already narrowed to the roles that grant what its route declared.
    """
    reached: list[ColumnElement[bool]] = []
    if viewer.reaches(Reach.EVERYTHING):
        reached.append(true())
    if viewer.reaches(Reach.SUBMITTED):
        reached.append(col(BusinessCase.status).in_(SUBMITTED_STATES))
    if viewer.own_institutions:
        reached.append(col(BusinessCase.institution_id).in_(viewer.own_institutions))
    if viewer.reaches(Reach.ASSIGNED):
        assigned = select(col(Duty.subject_id)).where(
            col(Duty.person_id) == viewer.person_id,
            col(Duty.kind) == DutyKind.REVIEWER,
            col(Duty.ended_at).is_(None),
        )
        reached.append(and_(col(BusinessCase.id).in_(assigned), col(BusinessCase.status).in_(SUBMITTED_STATES)))
    if not reached:
        return false()
    return and_(or_(*reached), col(BusinessCase.id).not_in(recused_subjects(viewer)))


def within_reach(viewer: Viewer, case: BusinessCase) -> bool:
    """Whether the roles of this viewer may reach a case that the person reads already; asks no database.

    For links to pages of another permission, whose roles may be held elsewhere: a reviewer of this case may read codes in
    their own institution and not here. Who is assigned to what is not asked.
    """
    submitted = case.status in SUBMITTED_STATES
    return (
        viewer.reaches(Reach.EVERYTHING)
        or case.institution_id in viewer.own_institutions
        or (submitted and (viewer.reaches(Reach.SUBMITTED) or viewer.reaches(Reach.ASSIGNED)))
    )


def get_case(session: Session, viewer: Viewer, case_id: uuid.UUID) -> BusinessCase:
    """The case, or `NotFound` for one that does not exist and one that this person may not find alike."""
    found = session.scalar(select(BusinessCase).where(col(BusinessCase.id) == case_id, visible_to(viewer)))
    if found is None:
        raise NotFound
    return found
