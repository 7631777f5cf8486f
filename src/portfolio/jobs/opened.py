"""What the pages of the timetable open: the job of an address, and what it works with."""

from typing import Any

from litestar import Request

from portfolio.errors import NotFound
from portfolio.jobs.timetable import AnyJob, JobContext, job_named
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]


def get_job(name: str) -> AnyJob:
    """Raises `NotFound` for a name that is on no timetable."""
    job = job_named(name)
    if job is None:
        raise NotFound
    return job


def context_of(request: AnyRequest) -> JobContext:
    found = runtime(request)
    return JobContext(found.database, found.settings, found.pack)
