"""A person's own notices; nobody reads another's."""

import uuid

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.notifications.models import Notice
from portfolio.people.viewer import Viewer
from portfolio.web.newest import Newest, newest_by_time


def notices_of(session: Session, viewer: Viewer, cursor: str) -> Newest[Notice]:
    """Newest first by the time that is shown, a page at a time: a moved clock does not follow the order of the keys."""
    query = select(Notice).where(col(Notice.person_id) == viewer.person_id)
    return newest_by_time(
        session, query, Notice.created_at, Notice.id, lambda notice: (notice.created_at, notice.id), cursor
    )


def unread_count(session: Session, person_id: uuid.UUID) -> int:
    query = select(func.count()).select_from(Notice)
    return session.scalar(query.where(col(Notice.person_id) == person_id, col(Notice.read_at).is_(None))) or 0
