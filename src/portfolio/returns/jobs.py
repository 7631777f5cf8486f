"""What the clock does in this room: returns come to be, are reminded of and escalated, published; late twice opens a finding."""

from sqlalchemy.orm import Session

from portfolio.i18n import N_, language
from portfolio.jobs.timetable import Daily, Every, Job, JobContext, Said, register_job
from portfolio.monitoring.rating_making import today_of
from portfolio.returns.making import make_due
from portfolio.returns.watching import open_findings, publish_verified, remind

MAKE, REMIND, PUBLISH, FINDINGS = "returns.make", "returns.remind", "returns.publish", "returns.findings"


def make(session: Session, context: JobContext) -> Said:
    made = make_due(session, context.pack, today_of(session, context.pack))
    return Said(N_("Returns of the period that ended: %(count)s"), {"count": len(made)})


def tell(session: Session, context: JobContext) -> Said:
    told = remind(session, context.pack, today_of(session, context.pack))
    return Said(N_("Notices on returns: %(count)s"), {"count": told})


def show(session: Session, _context: JobContext) -> Said:
    return Said(N_("Returns published: %(count)s"), {"count": publish_verified(session)})


def find(session: Session, context: JobContext) -> Said:
    """Evidence is written in the country's language: it is a record, not a page."""
    with language(context.pack.languages[0]):
        found = open_findings(session, context.pack, today_of(session, context.pack))
    return Said(N_("Findings on late returns: %(count)s"), {"count": found})


register_job(
    Job(
        MAKE,
        N_("Open the progress returns of the period that ended"),
        Every(minutes=30),
        make,
        does=N_("Opens the progress return of each project in delivery once its period has ended, and tells its lead."),
    )
)
register_job(
    Job(
        REMIND,
        N_("Remind of progress returns, and escalate late ones"),
        Daily("06:20"),
        tell,
        does=N_("Reminds of returns that are due, and takes late ones to the head of service and the directive body."),
    )
)
register_job(
    Job(
        FINDINGS,
        N_("Open findings for projects that are late twice"),
        Daily("06:30"),
        find,
        does=N_("Opens a finding for each project whose return was late twice, and tells those concerned."),
    )
)
register_job(
    Job(
        PUBLISH,
        N_("Publish verified progress returns"),
        Every(minutes=30),
        show,
        does=N_("Publishes the progress returns that the directive body has verified."),
    )
)
