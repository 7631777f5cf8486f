"""Files that an institution gives as evidence of a condition: let in after a look, kept by digest, shown to whoever sees the case."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.models import Condition, ConditionFile
from portfolio.business_cases.attachments import QUOTA, Received, used_by
from portfolio.business_cases.models import BusinessCase
from portfolio.db.clock import now
from portfolio.errors import FieldRefused, NotFound
from portfolio.i18n import gettext as _
from portfolio.people.viewer import Viewer

MOST_EVIDENCE = 10
"""Files of one condition."""


def keep_evidence(
    session: Session, actor: Viewer, condition: Condition, case: BusinessCase, received: Received
) -> ConditionFile:
    """The row of an accepted file; whoever calls this records the event. Raises `FieldRefused("file", …)`."""
    present = files_of(session, condition.id)
    if len(present) >= MOST_EVIDENCE:
        raise FieldRefused("file", _("A condition holds at most %(n)s files.") % {"n": MOST_EVIDENCE})
    if received.sha256 in {row.sha256 for row in present}:
        raise FieldRefused("file", _("This very file is attached already."))
    if used_by(session, case.institution_id) + received.size > QUOTA:
        raise FieldRefused("file", _("Your institution has used up its space for files. Ask the administrator."))
    row = ConditionFile(
        condition_id=condition.id,
        file_name=received.file_name,
        media_type=received.media_type,
        size=received.size,
        sha256=received.sha256,
        by_id=actor.person_id,
        supplied_at=now(session),
    )
    session.add(row)
    session.flush()
    return row


def files_of(session: Session, condition_id: uuid.UUID) -> Sequence[ConditionFile]:
    """Oldest first."""
    return session.scalars(
        select(ConditionFile)
        .where(col(ConditionFile.condition_id) == condition_id)
        .order_by(col(ConditionFile.supplied_at), col(ConditionFile.id))
    ).all()


def get_file(session: Session, condition: Condition, file_id: uuid.UUID) -> ConditionFile:
    """Raises `NotFound` for a file of another condition."""
    row = session.get(ConditionFile, file_id)
    if row is None or row.condition_id != condition.id:
        raise NotFound
    return row
