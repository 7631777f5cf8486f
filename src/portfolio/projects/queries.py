"""Reading initiatives and their observations."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.projects.models import Initiative, Project, SourceObservation


def sources(session: Session) -> list[str]:
    """Where initiatives come from, in order."""
    return list(session.scalars(_SOURCES))


def _hops() -> Select[str]:
    """Hops from one source to the next along their index instead of reading every row."""
    hop = select(func.min(col(Initiative.source)).label("source")).cte("hop", recursive=True)
    onward = select(func.min(col(Initiative.source))).where(col(Initiative.source) > hop.c.source).scalar_subquery()
    hop = hop.union_all(select(onward).where(hop.c.source.is_not(None)))
    return select(hop.c.source).where(hop.c.source.is_not(None))


_SOURCES = _hops()


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
