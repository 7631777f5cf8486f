"""What the clock does in a project's life: it reminds of pilots that end before long, and tells of those past their end."""

import uuid
from datetime import timedelta

from sqlalchemy.orm import Session

from portfolio.db.clock import now
from portfolio.i18n import N_
from portfolio.jobs.timetable import Daily, Job, JobContext, Said, register_job
from portfolio.monitoring.life_notices import leads_of, people_in_roles
from portfolio.monitoring.life_queries import RunningPilot, running_pilots
from portfolio.notifications.outbox import owe
from portfolio.packs.schema import CountryPack
from portfolio.people.terms import Role

PILOTS = "pilots.watch"
AGAIN_AFTER = 14
"""Days between two reminders of the same overdue pilot (a choice: twice a month is heard, each day is noise)."""


def watch_pilots(session: Session, context: JobContext) -> Said:
    """Each notice once: for each date of the terms, and for an overdue pilot once in every fortnight that it is late."""
    pack: CountryPack = context.pack
    today = now(session).astimezone(pack.zone).date()
    horizon = today + timedelta(days=max(pack.life.pilot_notice_days) + 1)
    told = 0
    for pilot in running_pilots(session, None, horizon):
        left = (pilot.ends_on - today).days
        if left < 0:
            told += _tell_overdue(session, pack, pilot, -left)
        else:
            told += _remind(session, pack, pilot, left)
    return Said(N_("Notices on pilots: %(count)s"), {"count": told})


def _remind(session: Session, pack: CountryPack, pilot: RunningPilot, left: int) -> int:
    """At the nearest of the pack's days before the end; one that was missed is made up for once."""
    due = [days for days in sorted(pack.life.pilot_notice_days) if left <= days]
    if not due:
        return 0
    return _owe(session, pilot, "pilot_ends_soon", leads_of(session, pilot.project), str(due[0]))


def _tell_overdue(session: Session, pack: CountryPack, pilot: RunningPilot, late: int) -> int:
    people = leads_of(session, pilot.project)
    people |= people_in_roles(session, pack, pilot.project, (Role.AGENCY_CIO, Role.DIRECTIVE_HEAD))
    return _owe(session, pilot, "pilot_overdue", people, f"late{(late - 1) // AGAIN_AFTER}")


def _owe(session: Session, pilot: RunningPilot, kind: str, people: set[uuid.UUID], which: str) -> int:
    return owe(
        session,
        kind,
        people,
        subject_id=pilot.project.case_id or pilot.project.id,
        path=f"/projects/{pilot.project.id}/life",
        once_key=f"{kind}:{pilot.project.id}:{pilot.ends_on.isoformat()}:{which}",
        number=pilot.initiative.reference,
        title=pilot.initiative.title,
        until=pilot.ends_on,
    )


register_job(
    Job(
        PILOTS,
        N_("Remind of pilots that end, and tell of overdue ones"),
        Daily("07:30"),
        watch_pilots,
        does=N_("Reminds of pilots before their end, and tells the directive body of those past it."),
    )
)
