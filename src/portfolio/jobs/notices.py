"""Who is told when the clock gives a slot up: the administrators, once for each job and day."""

from datetime import datetime

from sqlalchemy.orm import Session

from portfolio.db.clock import now
from portfolio.jobs.timetable import AnyJob
from portfolio.notifications.outbox import owe
from portfolio.people.queries import holders
from portfolio.people.terms import Role
from portfolio.web.formatting import country_zone


def tell_of_giving_up(session: Session, job: AnyJob, slot: datetime, said: str) -> int:
    """How many notices are owed; `slot` is told on the country's clock."""
    today = now(session).astimezone(country_zone()).date()
    return owe(
        session,
        "job_given_up",
        holders(session, Role.ADMINISTRATOR, today),
        path=f"/admin/jobs/{job.name}",
        once_key=f"job_given_up:{job.name}:{today}",
        job=job.name,
        slot=slot,
        said=said[:200],
    )
