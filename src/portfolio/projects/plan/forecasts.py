"""What was ever expected of a milestone, by whom and when: written in the act that says it, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.db.clock import now
from portfolio.people.queries import names
from portfolio.people.viewer import Viewer
from portfolio.projects.plan.models import Forecast, Milestone


def keep_forecast(session: Session, actor: Viewer, row: Milestone, before: date | None) -> None:
    """The forecast that `row` has now, where it is another than `before`. The caller records the event of its act."""
    if row.forecast_on == before:
        return
    session.add(
        Forecast(
            milestone_id=row.id,
            forecast_on=row.forecast_on,
            before_on=before,
            note=row.note,
            said_at=now(session),
            by_id=actor.person_id if actor.grants else None,
        )
    )


@dataclass(frozen=True, slots=True)
class Said:
    """One forecast; `by` is blank where the system took it over."""

    forecast_on: date | None
    before_on: date | None
    note: str
    said_at: datetime
    by: str


def forecasts_of(session: Session, row: Milestone) -> Sequence[Said]:
    """Newest first."""
    rows = session.scalars(
        select(Forecast)
        .where(col(Forecast.milestone_id) == row.id)
        .order_by(col(Forecast.said_at).desc(), col(Forecast.id).desc())
    ).all()
    people = names(session, [one.by_id for one in rows])
    return [
        Said(one.forecast_on, one.before_on, one.note, one.said_at, people.get(one.by_id, "") if one.by_id else "")
        for one in rows
    ]
