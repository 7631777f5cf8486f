"""What the clock does in this room: decisions take effect when the embargo of their call ends."""

from sqlalchemy.orm import Session

from portfolio.approvals.publication import publish_due
from portfolio.db.clock import now
from portfolio.i18n import N_
from portfolio.jobs.timetable import Every, Job, JobContext, Said, register_job

PUBLISH = "decisions.publish"


def publish(session: Session, context: JobContext) -> Said:
    published = publish_due(session, context.pack, now(session))
    return Said(N_("Decisions published: %(count)s"), {"count": published})


register_job(Job(PUBLISH, N_("Publish decisions whose embargo has ended"), Every(minutes=5), publish))
