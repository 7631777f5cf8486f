"""Finding the project that a row belongs to, by its number or the words of its title."""

import uuid
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.db.clock import now
from portfolio.db.text import folded
from portfolio.execution.rows import is_everywhere
from portfolio.people.models import Institution
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.projects.visibility import visible_to

MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class Found:
    """A project that fits."""

    id: uuid.UUID
    number: str
    title: str
    institution: str
    currency: str


def projects_like(session: Session, viewer: Viewer, text: str) -> list[Found]:
    """Projects whose number or title holds every word, by number; at most `MOST_FOUND` and one more, which says so.

    Of the own institutions, save for the budget office: as for the rows of a file.
    """
    query = (
        select(Project, Initiative, col(Institution.name))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .join(Institution, col(Institution.id) == col(Initiative.institution_id))
        .where(visible_to(viewer, now(session)))
        .order_by(col(Initiative.reference), col(Project.id))
        .limit(MOST_FOUND + 1)
    )
    if not is_everywhere(viewer):
        query = query.where(col(Initiative.institution_id).in_(viewer.own_institutions))
    for word in folded(text).split()[:8]:
        query = query.where(
            or_(
                func.lower(col(Initiative.reference)).contains(word, autoescape=True),
                col(Initiative.search_text).contains(word, autoescape=True),
            )
        )
    return [
        Found(project.id, initiative.reference, initiative.title or "", name, initiative.currency)
        for project, initiative, name in session.execute(query)
    ]
