"""What the clock does in this room: escalations that nobody answered, acceptances that ended, reviews that are due."""

from datetime import datetime

from sqlalchemy.orm import Session

from portfolio.db.clock import now
from portfolio.i18n import N_
from portfolio.jobs.timetable import Every, Job, JobContext, Said, register_job
from portfolio.notifications.outbox import owe
from portfolio.packs.schema import CountryPack
from portfolio.risk.acceptances import expire_due
from portfolio.risk.audience import path_of, project_people
from portfolio.risk.escalations import mark_overdue
from portfolio.risk.queries import overdue_reviews

OVERDUE, EXPIRE, REVIEWS = "risks.escalations", "risks.acceptances", "risks.reviews"


def mark(session: Session, context: JobContext) -> Said:
    found = mark_overdue(session, context.pack, now(session))
    return Said(N_("Escalated risks without an answer in time: %(count)s"), {"count": found})


def expire(session: Session, context: JobContext) -> Said:
    found = expire_due(session, context.pack, now(session))
    return Said(N_("Acceptances of risks that ended: %(count)s"), {"count": found})


def remind(session: Session, context: JobContext) -> Said:
    told = remind_of_reviews(session, context.pack, now(session))
    return Said(N_("Reminders of reviews of risks: %(count)s"), {"count": told})


def remind_of_reviews(session: Session, pack: CountryPack, at: datetime) -> int:
    """Tell those of the project of each review that is overdue, once for each day it was due on; how many notices."""
    today, told = at.astimezone(pack.zone).date(), 0
    for risk, project in overdue_reviews(session, today):
        told += owe(
            session,
            "risk_review_due",
            project_people(session, project, risk, today),
            subject_id=project.case_id,
            path=path_of(risk),
            once_key=f"risk_review:{risk.id}:{risk.next_review_on}",
            by_mail=False,
            event=risk.event,
            due=risk.next_review_on,
        )
    return told


register_job(
    Job(
        OVERDUE,
        N_("Tell people of escalated risks that nobody answered"),
        Every(minutes=60),
        mark,
        does=N_("Marks escalated risks that nobody answered in time, and tells the tier that should have."),
    )
)
register_job(
    Job(
        EXPIRE,
        N_("End acceptances of risks by their day"),
        Every(minutes=60),
        expire,
        does=N_("Ends acceptances of risks whose last day has passed, and tells their owners."),
    )
)
register_job(
    Job(
        REVIEWS,
        N_("Remind of reviews of risks"),
        Every(minutes=60),
        remind,
        does=N_("Reminds those of a project of each review of a risk that is overdue."),
    )
)
