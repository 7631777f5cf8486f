"""What the clock does in this room: decisions whose embargo ended, sign-offs that lapsed, conditions that are overdue."""

from sqlalchemy.orm import Session

from portfolio.approvals.conditions import overdue
from portfolio.approvals.publication import publish_due
from portfolio.approvals.sign_offs import lapse_everywhere
from portfolio.db.clock import now
from portfolio.i18n import N_
from portfolio.jobs.timetable import Every, Job, JobContext, Said, register_job

PUBLISH = "decisions.publish"
LAPSE = "sign_offs.lapse"
OVERDUE = "conditions.overdue"


def publish(session: Session, context: JobContext) -> Said:
    published = publish_due(session, context.pack, now(session))
    return Said(N_("Decisions published: %(count)s"), {"count": published})


register_job(
    Job(
        PUBLISH,
        N_("Publish decisions whose embargo has ended"),
        Every(minutes=5),
        publish,
        does=N_("Publishes decisions whose embargo has ended, and tells the institutions."),
    )
)


def lapse(session: Session, context: JobContext) -> Said:
    found = lapse_everywhere(session, context.pack)
    return Said(N_("Sign-offs found lapsed: %(count)s"), {"count": found})


register_job(
    Job(
        LAPSE,
        N_("Tell people of sign-offs that lapsed"),
        Every(minutes=15),
        lapse,
        does=N_("Finds sign-offs that lapsed because the document changed, and tells who signed."),
    )
)


def mark_overdue(session: Session, context: JobContext) -> Said:
    found = overdue(session, context.pack, now(session))
    return Said(N_("Conditions found overdue: %(count)s"), {"count": found})


register_job(
    Job(
        OVERDUE,
        N_("Tell people of overdue conditions"),
        Every(minutes=60),
        mark_overdue,
        does=N_("Marks conditions that are past their day, and tells who must meet them."),
    )
)
