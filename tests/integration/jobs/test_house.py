"""The jobs of the house, their page, and the threads beside the server."""

import time
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select, text
from sqlmodel import col

from factories import a_person, an_institution
from portfolio.audit import last_check
from portfolio.audit.ddl import unprotect
from portfolio.audit.models import AuditEvent
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.base import utc_now
from portfolio.db.engine import Database
from portfolio.identity.models import Account, Attempt, FormKey
from portfolio.identity.sessions import open_session
from portfolio.jobs import house, runner
from portfolio.jobs.claims import run_slot
from portfolio.jobs.models import JobClaim
from portfolio.jobs.timetable import Every, Job, JobContext, job_named, jobs
from portfolio.notifications.models import Notice
from portfolio.people.terms import Role
from portfolio.people.viewer import SYSTEM, Viewer
from portfolio.settings import Settings
from visitors import Visitors


@pytest.fixture
def context(database: Database, settings: Settings) -> JobContext:
    return JobContext(database, settings)


@pytest.fixture
def administrator(database: Database) -> Viewer:
    with database.writing() as session:
        return a_person(session, (Role.ADMINISTRATOR, an_institution(session)))


def run(context: JobContext, name: str) -> str:
    job = job_named(name)
    assert job is not None
    found = run_slot(context, job, utc_now())
    assert not found.failed, found.said
    return found.said


def test_the_nightly_verification_keeps_its_verdict_and_tells_who_must_know(
    context: JobContext, administrator: Viewer
) -> None:
    database = context.database
    assert "holds" in run(context, house.VERIFY)
    with database.engine.begin() as connection:
        unprotect(connection)
        connection.execute(text("UPDATE institution SET name = 'changed behind its back'"))
    for _ in range(2):
        assert "state: institution" in run(context, house.VERIFY)
    with database.reading() as session:
        (notice,) = session.scalars(select(Notice)).all()
        last = last_check.last(session)
    assert (notice.kind, notice.person_id) == ("trail_broken", administrator.person_id)
    assert last is not None
    assert last.finding.startswith("state: institution")


def test_a_checkpoint_over_a_rolled_back_database_is_a_failure_that_says_so(
    context: JobContext, administrator: Viewer, caplog: pytest.LogCaptureFixture
) -> None:
    assert run(context, house.CHECKPOINT) == "Checkpoints signed: 2"
    with context.database.engine.begin() as connection:
        unprotect(connection)
        connection.execute(text("DELETE FROM audit_row"))
        connection.execute(text("DELETE FROM audit_event"))
        connection.execute(text(f"UPDATE audit_head SET seq = 0, hash = '{'0' * 64}'"))  # noqa: S608
    job = job_named(house.CHECKPOINT)
    assert job is not None
    found = run_slot(context, job, utc_now())
    assert found.failed
    assert "were there at" in found.said


def test_what_has_expired_is_thrown_away_and_what_has_not_is_kept(context: JobContext, administrator: Viewer) -> None:
    old, database = utc_now() - timedelta(days=100), context.database
    with database.writing() as session:
        account = Account(person_id=administrator.person_id)
        session.add(account)
        record(session, SYSTEM, Tag.ACCOUNT_ACTIVATED, account)
        session.flush()
        for is_old in (True, False):
            _, row = open_session(session, account, "password", "", "")
            key = FormKey(key=f"k{is_old}", person_id=administrator.person_id, used_at=old if is_old else utc_now())
            attempt = Attempt(scope="s", key_hash="h")
            session.add_all([key, attempt])
            if is_old:
                row.expires_at = attempt.created_at = old
            for job in (house.DELIVER, house.VERIFY):
                at = old if is_old else utc_now()
                session.add(JobClaim(job=job, slot=at, claimed_by="x", claimed_at=at, finished_at=at))
    assert run(context, house.PURGE) == "Sessions removed: 1, attempts removed: 1"
    with database.reading() as session:
        assert [row.key for row in session.scalars(select(FormKey))] == ["kFalse"]
        claims = session.scalars(select(JobClaim).where(col(JobClaim.job) != house.PURGE)).all()
        assert sorted(row.job for row in claims) == [house.VERIFY, house.DELIVER]
        assert all(row.slot > old for row in claims)


def test_the_page_lists_every_job_and_runs_one_by_hand(
    visitors: Visitors, database: Database, administrator: Viewer
) -> None:
    visitor = visitors.of(administrator.person_id)
    shown = visitor.get("/admin/jobs").main
    for job in jobs():
        assert job.name in shown
    given = {"slot": "now", "reason": "Try whether it works"}
    answer = visitor.follow(visitor.post(f"/admin/jobs/{house.PURGE}", given))
    assert "The job was run." in answer.main
    assert "Sessions removed: 0" in answer.main
    with database.reading() as session:
        event = session.scalars(select(AuditEvent).where(col(AuditEvent.action) == Tag.JOB_RUN_BY_HAND.value)).one()
        claim = session.scalars(select(JobClaim)).one()
    assert event.actor_id == administrator.person_id
    assert (claim.asked_by_id, claim.reason) == (administrator.person_id, "Try whether it works")
    assert "Try whether it works" in answer.main


def test_a_job_that_is_not_there_is_not_found_and_others_may_not_look(
    visitors: Visitors, database: Database, administrator: Viewer
) -> None:
    assert visitors.of(administrator.person_id).post("/admin/jobs/no.such").status == 404
    with database.writing() as session:
        other = a_person(session, (Role.AUDITOR, an_institution(session)))
    assert visitors.of(other.person_id).get("/admin/jobs").status == 403
    assert visitors.of(other.person_id).post(f"/admin/jobs/{house.PURGE}").status == 403


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_beside_the_server_jobs_run_and_stopping_signs_where_the_trail_stands(
    database: Database, settings: Settings, administrator: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[bool] = []

    def note(_session: object, _context: JobContext) -> str:
        ran.append(True)
        return "done"

    monkeypatch.setattr(runner, "jobs", lambda: [Job("test.note", "A job", Every(seconds=1), note)])
    stop = runner.start_jobs(SimpleNamespace(database=database, settings=settings, pack=None))  # type: ignore[arg-type]
    _until(lambda: len(ran) >= 2)
    stop()
    assert list(settings.checkpoints_dir.glob("*/checkpoints.jsonl"))
    count = len(ran)
    time.sleep(1.2)
    assert len(ran) == count, "stopped is stopped"
