"""The timetable as its administrator sees it: each job, whether it keeps its time, how its runs ended, when it is due again."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.i18n import gettext
from portfolio.jobs.claims import due_slots
from portfolio.jobs.models import JobClaim, JobPause
from portfolio.jobs.pauses import pauses_in_force
from portfolio.jobs.runs import Gap, PastRun, is_given_up, is_lost, past_runs
from portfolio.jobs.timetable import AnyJob, FreeJob, JobContext, jobs
from portfolio.people.queries import names

RUNS = 3
GRACE = timedelta(minutes=2)
"""A slot that nobody took for so long is late: every process looks at least three times a minute."""


@dataclass(frozen=True, slots=True)
class Condition:
    """How a job stands now, in a word, a tone and a sentence that says why."""

    word: str
    tone: str
    why: str = ""
    is_trouble: bool = False


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job with its last runs, newest first."""

    name: str
    words: str
    does: str
    when: str
    next_at: datetime
    condition: Condition
    runs: Sequence[PastRun | Gap]

    @property
    def last(self) -> PastRun | None:
        return next((run for run in self.runs if isinstance(run, PastRun)), None)


def timetable(session: Session, context: JobContext, now: datetime) -> list[JobRow]:
    """Every job, by name."""
    pauses = pauses_in_force(session, now)
    return [row_of_job(session, context, job, now, pauses.get(job.name)) for job in jobs()]


def row_of_job(session: Session, context: JobContext, job: AnyJob, now: datetime, pause: JobPause | None) -> JobRow:
    claims = last_claims(session, job, RUNS)
    people = names(session, {pause.paused_by_id}) if pause else {}
    return JobRow(
        job.name,
        gettext(job.words),
        gettext(job.does) if job.does else "",
        job.when.words(),
        job.when.after(now),
        _paused(pause, people) if pause else condition(session, context, job, now, claims),
        past_runs(session, job, claims, now),
    )


def last_claims(session: Session, job: AnyJob, count: int, before: datetime | None = None) -> list[JobClaim]:
    """The newest first; those of slots before an instant."""
    query = select(JobClaim).where(col(JobClaim.job) == job.name)
    if before is not None:
        query = query.where(col(JobClaim.slot) < before)
    return list(session.scalars(query.order_by(col(JobClaim.slot).desc()).limit(count)))


def _paused(pause: JobPause, people: Mapping[uuid.UUID, str]) -> Condition:
    by = people.get(pause.paused_by_id, "")
    why = gettext("By %(person)s: %(reason)s") % {"person": by, "reason": pause.reason}
    return Condition(gettext("Paused"), "caution", why)


def condition(
    session: Session, context: JobContext, job: AnyJob, now: datetime, claims: Sequence[JobClaim]
) -> Condition:
    """Of a job that is not paused: what is worst about it first."""
    if not claims:
        return Condition(gettext("Has not run yet"), "neutral")
    newest = claims[0]
    if newest.finished_at is None:
        return _unfinished(newest, now)
    waiting = [slot for slot in due_slots(session, job, now) if slot <= now - GRACE]
    if waiting and _is_needed(context, job):
        why = gettext("Nobody has taken the run that was due %(since)s ago.") % {
            "since": for_how_long(now - waiting[0])
        }
        return Condition(gettext("Late"), "bad", why, is_trouble=True)
    return Condition(gettext("On time"), "good")


def _unfinished(claim: JobClaim, now: datetime) -> Condition:
    if is_given_up(claim):
        return Condition(gettext("Given up"), "bad", claim.outcome, is_trouble=True)
    if claim.failed_at is not None:
        return Condition(gettext("Failing"), "bad", claim.outcome, is_trouble=True)
    if is_lost(claim, now):
        why = gettext("%(process)s took it and did not come back; another takes it over.")
        return Condition(gettext("Stuck"), "bad", why % {"process": claim.claimed_by}, is_trouble=True)
    since = gettext("For %(since)s.") % {"since": for_how_long(now - claim.claimed_at)}
    return Condition(gettext("Running"), "active", since)


def _is_needed(context: JobContext, job: AnyJob) -> bool:
    """Whether a job that spares empty runs has anything to do; one that does not always has."""
    return not isinstance(job, FreeJob) or job.is_needed is None or job.is_needed(context)


def for_how_long(span: timedelta) -> str:
    """A span in whole minutes, hours or days, whichever is the largest that is not nought."""
    minutes = max(1, int(span.total_seconds() // 60))
    if minutes < 120:
        return gettext("%(count)s min") % {"count": minutes}
    if minutes < 48 * 60:
        return gettext("%(count)s h") % {"count": minutes // 60}
    return gettext("%(count)s days") % {"count": minutes // (24 * 60)}


def unsettled(session: Session, job: AnyJob, now: datetime, count: int = 20) -> list[datetime]:
    """Slots that a run by hand can be for: those due and those that failed, the newest first."""
    failed = session.scalars(
        select(col(JobClaim.slot))
        .where(col(JobClaim.job) == job.name, col(JobClaim.finished_at).is_(None), col(JobClaim.failed_at).is_not(None))
        .order_by(col(JobClaim.slot).desc())
        .limit(count)
    )
    return sorted({*failed, *due_slots(session, job, now)}, reverse=True)[:count]


def oldest_claim(session: Session, job: AnyJob) -> datetime | None:
    """Since when the timetable remembers runs of the job."""
    return session.scalar(select(func.min(col(JobClaim.slot))).where(col(JobClaim.job) == job.name))
