"""What the clock does in this room: it says when a waiver has ended."""

from sqlalchemy.orm import Session

from portfolio.checks.waivers import announce_expiry
from portfolio.db.clock import now
from portfolio.i18n import N_
from portfolio.jobs.timetable import Every, Job, JobContext, Said, register_job

EXPIRE = "waivers.announce"


def announce(session: Session, context: JobContext) -> Said:
    told = announce_expiry(session, context.pack, now(session))
    return Said(N_("Notices of ended waivers: %(count)s"), {"count": told})


register_job(
    Job(
        EXPIRE,
        N_("Say which waivers have ended"),
        Every(minutes=30),
        announce,
        does=N_("Tells the institution and the standards officer that a waiver has ended."),
    )
)
