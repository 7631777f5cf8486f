"""The administrator's pages of the timetable: every job on one screen, one job with its past, a run by hand."""

from datetime import UTC, datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.base import utc_now
from portfolio.db.clock import moved_instant
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.jobs import routes_pauses
from portfolio.jobs.claims import ByHand, run_slot
from portfolio.jobs.forms import NOW, RunFields
from portfolio.jobs.history import history
from portfolio.jobs.opened import AnyRequest, context_of, get_job
from portfolio.jobs.queries import timetable, unsettled
from portfolio.people.permissions import Permission
from portfolio.web.flash import register
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page

LIST, HISTORY = "jobs/list.html", "jobs/history.html"

register(
    {
        "job_run": N_("The job was run. See below how it ended."),
        "job_elsewhere": N_("That run is done already, or another process is doing it just now. See below."),
    }
)


@get(
    "/admin/jobs",
    name="jobs.list",
    permission=Permission.PEOPLE_ADMINISTER,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_jobs(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    rows = timetable(session, context_of(request), utc_now())
    troubled = [f"{row.words}: {row.condition.word}" for row in rows if row.condition.is_trouble]
    return page(request, LIST, jobs=rows, troubled=troubled, is_moved=moved_instant(session) is not None)


@get(
    "/admin/jobs/{job_name:str}",
    name="jobs.history",
    permission=Permission.PEOPLE_ADMINISTER,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_job(request: AnyRequest, session: NamedDependency[Session], job_name: FromPath[str]) -> Response[Any]:
    job = get_job(job_name)
    before = _instant(request.query_params.get("before", ""))
    form = blank(RunFields, slot=NOW)
    return page(request, HISTORY, form=form, **history(session, context_of(request), job, utc_now(), before))


def _instant(text: str) -> datetime | None:
    """An instant of an address; anything else begins at the newest."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC) if text else None
    except (ValueError, OverflowError):
        return None


@post(
    "/admin/jobs/{job_name:str}",
    name="jobs.run",
    permission=Permission.PEOPLE_ADMINISTER,
    sync_to_thread=True,
    include_in_schema=False,
)
def run_job(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    job_name: FromPath[str],
) -> Response[Any]:
    """Run a job now, for a slot that waits or one of its own; the request's transaction is over before the job begins."""
    job, context, now = get_job(job_name), context_of(request), utc_now()
    form = bind(RunFields, submitted)
    if form.value is not None and form.value.slot != NOW and form.value.slot not in unsettled(session, job, now):
        form = form.with_error("slot", _("Choose one of the options"))
    if (fields := form.value) is None:
        return invalid(request, HISTORY, form=_chosen(form), **history(session, context, job, now, None))
    slot = now if isinstance(fields.slot, str) else fields.slot.astimezone(UTC)
    record(session, request.user, Tag.JOB_RUN_BY_HAND, None, words=fields.reason, job=job.name, slot=slot)
    address = request.app.route_reverse("jobs.history", job_name=job.name)
    answer = done(request, session, address, say="job_run")
    run = run_slot(context, job, slot, hand=ByHand(fields.reason, request.user.person_id))
    if not run.is_ours:
        answer.headers["location"] = f"{address}?done=job_elsewhere"
    return answer


def _chosen(form: Form[RunFields]) -> Form[RunFields]:
    """What cannot be chosen (any more) is not shown as chosen."""
    return Form({**form.raw, "slot": form.raw["slot"] or NOW}, form.errors)


def routes() -> list[Any]:
    return [show_jobs, show_job, run_job, *routes_pauses.routes()]
