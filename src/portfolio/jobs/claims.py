"""Each slot once, whatever the number of processes: the claim is a row that only one of them can insert."""

import json
import logging
import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.db.base import utc_now
from portfolio.jobs.models import JobClaim
from portfolio.jobs.timetable import AnyJob, FreeJob, Job, JobContext, Outcome, Said

log = logging.getLogger("portfolio.jobs")

MAX_ATTEMPTS = 5
RETRY_AFTER = timedelta(minutes=1)
LEASE = timedelta(minutes=30)
"""A claim of a free job that is neither finished nor failed after this belongs to a process that died."""
MAX_OUTCOME = 400


@dataclass(frozen=True, slots=True)
class Run:
    """How a slot ended in this process: taken by another (not `is_ours`), done, or failed."""

    is_ours: bool
    failed: bool = False
    said: str = ""


ELSEWHERE = Run(is_ours=False)


def process_name() -> str:
    return f"{socket.gethostname()[:80]}:{os.getpid()}"


def run_slot(context: JobContext, job: AnyJob, slot: datetime, who: str = "") -> Run:
    """Take the slot and do the work, or leave it to whoever has it. Never raises for what the job itself raises."""
    who = who or process_name()
    return _run_inside(context, job, slot, who) if isinstance(job, Job) else _run_free(context, job, slot, who)


def _run_inside(context: JobContext, job: Job, slot: datetime, who: str) -> Run:
    with context.database.write() as session:
        if not _claimed(session, job.name, slot, who):
            return ELSEWHERE
        try:
            outcome = job.work(session, context)
            _finish(session, job.name, slot, outcome)
            session.commit()
        except Exception as error:
            session.rollback()
            return _failed(context, job.name, slot, who, error)
    return Run(is_ours=True, said=str(outcome))


def _run_free(context: JobContext, job: FreeJob, slot: datetime, who: str) -> Run:
    with context.database.write() as session:
        if not _claimed(session, job.name, slot, who):
            return ELSEWHERE
        session.commit()
    try:
        outcome = job.work(context)
        with context.database.writing() as session:
            _finish(session, job.name, slot, outcome)
    except Exception as error:
        return _failed(context, job.name, slot, who, error)
    return Run(is_ours=True, said=str(outcome))


def _claimed(session: Session, name: str, slot: datetime, who: str) -> bool:
    """Insert the claim, or take over one that failed or whose process died; waits for whoever is claiming it just now."""
    now = utc_now()
    try:
        if _inserted(session, name, slot, who, now):
            return True
        retaken: Any = session.execute(
            update(JobClaim)
            .where(
                col(JobClaim.job) == name,
                col(JobClaim.slot) == slot,
                col(JobClaim.finished_at).is_(None),
                col(JobClaim.attempts) < MAX_ATTEMPTS,
                or_(
                    col(JobClaim.failed_at) <= now - RETRY_AFTER,
                    and_(col(JobClaim.failed_at).is_(None), col(JobClaim.claimed_at) <= now - LEASE),
                ),
            )
            .values(claimed_by=who, claimed_at=now, failed_at=None, attempts=col(JobClaim.attempts) + 1)
        )
    except OperationalError as error:
        log.info("slot %s of %s is being taken elsewhere: %s", slot, name, type(error.orig).__name__)
        session.rollback()
        return False
    return bool(retaken.rowcount == 1)


def _inserted(session: Session, name: str, slot: datetime, who: str, now: datetime) -> bool:
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    values = {"job": name, "slot": slot, "claimed_by": who[:120], "claimed_at": now, "attempts": 1, "outcome": ""}
    statement = insert(JobClaim).values(**values).on_conflict_do_nothing().returning(col(JobClaim.job))
    return session.execute(statement).first() is not None


def _finish(session: Session, name: str, slot: datetime, outcome: Outcome) -> None:
    _update(session, name, slot, finished_at=utc_now(), failed_at=None, outcome=kept(outcome))


def _failed(context: JobContext, name: str, slot: datetime, who: str, error: Exception) -> Run:
    """Written down in a transaction of its own: that of the job, and its claim with it, are gone."""
    log.exception("job %s failed for its slot %s", name, slot, exc_info=error)
    words = f"{type(error).__name__}: {error}"[:MAX_OUTCOME]
    with context.database.writing() as session:
        now = utc_now()
        attempts = (
            {}
            if _inserted(session, name, slot, who, now) or _is_counted(session, name, slot)
            else {"attempts": col(JobClaim.attempts) + 1}
        )
        _update(session, name, slot, claimed_by=who, failed_at=now, outcome=words, **attempts)
    return Run(is_ours=True, failed=True, said=words)


def _is_counted(session: Session, name: str, slot: datetime) -> bool:
    """Whether the claim of this very try is still there (a free job's is; that of an inside job was rolled back)."""
    query = select(func.count()).select_from(JobClaim)
    here = query.where(col(JobClaim.job) == name, col(JobClaim.slot) == slot, col(JobClaim.failed_at).is_(None))
    return (session.scalar(here) or 0) == 1


def _update(session: Session, name: str, slot: datetime, **values: Any) -> None:
    session.execute(update(JobClaim).where(col(JobClaim.job) == name, col(JobClaim.slot) == slot).values(**values))


def kept(outcome: Outcome) -> str:
    """An outcome as the row holds it."""
    if isinstance(outcome, Said):
        text = json.dumps({"text": outcome.text, "params": dict(outcome.params)}, ensure_ascii=False)
        if len(text) <= MAX_OUTCOME:
            return text
    return str(outcome)[:MAX_OUTCOME]


def shown(outcome: str) -> str:
    """A kept outcome in the reader's language; the error of a failure as it was."""
    try:
        value = json.loads(outcome)
        return str(Said(value["text"], value["params"]))
    except (ValueError, KeyError, TypeError):
        return outcome


def due_slots(session: Session, job: AnyJob, now: datetime) -> list[datetime]:
    """Slots that nobody finished: the latest, and those missed since the job first ran, as far as it makes up for them."""
    candidates = job.when.latest(now, job.catch_up)
    first = session.scalar(select(func.min(col(JobClaim.slot))).where(col(JobClaim.job) == job.name))
    if first is None:
        return candidates[-1:]
    rows = session.execute(
        select(col(JobClaim.slot), col(JobClaim.finished_at), col(JobClaim.attempts)).where(
            col(JobClaim.job) == job.name, col(JobClaim.slot) >= candidates[0]
        )
    )
    settled = {row.slot for row in rows if row.finished_at is not None or row.attempts >= MAX_ATTEMPTS}
    return [slot for slot in candidates if slot not in settled and (slot >= first or slot == candidates[-1])]
