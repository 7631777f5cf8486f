"""Reading notices. Not audited: what a person has read binds nobody."""

import uuid

from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.db.clock import now
from portfolio.notifications.models import Notice
from portfolio.people.viewer import Viewer


def mark_read(session: Session, viewer: Viewer, notice_id: uuid.UUID | None = None) -> None:
    """Mark one of the viewer's own notices as read, or all of them; one of somebody else is left as it is."""
    unread = update(Notice).where(col(Notice.person_id) == viewer.person_id, col(Notice.read_at).is_(None))
    if notice_id is not None:
        unread = unread.where(col(Notice.id) == notice_id)
    session.execute(unread.values(read_at=now(session)))
