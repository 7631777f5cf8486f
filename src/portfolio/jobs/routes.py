"""The administrator's page of the timetable; a job can be run by hand."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.base import utc_now
from portfolio.errors import NotFound
from portfolio.i18n import N_
from portfolio.jobs.claims import run_slot
from portfolio.jobs.queries import timetable
from portfolio.jobs.timetable import JobContext, job_named
from portfolio.people.permissions import Permission
from portfolio.web.flash import register
from portfolio.web.pages import done, page
from portfolio.web.runtime import runtime

register({"job_run": N_("The job was run. See below how it ended.")})


@get(
    "/admin/jobs",
    name="jobs.list",
    permission=Permission.PEOPLE_ADMINISTER,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_jobs(request: Request[Any, Any, Any], session: NamedDependency[Session]) -> Response[Any]:
    return page(request, "jobs/list.html", jobs=timetable(session, utc_now()))


@post(
    "/admin/jobs/{job_name:str}",
    name="jobs.run",
    permission=Permission.PEOPLE_ADMINISTER,
    sync_to_thread=True,
    include_in_schema=False,
)
def run_job(
    request: Request[Any, Any, Any], session: NamedDependency[Session], job_name: FromPath[str]
) -> Response[Any]:
    """Run a job now, at a slot of its own; the request's own transaction is over before the job begins."""
    job = job_named(job_name)
    if job is None:
        raise NotFound
    record(session, request.user, Tag.JOB_RUN_BY_HAND, None, job=job.name)
    answer = done(request, session, request.app.route_reverse("jobs.list"), say="job_run")
    found = runtime(request)
    run_slot(
        JobContext(found.database, found.settings, found.pack), job, utc_now(), f"by hand {request.user.person_id}"
    )
    return answer


def routes() -> list[Any]:
    return [show_jobs, run_job]
