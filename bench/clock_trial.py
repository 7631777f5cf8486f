"""Job processes over simulated days, killed (SIGKILL) and made to stand still (SIGSTOP): is each slot exactly one effect?

Time runs faster in all of them alike: leases, waits after a failure and slots follow the simulated clock, the database's own
limits (locks, idle transactions) the real one. An effect is a row in a table without any key, so that a second one would stand.
"""

import logging
import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio import tables
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.audit.verify import verify
from portfolio.db.engine import Database, open_database
from portfolio.jobs.claims import due_slots
from portfolio.jobs.models import JobClaim, JobFailure
from portfolio.jobs.runner import Timetable
from portfolio.jobs.timetable import AnyJob, Daily, Every, FreeJob, Job, JobContext
from portfolio.people.viewer import SYSTEM
from portfolio.settings import read_settings

START = datetime(2026, 8, 3, 12, 0, tzinfo=UTC)
TWO_DAYS = 1440  # slots of the most frequent job: what a stop of all processes may last
FLAKY_EVERY = 7
LEAST_PAUSES = 2

_scratch = sa.MetaData()
EFFECT = sa.Table("trial_effect", _scratch, sa.Column("job", sa.String(60)), sa.Column("slot", sa.String(40)))
CALL = sa.Table("trial_call", _scratch, sa.Column("job", sa.String(60)), sa.Column("slot", sa.String(40)))
FREE = sa.Table(
    "trial_free",
    _scratch,
    sa.Column("job", sa.String(60), primary_key=True),
    sa.Column("slot", sa.String(40), primary_key=True),
)


@dataclass(frozen=True, slots=True)
class Trial:
    """`days` simulated in `seconds` of real time, from the real instant `began` on."""

    url: str
    var: str
    days: float
    seconds: float
    began: float = 0.0
    synchronous: str = "FULL"

    @property
    def end(self) -> datetime:
        return START + timedelta(days=self.days)

    def now(self) -> datetime:
        return START + max(0.0, time.time() - self.began) / self.seconds * timedelta(days=self.days)


@dataclass
class Found:
    """What a trial left: `missing` and `repeated` are the slots without an effect, and with more than one."""

    slots: int = 0
    missing: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    unfinished: int = 0
    trail: str = ""
    trail_events: int = 0
    kills: int = 0
    pauses: int = 0
    outages: int = 0
    tries_that_failed: int = 0
    taken_over: int = 0
    calls_of_free: int = 0
    longest_wait: float = 0.0
    seconds: float = 0.0


def _slot(context: JobContext) -> datetime:
    if context.slot is None:
        raise LookupError("a run knows the slot it is for")
    return context.slot


def _values(name: str, context: JobContext) -> dict[str, str]:
    return {"job": name, "slot": _slot(context).isoformat()}


def _effect(name: str, *, with_event: bool = False) -> Callable[[Session, JobContext], str]:
    def work(session: Session, context: JobContext) -> str:
        session.execute(sa.insert(EFFECT).values(_values(name, context)))
        if with_event:
            record(session, SYSTEM, Tag.CALL_OPENED)
        return "done"

    return work


def _flaky(session: Session, context: JobContext) -> str:
    """Does its work and then fails, once for every seventh slot: the effect must go with the failure."""
    session.execute(sa.insert(EFFECT).values(_values("trial.flaky", context)))
    slot = _slot(context)
    if (slot - START) // timedelta(hours=1) % FLAKY_EVERY == 0:
        here = sa.select(sa.func.count()).select_from(JobFailure).where(
            col(JobFailure.job) == "trial.flaky", col(JobFailure.slot) == slot
        )  # fmt: skip
        if not session.scalar(here):
            raise ValueError("the first try of this slot fails")
    return "done"


def _free(context: JobContext) -> str:
    """In transactions of its own, so safe to do twice: the second call finds the first one's row."""
    values = _values("trial.free", context)
    with context.database.writing() as session:
        session.execute(sa.insert(CALL).values(values))
    time.sleep(0.002)
    with context.database.writing() as session:
        insert: Any = sqlite.insert if context.database.is_sqlite else postgresql.insert
        session.execute(insert(FREE).values(values).on_conflict_do_nothing())
    return "done"


def trial_jobs() -> list[AnyJob]:
    often, hours = Every(minutes=2), Every(minutes=60)
    return [
        Job("trial.often", "Often", often, _effect("trial.often"), TWO_DAYS),
        Job("trial.event", "With an event", Every(minutes=15), _effect("trial.event", with_event=True), TWO_DAYS // 7),
        Job("trial.flaky", "Flaky", hours, _flaky, TWO_DAYS // 30),
        Job("trial.daily", "Daily", Daily("02:40"), _effect("trial.daily"), 3),
        FreeJob("trial.free", "Free", Every(minutes=30), _free, None, TWO_DAYS // 15),
    ]


def work(trial: Trial, seed: int) -> None:
    """One process: looks at every job in turn until the last slot of the last day is settled."""
    logging.disable(logging.CRITICAL)
    tables.load()
    settings = read_settings({"PORTFOLIO_VAR_DIR": trial.var})
    context = JobContext(open_database(trial.url, synchronous=trial.synchronous), settings, None, trial.now)
    timetable, dice, jobs = Timetable(context), random.Random(seed), trial_jobs()
    while jobs:
        dice.shuffle(jobs)
        now = min(trial.now(), trial.end)
        for job in list(jobs):
            timetable.run_due(job, now)
            if now == trial.end and not _is_due(context, job, now):
                jobs.remove(job)
        time.sleep(0.01)
    context.database.engine.dispose()


def _is_due(context: JobContext, job: AnyJob, now: datetime) -> bool:
    with context.database.reading() as session:
        return bool(due_slots(session, job, now))


@cache
def _processes() -> ForkServerContext:
    """Where processes are forked from, once it has imported what they need: time must not run before it has."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", "bench.clock_trial"])
    first = context.Process(target=tables.load)
    first.start()
    first.join()
    return context


class Troop:
    """The processes, and what is done to them."""

    def __init__(self, trial: Trial, size: int, dice: random.Random) -> None:
        self.trial, self.dice, self.kills, self.pauses, self.outages = trial, dice, 0, 0, 0
        self.members: list[BaseProcess] = [self._new() for _ in range(size)]

    def _new(self) -> BaseProcess:
        process = _processes().Process(target=work, args=(self.trial, self.dice.randrange(10**6)), daemon=True)
        process.start()
        return process

    def kill(self, places: Sequence[int]) -> None:
        for place in places:
            self.members[place].kill()
        for place in places:
            self.members[place].join()
            self.kills += 1

    def begin_again(self, places: Sequence[int]) -> None:
        for place in places:
            self.members[place] = self._new()

    def stand_still(self, place: int, seconds: float) -> None:
        pid = self.members[place].pid or 0
        if not self.members[place].is_alive():
            return
        os.kill(pid, signal.SIGSTOP)
        time.sleep(seconds)
        os.kill(pid, signal.SIGCONT)
        self.pauses += 1

    def trouble(self, outage_at: Sequence[float]) -> None:
        """Until the last simulated day is over: one thing after another, and at times all of them at once."""
        waiting = list(outage_at)
        while (share := self._share()) < 1 or waiting or self.pauses < LEAST_PAUSES:
            time.sleep(self.dice.uniform(0.1, 0.5))
            everybody = range(len(self.members))
            if waiting and share >= waiting[0]:
                waiting.pop(0)
                self.kill(everybody)
                time.sleep(self.trial.seconds / 60)
                self.begin_again(everybody)
                self.outages += 1
            elif self.dice.random() < 0.5:
                place = self.dice.choice(everybody)
                self.kill([place])
                self.begin_again([place])
            else:
                self.stand_still(
                    self.dice.choice(everybody), self.dice.uniform(0.05, min(1.5, self.trial.seconds / 20))
                )

    def _share(self) -> float:
        """How much of the trial is over; on a slow machine what is still owed is done after its end."""
        return (time.time() - self.trial.began) / self.trial.seconds

    def join(self, seconds: float) -> list[int | None]:
        deadline = time.monotonic() + seconds
        for process in self.members:
            process.join(max(0.1, deadline - time.monotonic()))
        codes = [process.exitcode for process in self.members]
        for process in self.members:
            process.kill()
        return codes


def run_trial(
    database: Database,
    var: str,
    *,
    days: float,
    seconds: float,
    processes: int = 6,
    seed: int = 1,
    synchronous: str = "FULL",
) -> Found:
    """A whole trial on an empty, migrated database. Raises `RuntimeError` when the processes do not come to an end."""
    _scratch.create_all(database.engine)
    _processes()
    url = database.engine.url.render_as_string(hide_password=False)
    trial = Trial(url, var, days, seconds, time.time() + 0.2, synchronous)
    context = JobContext(database, read_settings({"PORTFOLIO_VAR_DIR": var}), None, lambda: START)
    for job in trial_jobs():
        Timetable(context).run_due(job, START)
    troop = Troop(trial, processes, random.Random(seed))
    troop.trouble((0.3, 0.7))
    codes = troop.join(max(180.0, seconds))
    if codes != [0] * processes:
        raise RuntimeError(f"processes ended with {codes}")
    found = _judge(database, trial)
    found.kills, found.pauses, found.outages = troop.kills, troop.pauses, troop.outages
    found.seconds = time.time() - trial.began
    return found


def _judge(database: Database, trial: Trial) -> Found:
    found = Found()
    with database.reading() as session:
        claims = session.execute(sa.select(col(JobClaim.job), col(JobClaim.slot), col(JobClaim.finished_at))).all()
        for job in trial_jobs():
            model = FREE if isinstance(job, FreeJob) else EFFECT
            rows = session.scalars(sa.select(model.c.slot).where(model.c.job == job.name))
            _compare(found, job, trial, Counter(rows))
        waits = [row.finished_at - row.slot for row in claims if row.finished_at is not None]
        found.longest_wait = max(waits) / timedelta(days=trial.days) * trial.seconds
        found.unfinished = sum(row.finished_at is None for row in claims)
        found.unfinished += found.slots - len(claims)
        said = session.scalars(sa.select(col(JobFailure.said))).all()
        found.tries_that_failed, found.taken_over = len(said), sum("did not come back" in words for words in said)
        found.calls_of_free = session.scalar(sa.select(sa.func.count()).select_from(CALL)) or 0
    verdict = verify(database, read_settings({"PORTFOLIO_VAR_DIR": trial.var}).checkpoints_dir, {})
    found.trail, found.trail_events = str(verdict.finding or ""), verdict.events
    return found


def _compare(found: Found, job: AnyJob, trial: Trial, effects: Counter[str]) -> None:
    slot, last = job.when.latest(START, 1)[0], job.when.latest(trial.end, 1)[0]
    while slot <= last:
        found.slots += 1
        count = effects.pop(slot.isoformat(), 0)
        if count != 1:
            (found.repeated if count else found.missing).append(f"{job.name} {slot:%d %H:%M}")
        slot = job.when.after(slot)
    found.repeated += [f"{job.name} {slot} is no slot" for slot in effects]
