"""What the clock does in this room: decisions take effect when the embargo of their call ends, overdue conditions are told."""

from sqlalchemy.orm import Session

from portfolio.approvals.conditions import overdue
from portfolio.approvals.publication import publish_due
from portfolio.db.clock import now
from portfolio.i18n import N_
from portfolio.jobs.timetable import Every, Job, JobContext, Said, register_job

PUBLISH = "decisions.publish"
OVERDUE = "conditions.overdue"


def publish(session: Session, context: JobContext) -> Said:
    published = publish_due(session, context.pack, now(session))
    return Said(N_("Decisions published: %(count)s"), {"count": published})


register_job(Job(PUBLISH, N_("Publish decisions whose embargo has ended"), Every(minutes=5), publish))


def mark_overdue(session: Session, context: JobContext) -> Said:
    found = overdue(session, context.pack, now(session))
    return Said(N_("Conditions found overdue: %(count)s"), {"count": found})


register_job(Job(OVERDUE, N_("Tell people of overdue conditions"), Every(minutes=60), mark_overdue))
