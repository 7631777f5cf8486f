"""One effect for each slot: with four processes, after a failure, after a death, after a stop."""

import multiprocessing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session
from sqlmodel import col

import job_worker
from portfolio.audit.models import AuditEvent
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.base import utc_now
from portfolio.db.engine import Database
from portfolio.jobs import claims
from portfolio.jobs.claims import due_slots, run_slot
from portfolio.jobs.models import JobClaim
from portfolio.jobs.runner import Timetable
from portfolio.jobs.timetable import AnyJob, Every, FreeJob, Job, JobContext, Said
from portfolio.people.viewer import SYSTEM
from portfolio.settings import Settings

SLOT = datetime(2026, 8, 3, 15, 0, tzinfo=UTC)
PROCESSES = 4


@pytest.fixture
def context(database: Database, settings: Settings) -> JobContext:
    return JobContext(database, settings)


def a_job(work: object = job_worker.counted, **more: int) -> Job:
    return Job("test.job", "A job", Every(minutes=15), work, **more)  # type: ignore[arg-type]


def effects(database: Database) -> int:
    with database.reading() as session:
        query = select(func.count()).select_from(AuditEvent)
        return session.scalar(query.where(col(AuditEvent.action) == Tag.CALL_OPENED.value)) or 0


def claim(database: Database, slot: datetime = SLOT) -> JobClaim:
    with database.reading() as session:
        return session.scalars(select(JobClaim).where(col(JobClaim.slot) == slot)).one()


def later(database: Database, minutes: int) -> None:
    """As if so much time had gone by since every claim."""
    with database.writing() as session:
        for row in session.scalars(select(JobClaim)):
            row.claimed_at -= timedelta(minutes=minutes)
            if row.failed_at is not None:
                row.failed_at -= timedelta(minutes=minutes)


def test_four_processes_do_each_slot_exactly_once(database: Database, tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    gate = spawn.Barrier(PROCESSES)
    url = database.engine.url.render_as_string(hide_password=False)
    running = [spawn.Process(target=job_worker.work, args=(url, str(tmp_path), SLOT, gate)) for _ in range(PROCESSES)]
    for process in running:
        process.start()
    for process in running:
        process.join(120)
    assert [process.exitcode for process in running] == [0] * PROCESSES
    with database.reading() as session:
        rows = session.scalars(select(JobClaim).order_by(col(JobClaim.slot))).all()
    assert [row.slot for row in rows] == job_worker.slots(SLOT)
    assert all(row.finished_at is not None for row in rows)
    assert effects(database) == job_worker.SLOTS


def test_a_slot_that_is_done_stays_done(context: JobContext) -> None:
    assert run_slot(context, a_job(), SLOT).said == "done"
    assert not run_slot(context, a_job(), SLOT).is_ours
    assert effects(context.database) == 1


def test_a_failure_undoes_the_effect_says_why_and_is_tried_again_a_few_times(
    context: JobContext, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(session: Session, _context: JobContext) -> str:
        record(session, SYSTEM, Tag.CALL_OPENED)
        session.flush()
        raise ValueError("nothing to close")

    for attempt in range(1, claims.MAX_ATTEMPTS + 1):
        run = run_slot(context, a_job(broken), SLOT)
        assert (run.is_ours, run.failed) == (True, True)
        row = claim(context.database)
        assert (row.attempts, row.finished_at, row.outcome) == (attempt, None, "ValueError: nothing to close")
        assert not run_slot(context, a_job(broken), SLOT).is_ours, "not at once again"
        later(context.database, 2)
    assert not run_slot(context, a_job(), SLOT).is_ours, "given up"
    assert effects(context.database) == 0
    assert "nothing to close" in caplog.text


def test_a_failure_that_passes_is_made_good(context: JobContext) -> None:
    outcomes = iter([OSError("away"), None])

    def work(context: JobContext) -> str:
        if (trouble := next(outcomes)) is not None:
            raise trouble
        return "done"

    free = FreeJob("test.job", "A job", Every(minutes=15), work)
    assert run_slot(context, free, SLOT).failed
    later(context.database, 2)
    assert run_slot(context, free, SLOT).said == "done"
    row = claim(context.database)
    assert (row.attempts, row.failed_at) == (2, None)


def test_the_slot_of_a_process_that_died_is_taken_over_after_its_lease(context: JobContext) -> None:
    class Killed(BaseException):
        pass

    def die(_context: JobContext) -> str:
        raise Killed

    with pytest.raises(Killed):
        run_slot(context, FreeJob("test.job", "A job", Every(minutes=15), die), SLOT)
    done: list[bool] = []

    def work(_context: JobContext) -> Said:
        done.append(True)
        return Said("Done %(n)s", {"n": 1})

    free = FreeJob("test.job", "A job", Every(minutes=15), work)
    assert not run_slot(context, free, SLOT).is_ours
    later(context.database, 31)
    assert run_slot(context, free, SLOT).is_ours
    assert done == [True]


def slots_due(context: JobContext, job: AnyJob, now: datetime) -> list[datetime]:
    with context.database.reading() as session:
        return due_slots(session, job, now)


def test_missed_slots_are_made_up_for_as_far_as_the_job_wants(context: JobContext) -> None:
    quarter = timedelta(minutes=15)
    job = a_job(catch_up=4)
    assert slots_due(context, job, SLOT) == [SLOT], "a new installation has missed nothing"
    run_slot(context, job, SLOT)
    assert slots_due(context, job, SLOT) == []
    assert slots_due(context, job, SLOT + 2 * quarter) == [SLOT + quarter, SLOT + 2 * quarter]
    assert len(slots_due(context, job, SLOT + 40 * quarter)) == 4
    assert slots_due(context, a_job(), SLOT + 40 * quarter) == [SLOT + 40 * quarter]


def test_a_timetable_runs_what_is_due_once_and_then_leaves_the_database_alone(context: JobContext) -> None:
    timetable = Timetable(context)
    now = utc_now()
    assert len(timetable.run_due(a_job(), now)) == 1
    assert timetable.run_due(a_job(), now) == []
    with context.database.writing() as session:
        session.execute(text("DELETE FROM job_claim"))
    assert timetable.run_due(a_job(), now) == [], "settled slots are remembered"
    assert len(timetable.run_due(a_job(), now + timedelta(minutes=15))) == 1
    assert effects(context.database) == 2


def test_a_job_that_nothing_needs_claims_nothing(context: JobContext) -> None:
    free = FreeJob("test.job", "A job", Every(minutes=15), lambda _context: "done", lambda _context: False)
    assert Timetable(context).run_due(free) == []
    with context.database.reading() as session:
        assert session.scalars(select(JobClaim)).all() == []


def test_a_timetable_survives_a_database_that_is_away(
    context: JobContext, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*_given: object) -> list[datetime]:
        raise OSError("no database")

    monkeypatch.setattr("portfolio.jobs.runner.due_slots", away)
    assert Timetable(context).run_due(a_job()) == []
    assert "could not look at test.job" in caplog.text
