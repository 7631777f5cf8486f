"""The timetable as its administrator sees it: each job, how its last runs ended, when it is due again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.i18n import gettext
from portfolio.jobs.claims import MAX_ATTEMPTS, shown
from portfolio.jobs.models import JobClaim
from portfolio.jobs.timetable import AnyJob, jobs

RUNS = 3


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run: its slot, what it said, and a tone: good, bad or waiting."""

    slot: datetime
    words: str
    tone: str
    state: str


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job with its last runs, newest first."""

    name: str
    words: str
    when: str
    next_at: datetime
    runs: Sequence[PastRun]


def timetable(session: Session, now: datetime) -> list[JobRow]:
    return [
        JobRow(job.name, gettext(job.words), job.when.words(), job.when.after(now), _last_runs(session, job))
        for job in jobs()
    ]


def _last_runs(session: Session, job: AnyJob) -> list[PastRun]:
    query = select(JobClaim).where(col(JobClaim.job) == job.name).order_by(col(JobClaim.slot).desc()).limit(RUNS)
    return [_past(row) for row in session.scalars(query)]


def _past(row: JobClaim) -> PastRun:
    if row.finished_at is not None:
        return PastRun(row.slot, shown(row.outcome), "good", gettext("Done"))
    if row.failed_at is None:
        return PastRun(row.slot, "", "waiting", gettext("Running"))
    if row.attempts >= MAX_ATTEMPTS:
        return PastRun(row.slot, row.outcome, "bad", gettext("Given up"))
    return PastRun(row.slot, row.outcome, "caution", gettext("Failed, is tried again"))
