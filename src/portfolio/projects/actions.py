"""Making the initiative that a new case belongs to."""

import uuid

from sqlalchemy.orm import Session

from portfolio.db.text import folded, sort_key
from portfolio.projects.models import Initiative
from portfolio.projects.terms import OWN_SOURCE


def create_initiative(
    session: Session,
    *,
    title: str,
    state: str,
    currency: str,
    institution_id: uuid.UUID,
    unit_id: uuid.UUID | None,
    call_id: uuid.UUID,
) -> Initiative:
    """An initiative born here, without a number until its case is submitted. The caller records the event of its act."""
    row = Initiative(
        institution_id=institution_id,
        unit_id=unit_id,
        call_id=call_id,
        title=title,
        state=state,
        currency=currency,
        source=OWN_SOURCE,
        source_key="",
        sort_key=sort_key(title),
        search_text=folded(title),
    )
    row.source_key = str(row.id)
    session.add(row)
    session.flush()
    return row
