"""Runs the timetable in threads of the serving process. Any number of processes may do so: claims keep them apart."""

import logging
from collections.abc import Callable
from datetime import datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from portfolio.audit.checkpoints import write_checkpoints
from portfolio.db.base import utc_now
from portfolio.i18n import language
from portfolio.jobs import house  # noqa: F401  registers the jobs of the house
from portfolio.jobs.claims import Run, due_slots, run_slot
from portfolio.jobs.pauses import is_paused
from portfolio.jobs.timetable import AnyJob, Every, FreeJob, JobContext, jobs
from portfolio.web.runtime import Runtime

log = logging.getLogger("portfolio.jobs")

POLL_SECONDS = 20
THREADS = 3


class Timetable:
    """Looks at jobs when asked, and remembers which slots are settled so as not to ask the database again."""

    def __init__(self, context: JobContext) -> None:
        self.context = context
        self._settled: dict[str, datetime] = {}

    def run_due(self, job: AnyJob, now: datetime | None = None) -> list[Run]:
        """Run what is due of one job, missed slots first. Never raises: the scheduler comes again."""
        now = now or self.context.clock()
        latest = job.when.latest(now, 1)[0]
        if self._settled.get(job.name) == latest:
            return []
        try:
            return self._run(job, now, latest)
        except Exception:
            log.exception("the timetable could not look at %s", job.name)
            return []

    def _run(self, job: AnyJob, now: datetime, latest: datetime) -> list[Run]:
        with self.context.database.reading() as session:
            if is_paused(session, job.name, now):
                return []
            due = due_slots(session, job, now)
        if not due:
            self._settled[job.name] = latest
            return []
        if isinstance(job, FreeJob) and job.is_needed is not None and not job.is_needed(self.context):
            return []
        with language("en"):
            return [run_slot(self.context, job, slot) for slot in due]


def start_jobs(runtime: Runtime) -> Callable[[], None]:
    """Start the timetable beside the server; returns what stops it: waits for running jobs, then signs a last checkpoint."""
    context = JobContext(runtime.database, runtime.settings, runtime.pack)
    timetable = Timetable(context)
    scheduler = BackgroundScheduler(
        timezone="UTC",
        executors={"default": ThreadPoolExecutor(THREADS)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for job in jobs():
        scheduler.add_job(
            timetable.run_due, "interval", [job], seconds=_poll(job), next_run_time=utc_now(), id=job.name
        )
    scheduler.start()

    def stop() -> None:
        scheduler.shutdown(wait=True)
        try:
            write_checkpoints(context.database, context.settings.checkpoints_dir, context.settings.keys_dir)
        except Exception:
            log.exception("no checkpoint could be signed at the end")

    return stop


def _poll(job: AnyJob) -> int:
    """Seconds between two looks; never more than the job's own period."""
    period = int(job.when.period.total_seconds()) if isinstance(job.when, Every) else POLL_SECONDS
    return max(1, min(period, POLL_SECONDS))
