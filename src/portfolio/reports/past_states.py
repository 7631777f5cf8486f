"""The state in which a case was at an instant, read back from the moves that the trail records."""

import json
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.models import AuditEvent
from portfolio.audit.queries import shown_at
from portfolio.audit.terms import Tag
from portfolio.business_cases.terms import CaseStatus

MOVES = (Tag.CASE_MOVED, Tag.CASE_SUBMITTED, Tag.CASE_REOPENED, Tag.REVIEWS_CLOSED)
"""Events of `approvals.moves`: each says the state before and after."""


def states_at(
    session: Session, present: dict[uuid.UUID, tuple[CaseStatus, datetime]], instant: datetime
) -> dict[uuid.UUID, str]:
    """By case, for those in `present` (status and since when): the state's code at the instant.

    A case that has not moved since is where it is now; any other was where the first move after the instant took it from.
    """
    found = {case_id: status.value for case_id, (status, _since) in present.items()}
    moved = [case_id for case_id, (_status, since) in present.items() if since > instant]
    settled: set[uuid.UUID] = set()
    for case_id, at, before in _moves(session, moved):
        if case_id not in settled and at > instant:
            found[case_id] = before
            settled.add(case_id)
    return found


def _moves(session: Session, cases: Sequence[uuid.UUID]) -> Iterator[tuple[uuid.UUID, datetime, str]]:
    """(case, when as its readers know it, state before), each case's in the order in which they were made."""
    rows = session.execute(
        select(col(AuditEvent.object_id), col(AuditEvent.at), col(AuditEvent.canon))
        .where(col(AuditEvent.object_id).in_(cases), col(AuditEvent.action).in_([tag.value for tag in MOVES]))
        .order_by(col(AuditEvent.chain), col(AuditEvent.seq))
    )
    for case_id, at, canon in rows:
        detail = json.loads(canon)["detail"]
        if case_id is not None and "before" in detail:
            yield case_id, shown_at(at, detail), str(detail["before"])
