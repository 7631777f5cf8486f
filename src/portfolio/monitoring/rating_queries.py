"""Reading ratings, and who sees a computed one before everybody does.

Until the end of its days of comment a computed rating, and every gap and flag that rests on it, is seen by the people of the
institution that it is about, by the directive body and by auditors. For everybody else it does not exist yet.
"""

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.errors import NotFound
from portfolio.monitoring.health_terms import RatingKind
from portfolio.monitoring.rating_models import Rating, RatingComment, RatingRequest
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.projects.visibility import get_project

FIRST_READERS = frozenset(
    {
        Role.DIRECTIVE_ANALYST,
        Role.DIRECTIVE_HEAD,
        Role.REVIEW_SECRETARY,
        Role.STANDARDS_OFFICER,
        Role.AUDITOR,
    }
)
"""Roles that see computed ratings of every institution while they are in comment."""


def sees_in_comment(viewer: Viewer, institution_id: uuid.UUID) -> bool:
    """`viewer` is the whole viewer."""
    return bool(viewer.roles & FIRST_READERS) or institution_id in viewer.own_institutions


def in_comment_shown(viewer: Viewer, today: date, comment_until: ColumnElement[date | None]) -> ColumnElement[bool]:
    """The same as a condition on rows joined with `Initiative`; over is over for everybody."""
    if viewer.roles & FIRST_READERS:
        return true()
    own = col(Initiative.institution_id).in_(viewer.own_institutions)
    return or_(own, comment_until.is_(None), comment_until < today)


def is_in_comment(rating: Rating, today: date) -> bool:
    """The last day itself still counts."""
    return rating.comment_until is not None and today <= rating.comment_until


def ratings_of(session: Session, viewer: Viewer, project: Project, today: date) -> list[Rating]:
    """Computed and independent ratings of a project that this person may see: the last one of each period and kind.

    Newest period first. `viewer` is the whole viewer, `project` came from `get_project`.
    """
    institution_id = session.get_one(Initiative, project.initiative_id).institution_id
    sees_all = sees_in_comment(viewer, institution_id)
    rows = session.scalars(
        select(Rating)
        .where(col(Rating.project_id) == project.id)
        .order_by(col(Rating.period_on).desc(), col(Rating.kind), col(Rating.ordinal))
    )
    last = {(row.period_on, row.kind): row for row in rows if sees_all or not is_in_comment(row, today)}
    return list(last.values())


def earlier_of(session: Session, rating: Rating) -> Sequence[Rating]:
    """Ratings of the same period and kind that this one took the place of, in the order in which they were made."""
    return session.scalars(
        select(Rating)
        .where(
            col(Rating.project_id) == rating.project_id,
            col(Rating.period_on) == rating.period_on,
            col(Rating.kind) == rating.kind,
            col(Rating.ordinal) < rating.ordinal,
        )
        .order_by(col(Rating.ordinal))
    ).all()


def get_rating(
    session: Session, viewer: Viewer, rating_id: uuid.UUID, today: date, whole: Viewer
) -> tuple[Rating, Project]:
    """A rating and its project. Raises `NotFound` for one that this person may not find, or not yet.

    `viewer` is the one narrowed by the route, `whole` the whole one.
    """
    found = session.get(Rating, rating_id)
    if found is None:
        raise NotFound
    project = get_project(session, viewer, found.project_id)
    institution_id = session.get_one(Initiative, project.initiative_id).institution_id
    if is_in_comment(found, today) and not sees_in_comment(whole, institution_id):
        raise NotFound
    return found, project


def comments_on(session: Session, ratings: Sequence[Rating]) -> dict[uuid.UUID, list[RatingComment]]:
    """By rating, in the order in which they were made."""
    found: dict[uuid.UUID, list[RatingComment]] = {}
    rows = session.scalars(
        select(RatingComment)
        .where(col(RatingComment.rating_id).in_([row.id for row in ratings]))
        .order_by(col(RatingComment.made_at), col(RatingComment.id))
    )
    for row in rows:
        found.setdefault(row.rating_id, []).append(row)
    return found


def computed_in_comment(session: Session, today: date) -> Sequence[Rating]:
    """Every computed rating whose days of comment run, the one that ends first on top."""
    return session.scalars(
        select(Rating)
        .where(col(Rating.kind) == RatingKind.COMPUTED, col(Rating.comment_until) >= today)
        .order_by(col(Rating.comment_until), col(Rating.id))
    ).all()


def requests_of(session: Session, project_id: uuid.UUID) -> Sequence[RatingRequest]:
    """Newest first."""
    return session.scalars(
        select(RatingRequest)
        .where(col(RatingRequest.project_id) == project_id)
        .order_by(col(RatingRequest.asked_at).desc(), col(RatingRequest.id).desc())
    ).all()
