"""What the clock does in this room: it reminds owners of measurements that are overdue, once a period."""

from sqlalchemy.orm import Session

from portfolio.db.clock import now
from portfolio.i18n import N_
from portfolio.jobs.timetable import Daily, Job, JobContext, Said, register_job
from portfolio.kpis.reminders import remind
from portfolio.web.formatting import country_zone

REMIND = "kpis.remind"


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
