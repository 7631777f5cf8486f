"""What the clock does in this room: it tells, once for each day that was set, of findings that nobody answered in time."""

from datetime import date

from sqlalchemy.orm import Session

from portfolio.db.clock import now
from portfolio.findings.actions import agency_people, judges
from portfolio.findings.queries import overdue
from portfolio.i18n import N_
from portfolio.jobs.timetable import Daily, Job, JobContext, Said, register_job
from portfolio.notifications.outbox import owe
from portfolio.projects.models import Initiative

OVERDUE = "findings.overdue"


def remind(session: Session, context: JobContext) -> Said:
    told = remind_of(session, now(session).astimezone(context.pack.zone).date())
    return Said(N_("Notices on findings without an answer: %(count)s"), {"count": told})


def remind_of(session: Session, today: date) -> int:
    """How many notices are new: to the institution and to those who judge."""
    told = 0
    for finding, project in overdue(session, today):
        initiative = session.get_one(Initiative, project.initiative_id)
        told += owe(
            session,
            "finding_overdue",
            agency_people(session, project, today) | judges(session, today),
            subject_id=project.case_id or project.id,
            path=f"/findings/{finding.id}",
            once_key=f"finding_overdue:{finding.id}:{finding.due_on}",
            number=initiative.reference,
            title=initiative.title or "",
            due=finding.due_on,
        )
    return told


register_job(
    Job(
        OVERDUE,
        N_("Tell of findings that nobody answered"),
        Daily("07:10"),
        remind,
        does=N_("Tells the institution, and those who judge findings, of each whose day has passed without an answer."),
    )
)
