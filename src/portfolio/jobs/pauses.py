"""A job is told to wait, with a reason and an end that everybody sees; what watches over the trail cannot be."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.errors import FieldRefused, Refused
from portfolio.i18n import gettext as _
from portfolio.jobs.models import JobPause
from portfolio.jobs.timetable import AnyJob
from portfolio.people.viewer import Viewer

LONGEST = timedelta(days=14)
"""A pause that is still wanted then is said again (a choice: longer than any repair, shorter than a forgotten one)."""


def pause_of(session: Session, name: str, at: datetime) -> JobPause | None:
    """The pause in force: begun, not ended, and its end not reached."""
    found = _open(session, name)
    return found if found is not None and found.until > at else None


def pauses_in_force(session: Session, at: datetime) -> dict[str, JobPause]:
    """By the name of the job."""
    query = select(JobPause).where(col(JobPause.ended_at).is_(None), col(JobPause.until) > at)
    return {row.job: row for row in session.scalars(query.order_by(col(JobPause.job)))}


def is_paused(session: Session, name: str, at: datetime) -> bool:
    query = select(col(JobPause.id)).where(
        col(JobPause.job) == name, col(JobPause.ended_at).is_(None), col(JobPause.until) > at
    )
    return session.scalar(query.limit(1)) is not None


def _open(session: Session, name: str) -> JobPause | None:
    return session.scalar(select(JobPause).where(col(JobPause.job) == name, col(JobPause.ended_at).is_(None)))


def pauses_of(session: Session, name: str, count: int = 10) -> list[JobPause]:
    """The newest first."""
    query = select(JobPause).where(col(JobPause.job) == name)
    return list(session.scalars(query.order_by(col(JobPause.paused_at).desc(), col(JobPause.id)).limit(count)))


def pause(session: Session, actor: Viewer, job: AnyJob, until: datetime, reason: str, at: datetime) -> JobPause:
    """Raises `Refused` for a job that may not wait or does already, `FieldRefused` for an end that is past or too far away."""
    if not job.is_pausable:
        raise Refused(_("This job cannot be paused: it watches over the audit trail."))
    lapsed = _open(session, job.name)
    if lapsed is not None:
        if lapsed.until > at:
            raise Refused(_("This job is paused already."))
        lapsed.ended_at = lapsed.until
        session.flush()
    if until <= at:
        raise FieldRefused("until", _("Enter a day that is not past"))
    if until > at + LONGEST:
        raise FieldRefused("until", _("Enter a day within the next %(days)s days") % {"days": LONGEST.days})
    row = JobPause(job=job.name, reason=reason, paused_by_id=actor.person_id, paused_at=at, until=until)
    session.add(row)
    record(session, actor, Tag.JOB_PAUSED, row, words=reason, job=job.name, until=until)
    return row


def resume(session: Session, actor: Viewer, job: AnyJob, reason: str, at: datetime) -> None:
    """Raises `Refused` where nothing is paused."""
    row = pause_of(session, job.name, at)
    if row is None:
        raise Refused(_("This job is not paused."))
    row.ended_at, row.ended_by_id, row.ended_because = at, actor.person_id, reason
    record(session, actor, Tag.JOB_RESUMED, row, words=reason, job=job.name)
