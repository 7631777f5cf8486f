"""A job is told to wait until a day, and to go on before it."""

from datetime import UTC, date, datetime, time
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.db.base import utc_now
from portfolio.errors import FieldRefused
from portfolio.i18n import N_, gettext
from portfolio.jobs.forms import PauseFields, ResumeFields
from portfolio.jobs.history import catch_up_words
from portfolio.jobs.opened import AnyRequest, get_job
from portfolio.jobs.pauses import LONGEST, pause, pause_of, resume
from portfolio.jobs.timetable import AnyJob
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.web.flash import register
from portfolio.web.formatting import country_zone
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back

PAUSE, RESUME = "jobs/pause.html", "jobs/resume.html"

register(
    {
        "job_paused": N_("The job is paused. It goes on by itself at the end that is shown."),
        "job_resumed": N_("The job goes on."),
    }
)


def _shown(session: Session, job: AnyJob, form: Form[Any]) -> dict[str, Any]:
    found = pause_of(session, job.name, utc_now())
    return {
        "job_name": job.name,
        "words": gettext(job.words),
        "is_pausable": job.is_pausable,
        "catch_up": catch_up_words(job),
        "longest": LONGEST.days,
        "pause": found,
        "by": names(session, {found.paused_by_id}).get(found.paused_by_id, "") if found else "",
        "form": form,
    }


@get(
    "/admin/jobs/{job_name:str}/pause",
    name="jobs.pause",
    permission=Permission.PEOPLE_ADMINISTER,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_pause(request: AnyRequest, session: NamedDependency[Session], job_name: FromPath[str]) -> Response[Any]:
    return page(request, PAUSE, **_shown(session, get_job(job_name), blank(PauseFields)))


@post(
    "/admin/jobs/{job_name:str}/pause",
    permission=Permission.PEOPLE_ADMINISTER,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_pause(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    job_name: FromPath[str],
) -> Response[Any]:
    job, form = get_job(job_name), bind(PauseFields, submitted)
    if (fields := form.value) is not None:
        try:
            pause(session, request.user, job, _end_of(fields.until), fields.reason, utc_now())
        except FieldRefused as refused:
            form = taken_back(session, form, refused)
        else:
            address = request.app.route_reverse("jobs.history", job_name=job.name)
            return done(request, session, address, say="job_paused")
    return invalid(request, PAUSE, **_shown(session, job, form))


def _end_of(day: date) -> datetime:
    """The last second of a day on the country's clock. Raises `FieldRefused` for a day at the edge of the calendar."""
    try:
        return datetime.combine(day, time(23, 59, 59), tzinfo=country_zone()).astimezone(UTC)
    except (OverflowError, ValueError):
        raise FieldRefused("until", gettext("Enter a real date")) from None


@get(
    "/admin/jobs/{job_name:str}/resume",
    name="jobs.resume",
    permission=Permission.PEOPLE_ADMINISTER,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_resume(request: AnyRequest, session: NamedDependency[Session], job_name: FromPath[str]) -> Response[Any]:
    return page(request, RESUME, **_shown(session, get_job(job_name), blank(ResumeFields)))


@post(
    "/admin/jobs/{job_name:str}/resume",
    permission=Permission.PEOPLE_ADMINISTER,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_resume(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    job_name: FromPath[str],
) -> Response[Any]:
    job, form = get_job(job_name), bind(ResumeFields, submitted)
    if (fields := form.value) is None:
        return invalid(request, RESUME, **_shown(session, job, form))
    resume(session, request.user, job, fields.reason, utc_now())
    return done(request, session, request.app.route_reverse("jobs.history", job_name=job.name), say="job_resumed")


def routes() -> list[Any]:
    return [show_pause, submit_pause, show_resume, submit_resume]
