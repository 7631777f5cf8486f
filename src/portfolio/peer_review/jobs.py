"""What the clock does in this room: reminders of reviews."""

from sqlalchemy.orm import Session

from portfolio.db.clock import now
from portfolio.i18n import N_
from portfolio.jobs.timetable import Every, Job, JobContext, Said, register_job
from portfolio.peer_review.reminders import remind_reviewers

REMIND = "reviews.remind"


def remind(session: Session, context: JobContext) -> Said:
    told = remind_reviewers(session, context.pack, now(session))
    return Said(N_("Reminders of reviews: %(count)s"), {"count": told})


register_job(
    Job(
        REMIND,
        N_("Remind of reviews that are due or late"),
        Every(minutes=30),
        remind,
        does=N_("Reminds reviewers of reviews that are due or late, and the secretary of late ones."),
    )
)
