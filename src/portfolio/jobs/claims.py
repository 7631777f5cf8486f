"""Each slot once, whatever the number of processes: the claim is a row that only one of them can insert.

A try is known by its number. Whoever ends one must still hold it: a process that stood still while another took its slot over
finds that the number is gone, and writes nothing over the other's.
"""

import json
import logging
import os
import socket
import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session
from sqlmodel import SQLModel, col

from portfolio.jobs.models import JobClaim, JobFailure
from portfolio.jobs.notices import tell_of_giving_up
from portfolio.jobs.pauses import is_paused
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


@dataclass(frozen=True, slots=True)
class ByHand:
    """Somebody runs a slot now: a pause, the wait after a failure and the limit of tries do not hold them up."""

    reason: str
    person_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class _Try:
    job: AnyJob
    slot: datetime
    who: str
    hand: ByHand | None
    number: int
    began_at: datetime


class TakenOver(Exception):
    """This process stood still for longer than the lease, and another has the slot."""


ELSEWHERE = Run(is_ours=False)


def process_name() -> str:
    return f"{socket.gethostname()[:80]}:{os.getpid()}"


def run_slot(context: JobContext, job: AnyJob, slot: datetime, who: str = "", hand: ByHand | None = None) -> Run:
    """Take the slot and do the work, or leave it to whoever has it. Never raises for what the job itself raises."""
    wanted = _Try(job, slot, (who or process_name())[:120], hand, 0, context.clock())
    context = replace(context, slot=slot)
    return _run_inside(context, job, wanted) if isinstance(job, Job) else _run_free(context, job, wanted)


def _run_inside(context: JobContext, job: Job, wanted: _Try) -> Run:
    with context.database.write() as session:
        taken = _claimed(session, context, wanted)
        if taken is None:
            return ELSEWHERE
        try:
            outcome = job.work(session, context)
            _finish(session, context, taken, outcome)
            session.commit()
        except Exception as error:
            session.rollback()
            return _failed(context, taken, error, is_claim_gone=True)
    return Run(is_ours=True, said=str(outcome))


def _run_free(context: JobContext, job: FreeJob, wanted: _Try) -> Run:
    with context.database.write() as session:
        taken = _claimed(session, context, wanted)
        if taken is None:
            return ELSEWHERE
        session.commit()
    try:
        outcome = job.work(context)
        with context.database.writing() as session:
            _finish(session, context, taken, outcome)
    except Exception as error:
        return _failed(context, taken, error, is_claim_gone=False)
    return Run(is_ours=True, said=str(outcome))


def _claimed(session: Session, context: JobContext, wanted: _Try) -> _Try | None:
    """Insert the claim, or take over one that failed or whose process died; waits for whoever is claiming it just now."""
    now = context.clock()
    try:
        if wanted.hand is None and is_paused(session, wanted.job.name, now):
            session.rollback()
            return None
        first = replace(wanted, number=1, began_at=now)
        if _inserted(session, first):
            return first
        return _retaken(session, wanted, now)
    except OperationalError as error:
        log.info("%s of %s is being taken elsewhere: %s", wanted.slot, wanted.job.name, type(error.orig).__name__)
        session.rollback()
        return None


def _inserted(session: Session, taken: _Try) -> bool:
    """Whether there was no claim of the slot before."""
    hand = taken.hand or ByHand("")
    values = {"job": taken.job.name, "slot": taken.slot, "claimed_by": taken.who, "claimed_at": taken.began_at}
    values |= {"attempts": 1, "outcome": "", "asked_by_id": hand.person_id, "reason": hand.reason}
    return _inserted_row(session, JobClaim, values)


def _inserted_row(session: Session, model: type[SQLModel], values: dict[str, Any]) -> bool:
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(model).values(**values).on_conflict_do_nothing().returning(col(model.job))  # type: ignore[attr-defined]
    return session.execute(statement).first() is not None


def _retaken(session: Session, wanted: _Try, now: datetime) -> _Try | None:
    """A claim that failed a while ago, or whose process has not come back within the lease; the lock is the row's own."""
    here = select(JobClaim).where(col(JobClaim.job) == wanted.job.name, col(JobClaim.slot) == wanted.slot)
    before = session.scalars(here.with_for_update().execution_options(populate_existing=True)).one_or_none()
    if before is None or not _may_take(before, now, wanted.hand):
        session.rollback()
        return None
    if before.failed_at is None:
        said = f"{before.claimed_by} did not come back"
        _note(session, wanted.job.name, wanted.slot, before.attempts, before.claimed_by, before.claimed_at, now, said)
    taken = replace(wanted, number=before.attempts + 1, began_at=now)
    values: dict[str, Any] = {"claimed_by": taken.who, "claimed_at": now, "failed_at": None, "attempts": taken.number}
    if wanted.hand is not None:
        values |= {"asked_by_id": wanted.hand.person_id, "reason": wanted.hand.reason}
    session.expunge(before)
    return taken if _updated(session, taken, before.attempts, **values) else None


def _may_take(row: JobClaim, now: datetime, hand: ByHand | None) -> bool:
    if row.finished_at is not None:
        return False
    if row.failed_at is None:
        return row.claimed_at <= now - LEASE and (hand is not None or row.attempts < MAX_ATTEMPTS)
    return hand is not None or (row.failed_at <= now - RETRY_AFTER and row.attempts < MAX_ATTEMPTS)


def _updated(session: Session, taken: _Try, number: int, **values: Any) -> bool:
    """Whether the claim still stood at this number of tries, unfinished; else nothing is changed."""
    query = update(JobClaim).where(
        col(JobClaim.job) == taken.job.name,
        col(JobClaim.slot) == taken.slot,
        col(JobClaim.attempts) == number,
        col(JobClaim.finished_at).is_(None),
    )
    found: Any = session.execute(query.values(**values).execution_options(synchronize_session=False))
    return bool(found.rowcount == 1)


def _finish(session: Session, context: JobContext, taken: _Try, outcome: Outcome) -> None:
    done = {"finished_at": context.clock(), "failed_at": None, "outcome": kept(outcome)}
    if not _updated(session, taken, taken.number, **done):
        raise TakenOver(f"{taken.who} no longer holds {taken.job.name} of {taken.slot}")


def _failed(context: JobContext, taken: _Try, error: Exception, *, is_claim_gone: bool) -> Run:
    """Written down in a transaction of its own: that of the job is gone, and with it the claim of one that works inside it."""
    name, slot = taken.job.name, taken.slot
    log.error("job %s failed for its slot %s", name, slot, exc_info=error)
    words = f"{type(error).__name__}: {error}"[:MAX_OUTCOME]
    now = context.clock()
    values = {"claimed_by": taken.who, "claimed_at": taken.began_at, "failed_at": now, "outcome": words}
    with context.database.writing() as session:
        before = taken.number - 1 if is_claim_gone else taken.number
        is_kept = _inserted(session, taken) if before == 0 else _updated(session, taken, before, attempts=taken.number)
        if not (is_kept and _updated(session, taken, taken.number, **values)):
            log.warning("%s of %s is another's by now", slot, name)
            return ELSEWHERE
        _note(session, name, slot, taken.number, taken.who, taken.began_at, now, words)
    if taken.number == MAX_ATTEMPTS:
        _tell(context, taken, words)
    return Run(is_ours=True, failed=True, said=words)


def _tell(context: JobContext, taken: _Try, words: str) -> None:
    """Apart from the failure itself, which stays written when another process tells of the same job just now."""
    try:
        with context.database.writing() as session:
            tell_of_giving_up(session, taken.job, taken.slot, words)
    except SQLAlchemyError as error:
        log.warning("nobody was told that %s was given up: %s", taken.job.name, type(error).__name__)


def _note(
    session: Session, name: str, slot: datetime, number: int, who: str, began: datetime, at: datetime, said: str
) -> None:
    values = {"job": name, "slot": slot, "attempt": number, "claimed_by": who, "began_at": began, "failed_at": at}
    _inserted_row(session, JobFailure, {**values, "said": said[:MAX_OUTCOME]})


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
