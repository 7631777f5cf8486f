"""Reading initiatives and their observations."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.projects.models import Initiative, Project, SourceObservation


def sources(session: Session) -> list[str]:
    """Where initiatives come from, in order; hops from one to the next along the index instead of reading every row."""
    found: list[str] = []
    while True:
        query = select(func.min(col(Initiative.source)))
        if found:
            query = query.where(col(Initiative.source) > found[-1])
        source = session.scalar(query)
        if source is None:
            return found
        found.append(source)


def observations_of(session: Session, initiative_id: uuid.UUID) -> Sequence[SourceObservation]:
    """What its source said of it, newest first."""
    return session.scalars(
        select(SourceObservation)
        .where(col(SourceObservation.initiative_id) == initiative_id)
        .order_by(col(SourceObservation.as_at).desc(), col(SourceObservation.id))
    ).all()


def project_of(session: Session, initiative_id: uuid.UUID) -> Project | None:
    """The initiative's project; the initiative came from a query that starts from the viewer's scope."""
    return session.scalar(select(Project).where(col(Project.initiative_id) == initiative_id))
