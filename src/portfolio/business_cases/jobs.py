"""Nothing closes silently: the jobs that remind of a closing and tell of it."""

from sqlalchemy.orm import Session

from portfolio.business_cases.queries import writers_for_call
from portfolio.db.clock import now
from portfolio.i18n import N_
from portfolio.jobs.timetable import Every, Job, JobContext, Said, register_job
from portfolio.strategy.audience import register_writers
from portfolio.strategy.reminders import announce_closings, remind_of_closing

REMIND, ANNOUNCE = "calls.remind", "calls.announce"

register_writers("cases", writers_for_call)


def remind(session: Session, context: JobContext) -> Said:
    told = remind_of_closing(session, context.pack, now(session))
    return Said(N_("Reminders of closings: %(count)s"), {"count": told})


def announce(session: Session, context: JobContext) -> Said:
    closed = announce_closings(session, context.pack, now(session))
    return Said(N_("Calls that closed: %(count)s"), {"count": closed})


register_job(
    Job(
        REMIND,
        N_("Remind of closings of calls"),
        Every(minutes=10),
        remind,
        does=N_("Reminds those who write, on the days that the country sets, of a call that closes."),
    )
)
register_job(
    Job(
        ANNOUNCE,
        N_("Tell of closings of calls"),
        Every(minutes=1),
        announce,
        does=N_("Tells those concerned that a call has closed."),
    )
)
