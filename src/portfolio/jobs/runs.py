"""A job's past: each run with what it said and what failed before, and the instants that no run was for."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.i18n import gettext
from portfolio.jobs.claims import LEASE, MAX_ATTEMPTS, shown
from portfolio.jobs.models import JobClaim, JobFailure
from portfolio.jobs.timetable import AnyJob, FreeJob, is_slot
from portfolio.people.queries import names


@dataclass(frozen=True, slots=True)
class Failed:
    """One try that did not end well."""

    number: int
    at: datetime
    said: str


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run: its slot, what it said, and a tone: good, bad or waiting.

    `took` in seconds, for a run that ended well. `is_late`: it began after the slot that follows its own, so it was made up for.
    """

    slot: datetime
    words: str
    tone: str
    state: str
    began_at: datetime | None = None
    took: float | None = None
    process: str = ""
    is_late: bool = False
    by_hand: str = ""
    reason: str = ""
    failures: Sequence[Failed] = field(default=())


@dataclass(frozen=True, slots=True)
class Gap:
    """Instants of the job between two runs that no run was for: the processes stood still, or the job was paused."""

    count: int
    first_after: datetime
    is_covered: bool


def is_given_up(claim: JobClaim) -> bool:
    return claim.finished_at is None and claim.failed_at is not None and claim.attempts >= MAX_ATTEMPTS


def is_lost(claim: JobClaim, now: datetime) -> bool:
    """Whether its process took it so long ago that another takes it over."""
    return claim.finished_at is None and claim.failed_at is None and claim.claimed_at <= now - LEASE


def past_runs(session: Session, job: AnyJob, claims: Sequence[JobClaim], now: datetime) -> list[PastRun | Gap]:
    """The newest first, with a gap where instants went by; runs by hand at an instant of their own make none."""
    failures = _failures(session, job, claims)
    asked = {claim.asked_by_id for claim in claims if claim.asked_by_id is not None}
    people = names(session, asked) if asked else {}
    gaps = _gaps(job, claims)
    found: list[PastRun | Gap] = []
    for claim in claims:
        found.append(_past(job, claim, now, people, failures.get(claim.slot, ())))
        if claim.slot in gaps:
            found.append(gaps[claim.slot])
    return found


def _failures(session: Session, job: AnyJob, claims: Sequence[JobClaim]) -> dict[datetime, list[Failed]]:
    slots = [claim.slot for claim in claims if claim.attempts > 1 or claim.failed_at is not None]
    if not slots:
        return {}
    query = select(JobFailure).where(col(JobFailure.job) == job.name, col(JobFailure.slot).in_(slots))
    found: dict[datetime, list[Failed]] = {}
    for row in session.scalars(query.order_by(col(JobFailure.slot), col(JobFailure.attempt))):
        found.setdefault(row.slot, []).append(Failed(row.attempt, row.failed_at, row.said))
    return found


def _gaps(job: AnyJob, claims: Sequence[JobClaim]) -> dict[datetime, Gap]:
    """By the slot of the run that came after. A job that runs only when there is something to do leaves none."""
    if isinstance(job, FreeJob) and job.is_needed is not None:
        return {}
    regular = [claim.slot for claim in claims if is_slot(job, claim.slot)]
    found = {}
    for later, earlier in pairwise(regular):
        if missing := job.when.between(earlier, later):
            found[later] = Gap(missing, earlier, is_covered=job.catch_up == 1)
    return found


def _past(
    job: AnyJob, claim: JobClaim, now: datetime, people: Mapping[uuid.UUID, str], failures: Sequence[Failed]
) -> PastRun:
    state, tone = _state(claim, now)
    is_done = claim.finished_at is not None
    return PastRun(
        slot=claim.slot,
        words=shown(claim.outcome) if is_done else claim.outcome,
        tone=tone,
        state=state,
        began_at=claim.claimed_at,
        took=(claim.finished_at - claim.claimed_at).total_seconds() if claim.finished_at else None,
        process=claim.claimed_by,
        is_late=is_slot(job, claim.slot) and claim.claimed_at >= job.when.after(claim.slot),
        by_hand=_who_ran(claim, people) if claim.reason else "",
        reason=claim.reason,
        failures=failures,
    )


def _who_ran(claim: JobClaim, people: Mapping[uuid.UUID, str]) -> str:
    return gettext("the command line") if claim.asked_by_id is None else people.get(claim.asked_by_id, "")


def _state(claim: JobClaim, now: datetime) -> tuple[str, str]:
    if claim.finished_at is not None:
        return gettext("Done"), "good"
    if is_given_up(claim):
        return gettext("Given up"), "bad"
    if claim.failed_at is not None:
        return gettext("Failed, is tried again"), "caution"
    return (gettext("Stuck"), "bad") if is_lost(claim, now) else (gettext("Running"), "waiting")
