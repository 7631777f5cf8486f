"""The list of overdue pilots that anybody may read: no account, no person named, nothing reserved or not published yet."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.db.clock import now
from portfolio.monitoring.models import PilotTerms
from portfolio.packs.schema import CountryPack
from portfolio.people.models import Institution
from portfolio.projects.models import Initiative, Project
from portfolio.projects.terms import ProjectStage
from portfolio.strategy.models import Call


@dataclass(frozen=True, slots=True)
class PublicPilot:
    """What is told of a pilot past its end; the title is that of the initiative, as it was decided on."""

    title: str
    number: str
    institution: str
    ends_on: date
    days: int


def is_public(at: datetime, today: date) -> ColumnElement[bool]:
    """A condition on `Initiative`: neither reserved (its ground runs out on a day, or never) nor of a call under embargo."""
    silent = exists().where(col(Call.id) == col(Initiative.call_id), col(Call.embargo_until) > at)
    is_free = or_(
        col(Initiative.is_reserved).is_(False),
        and_(col(Initiative.reserved_until).is_not(None), col(Initiative.reserved_until) < today),
    )
    return and_(is_free, not_(silent.correlate(Initiative)))


def overdue_in_public(session: Session, pack: CountryPack) -> list[PublicPilot]:
    """The longest overdue first: pilots that run past the end date of the terms in force today."""
    at = now(session)
    today = at.astimezone(pack.zone).date()
    newer = PilotTerms.__table__.alias("newer")  # type: ignore[attr-defined]
    is_newest = ~exists().where(
        newer.c.project_id == col(PilotTerms.project_id), newer.c.set_at > col(PilotTerms.set_at)
    )
    rows = session.execute(
        select(col(Initiative.title), col(Initiative.reference), col(Institution.name), col(PilotTerms.ends_on))
        .join(Project, col(Project.initiative_id) == col(Initiative.id))
        .join(PilotTerms, col(PilotTerms.project_id) == col(Project.id))
        .join(Institution, col(Institution.id) == col(Initiative.institution_id))
        .where(
            is_newest,
            col(Project.stage) == ProjectStage.PILOT,
            col(PilotTerms.ends_on) < today,
            is_public(at, today),
        )
        .order_by(col(PilotTerms.ends_on), col(Project.id))
    )
    return [
        PublicPilot(row.title or "", row.reference, row.name, row.ends_on, (today - row.ends_on).days) for row in rows
    ]
