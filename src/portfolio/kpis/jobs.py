"""What the clock does in this room: it reminds owners of measurements that are overdue, once a period."""

from sqlalchemy.orm import Session

from portfolio.db.clock import now
from portfolio.i18n import N_
from portfolio.jobs.timetable import Daily, FreeJob, Job, JobContext, Said, register_job
from portfolio.kpis.reminders import remind
from portfolio.kpis.tally import count_all
from portfolio.web.formatting import country_zone

REMIND, TALLY = "kpis.remind", "kpis.tally"


def remind_owners(session: Session, _context: JobContext) -> Said:
    told = remind(session, now(session).astimezone(country_zone()).date())
    return Said(N_("Reminders of overdue measurements: %(count)s"), {"count": told})


register_job(
    Job(
        REMIND,
        N_("Remind of overdue measurements"),
        Daily("06:40"),
        remind_owners,
        does=N_("Reminds the owner of each indicator whose measurement is overdue, once a period."),
    )
)


def count_results(context: JobContext) -> Said:
    """Safe to do twice: each portion takes away what it counts anew."""
    with context.database.reading() as session:
        today = now(session).astimezone(country_zone()).date()
    return Said(N_("Projects whose indicators were counted: %(count)s"), {"count": count_all(context.database, today)})


register_job(
    FreeJob(
        TALLY,
        N_("Count the results of indicators"),
        Daily("00:05"),
        count_results,
        does=N_("Counts, project by project, what the portfolio's page of indicators adds up during the day."),
    )
)
