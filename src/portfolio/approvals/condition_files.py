"""Files that an institution gives as evidence of a condition: let in after a look, kept by digest, shown to whoever sees the case."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.models import Condition, ConditionFile
from portfolio.business_cases.attachments import Received
from portfolio.business_cases.models import BusinessCase
from portfolio.db.clock import now
from portfolio.errors import FieldRefused, NotFound
from portfolio.files.quota import check_place_for, counts_for_quota
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
    is_present = received.sha256 in {row.sha256 for row in present}
    check_place_for(session, case.institution_id, received.size, is_present=is_present)
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


@counts_for_quota
def _evidence(institution_id: uuid.UUID) -> Select[Any]:
    return (
        select(func.sum(col(ConditionFile.size)))
        .join(Condition, col(Condition.id) == col(ConditionFile.condition_id))
        .join(BusinessCase, col(BusinessCase.id) == col(Condition.case_id))
        .where(col(BusinessCase.institution_id) == institution_id)
    )
