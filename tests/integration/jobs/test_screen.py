"""The screen of the timetable: how each job stands, its past, a run by hand with a reason, a pause with an end."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from factories import a_person, an_institution
from portfolio.audit.models import AuditEvent
from portfolio.audit.terms import Tag
from portfolio.db.base import utc_now
from portfolio.db.engine import Database
from portfolio.errors import FieldRefused, Refused
from portfolio.jobs import house, timetable
from portfolio.jobs.claims import LEASE, MAX_ATTEMPTS, ByHand, run_slot
from portfolio.jobs.models import JobClaim, JobFailure, JobPause
from portfolio.jobs.pauses import LONGEST, is_paused, pause, resume
from portfolio.jobs.queries import timetable as shown_timetable
from portfolio.jobs.runner import Timetable
from portfolio.jobs.timetable import Every, FreeJob, Job, JobContext, job_named, register_job
from portfolio.notifications.models import Notice
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from portfolio.settings import Settings
from visitors import Visitors

NAME = "test.screen"
QUARTER = timedelta(minutes=15)


@pytest.fixture
def context(database: Database, settings: Settings) -> JobContext:
    return JobContext(database, settings)


@pytest.fixture
def administrator(database: Database) -> Viewer:
    with database.writing() as session:
        return a_person(session, (Role.ADMINISTRATOR, an_institution(session)))


class Work:
    """What a job of a test does: fails while `trouble` is set, and counts."""

    def __init__(self) -> None:
        self.trouble = ""
        self.slots: list[datetime | None] = []

    def __call__(self, _session: Session, context: JobContext) -> str:
        if self.trouble:
            raise ValueError(self.trouble)
        self.slots.append(context.slot)
        return f"done {len(self.slots)}"


@pytest.fixture
def work() -> Iterator[Work]:
    found = Work()
    register_job(Job(NAME, "A job of the test", Every(minutes=15), found, catch_up=4, does="It counts."))
    yield found
    timetable._jobs.pop(NAME)


def the_job() -> Job:
    job = job_named(NAME)
    assert isinstance(job, Job)
    return job


def condition(context: JobContext, now: datetime | None = None) -> tuple[str, str]:
    with context.database.reading() as session:
        rows = {row.name: row for row in shown_timetable(session, context, now or utc_now())}
    return rows[NAME].condition.word, rows[NAME].condition.why


def age(database: Database, by: timedelta) -> None:
    """As if so much time had gone by since every claim."""
    with database.writing() as session:
        for row in session.scalars(select(JobClaim)):
            row.claimed_at -= by
            row.failed_at = row.failed_at and row.failed_at - by


def test_a_job_is_on_time_late_failing_or_given_up(context: JobContext, work: Work, administrator: Viewer) -> None:
    now = utc_now()
    slot = the_job().when.latest(now, 1)[0]
    assert condition(context)[0] == "Has not run yet"
    run_slot(context, the_job(), slot)
    assert condition(context, slot + timedelta(minutes=1))[0] == "On time"
    assert condition(context, slot + QUARTER + timedelta(minutes=1))[0] == "On time", (
        "a minute is within what a poll takes"
    )
    word, why = condition(context, slot + QUARTER + timedelta(minutes=3))
    assert (word, "due 3 min ago" in why) == ("Late", True)
    work.trouble = "the mill stands still"
    run_slot(context, the_job(), slot + QUARTER)
    assert condition(context) == ("Failing", "ValueError: the mill stands still")
    for _try in range(MAX_ATTEMPTS):
        age(context.database, timedelta(minutes=2))
        run_slot(context, the_job(), slot + QUARTER)
    assert condition(context)[0] == "Given up"
    with context.database.reading() as session:
        said = session.scalars(select(JobFailure).order_by(col(JobFailure.attempt))).all()
        notices = session.scalars(select(Notice)).all()
    assert [row.attempt for row in said] == list(range(1, MAX_ATTEMPTS + 1))
    assert [(n.kind, n.person_id) for n in notices] == [("job_given_up", administrator.person_id)]


def test_a_process_that_does_not_come_back_is_seen_and_what_failed_stays_written(context: JobContext) -> None:
    class Killed(BaseException):
        pass

    def die(_context: JobContext) -> str:
        raise Killed

    slot = Every(minutes=15).latest(utc_now(), 1)[0]
    free = FreeJob(NAME, "A job of the test", Every(minutes=15), die)
    register_job(free)
    try:
        with pytest.raises(Killed):
            run_slot(context, free, slot, "host:1")
        assert condition(context)[0] == "Running"
        age(context.database, LEASE)
        assert condition(context) == ("Stuck", "host:1 took it and did not come back; another takes it over.")
        healed = FreeJob(NAME, "A job of the test", Every(minutes=15), lambda _context: "done")
        assert run_slot(context, healed, slot).said == "done"
    finally:
        timetable._jobs.pop(NAME)
    with context.database.reading() as session:
        (failure,) = session.scalars(select(JobFailure)).all()
        claim = session.scalars(select(JobClaim)).one()
    assert failure.said == "host:1 did not come back"
    assert (claim.attempts, claim.outcome) == (2, "done")


def test_a_process_that_stood_still_while_its_slot_was_taken_over_writes_nothing_over_it(context: JobContext) -> None:
    slot = Every(minutes=15).latest(utc_now(), 1)[0]

    def slow(_context: JobContext) -> str:
        age(context.database, LEASE)
        other = FreeJob(NAME, "A job of the test", Every(minutes=15), lambda _context: "by the other")
        assert run_slot(context, other, slot, "other:2").is_ours
        return "by the one that slept"

    run = run_slot(context, FreeJob(NAME, "A job of the test", Every(minutes=15), slow), slot, "sleeper:1")
    assert not run.is_ours
    with context.database.reading() as session:
        claim = session.scalars(select(JobClaim)).one()
    assert (claim.claimed_by, claim.outcome, claim.failed_at) == ("other:2", "by the other", None)


def test_a_job_that_is_paused_runs_on_no_process_until_its_end_and_is_made_up_for(
    context: JobContext, work: Work, administrator: Viewer
) -> None:
    database, now = context.database, utc_now()
    first = the_job().when.latest(now, 1)[0]
    run_slot(context, the_job(), first)
    with database.writing() as session:
        pause(session, administrator, the_job(), now + timedelta(hours=2), "The mill is being mended", now)
    clock = Timetable(context)
    assert clock.run_due(the_job(), first + QUARTER) == []
    assert not run_slot(context, the_job(), first + QUARTER).is_ours, "nor does one that did not look before"
    word, why = condition(context)
    assert (word, "The mill is being mended" in why, administrator.name in why) == ("Paused", True, True)
    run = run_slot(context, the_job(), first + QUARTER, hand=ByHand("It cannot wait", administrator.person_id))
    assert run.said == "done 2", "by hand it runs nevertheless"
    after = now + timedelta(hours=2, seconds=1)
    with database.reading() as session:
        assert not is_paused(session, NAME, after), "the end needs nobody"
    with database.writing() as session:
        resume(session, administrator, the_job(), "The mill turns", now + timedelta(minutes=1))
    due = first + 4 * QUARTER
    assert [run.said for run in clock.run_due(the_job(), due)] == ["done 3", "done 4", "done 5"]
    assert work.slots[2:] == [first + 2 * QUARTER, first + 3 * QUARTER, due], "a run knows the slot it is for"


def test_a_pause_says_why_it_is_refused(context: JobContext, work: Work, administrator: Viewer) -> None:
    now = utc_now()
    checkpoint = job_named(house.CHECKPOINT)
    assert checkpoint is not None
    with context.database.write() as session:
        with pytest.raises(Refused, match="watches over the audit trail"):
            pause(session, administrator, checkpoint, now + timedelta(hours=1), "Be silent", now)
        with pytest.raises(FieldRefused, match="not past"):
            pause(session, administrator, the_job(), now, "Too early", now)
        with pytest.raises(FieldRefused, match="within the next 14 days"):
            pause(session, administrator, the_job(), now + LONGEST + timedelta(days=1), "Too long", now)
        with pytest.raises(Refused, match="not paused"):
            resume(session, administrator, the_job(), "Nothing to resume", now)
        pause(session, administrator, the_job(), now + timedelta(hours=1), "Once", now)
        with pytest.raises(Refused, match="paused already"):
            pause(session, administrator, the_job(), now + timedelta(hours=1), "Twice", now)
        later = now + timedelta(hours=2)
        pause(
            session, administrator, the_job(), later + timedelta(hours=1), "A new one after the end of the first", later
        )
        session.commit()
    with context.database.reading() as session:
        rows = session.scalars(select(JobPause).order_by(col(JobPause.paused_at))).all()
    assert [row.ended_at for row in rows] == [now + timedelta(hours=1), None]


def events(database: Database) -> list[str]:
    with database.reading() as session:
        query = select(col(AuditEvent.action)).where(col(AuditEvent.action).like("job.%"))
        return list(session.scalars(query.order_by(col(AuditEvent.seq))))


def test_the_administrator_pauses_resumes_and_runs_a_slot_that_was_given_up(
    visitors: Visitors, context: JobContext, work: Work, administrator: Viewer
) -> None:
    visitor, address = visitors.of(administrator.person_id), f"/admin/jobs/{NAME}"
    slot = the_job().when.latest(utc_now(), 1)[0]
    work.trouble = "no paper"
    run_slot(context, the_job(), slot)
    with context.database.writing() as session:
        session.scalars(select(JobClaim)).one().attempts = MAX_ATTEMPTS
    shown = visitor.get("/admin/jobs").main
    assert "1 job needs a look:" in shown
    assert "A job of the test: Given up" in shown
    page = visitor.get(address).main
    assert "It counts." in page
    assert "ValueError: no paper" in page
    assert "The last 4 missed runs are made up for" in page

    refused = visitor.post(address, {"slot": slot.isoformat(), "reason": ""})
    assert refused.status == 422
    assert visitor.post(address, {"slot": "2001-01-01T00:00:00+00:00", "reason": "An old one"}).status == 422
    work.trouble = ""
    answer = visitor.follow(visitor.post(address, {"slot": slot.isoformat(), "reason": "Paper is there again"}))
    assert "The job was run." in answer.main
    assert "Paper is there again" in answer.main
    assert "ValueError: no paper" in answer.main, "what failed before stays told"
    with context.database.reading() as session:
        claim = session.scalars(select(JobClaim)).one()
    assert (claim.attempts, claim.finished_at is not None) == (MAX_ATTEMPTS + 1, True)

    until = (utc_now() + timedelta(days=3)).date().isoformat()
    assert visitor.post(f"{address}/pause", {"until": "2001-01-01", "reason": "In the past"}).status == 422
    answer = visitor.follow(visitor.post(f"{address}/pause", {"until": until, "reason": "The paper is damp"}))
    assert "Paused until" in answer.main
    assert "The paper is damp" in visitor.get("/admin/jobs").main
    answer = visitor.follow(visitor.post(f"{address}/resume", {"reason": "The paper is dry"}))
    assert "Ended early by" in answer.main
    assert visitor.post(f"{address}/resume", {"reason": "Once more"}).status == 409
    assert events(context.database) == [
        Tag.JOB_RUN_BY_HAND.value,
        Tag.JOB_PAUSED.value,
        Tag.JOB_RESUMED.value,
    ]


def test_the_history_goes_back_and_shows_the_instants_that_nobody_ran(
    visitors: Visitors, context: JobContext, work: Work, administrator: Viewer
) -> None:
    newest = the_job().when.latest(utc_now(), 1)[0]
    slots = [newest - QUARTER * back for back in range(70) if back not in (3, 4)]
    with context.database.writing() as session:
        for slot in slots:
            late = timedelta(minutes=40) if slot == newest - 2 * QUARTER else timedelta(seconds=5)
            values = {"claimed_by": "host:1", "claimed_at": slot + late, "finished_at": slot + late, "outcome": "done"}
            session.add(JobClaim(job=NAME, slot=slot, **values))
    visitor = visitors.of(administrator.person_id)
    page = visitor.get(f"/admin/jobs/{NAME}")
    assert "2 instants without a run after" in page.main
    assert "Made up for" in page.main
    assert page.main.count("host:1") == 50
    older = visitor.get(f"/admin/jobs/{NAME}?before={slots[49].isoformat().replace('+', '%2B')}")
    assert older.main.count("host:1") == len(slots) - 50
    assert visitor.get(f"/admin/jobs/{NAME}?before=nonsense").status == 200


def test_others_may_neither_look_nor_act(visitors: Visitors, database: Database, work: Work) -> None:
    with database.writing() as session:
        other = a_person(session, (Role.AUDITOR, an_institution(session)))
    visitor = visitors.of(other.person_id)
    for page in ("", "/pause", "/resume"):
        assert visitor.get(f"/admin/jobs/{NAME}{page}").status == 403
        assert visitor.post(f"/admin/jobs/{NAME}{page}", {"reason": "I may not"}).status == 403


def test_every_job_says_in_words_what_it_does() -> None:
    from portfolio import rooms

    assert rooms.CLOCKWORK
    assert [job.name for job in timetable.jobs() if not job.does] == []
