"""Schedules as files: upload, look at what it would do, confirm; the plan for Microsoft Project and for a calendar."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.db.clock import now
from portfolio.errors import FieldRefused
from portfolio.files.store import FileStore
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.people.permissions import Permission
from portfolio.projects.frame import ProjectFrame
from portfolio.projects.plan.access import AnyRequest, Visit, visit
from portfolio.projects.plan.calendar_out import write_calendar
from portfolio.projects.plan.milestones import limits, refuse_if_fixed
from portfolio.projects.plan.models import PlanFile
from portfolio.projects.plan.mspdi_read import Schedule, read_schedule
from portfolio.projects.plan.mspdi_write import write_schedule
from portfolio.projects.plan.schedule_import import (
    discard_schedule,
    get_file,
    import_schedule,
    prepare_schedule,
    receive_schedule,
)
from portfolio.projects.plan.schedule_plan import Change, TaskLine, plan_import
from portfolio.projects.plan.terms import PlanFileState, TaskAct
from portfolio.web import flash
from portfolio.web.formatting import number, short_day
from portfolio.web.forms import Form, Submitted
from portfolio.web.pages import done, invalid, page, taken_back
from portfolio.web.runtime import runtime

P = Permission
UPLOAD, PREVIEW = "projects/plan_files.html", "projects/plan_file.html"
TONES = {TaskAct.CREATE: "active", TaskAct.UPDATE: "caution", TaskAct.SAME: "quiet", TaskAct.SKIP: "neutral"}
FIELDS = {
    "kind": N_("What it is"),
    "title": N_("Milestone"),
    "deliverable": N_("What is delivered"),
    "owner": N_("Who answers for the milestone"),
    "starts_on": N_("Start"),
    "forecast_on": N_("Forecast"),
    "actual_on": N_("Reached on"),
    "percent": N_("Percentage done"),
}

flash.register(
    {
        "schedule_imported": N_("The schedule was imported. No approved date moved."),
        "schedule_discarded": N_("The file was put away. Nothing of it is in the plan."),
    }
)


def _store(request: AnyRequest) -> FileStore:
    return FileStore(runtime(request).settings.files_dir)


@get(
    "/projects/{project_id:uuid}/plan/files",
    name="projects.plan_files",
    permission=P.PLAN_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_upload(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]
) -> Response[Any]:
    here = visit(request, session, project_id)
    return page(request, UPLOAD, frame=here.frame, project=here.project, form=Form({}))


@post(
    "/projects/{project_id:uuid}/plan/files",
    permission=P.PLAN_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_upload(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
) -> Response[Any] | Any:
    here, files = visit(request, session, project_id), submitted.files.get("file", ())
    refuse_if_fixed(here.project)
    try:
        if not files:
            raise FieldRefused("file", _("Choose a file"))
        digest = receive_schedule(_store(request), cast(BinaryIO, files[0].file))
    except FieldRefused as refused:
        form: Form[Any] = taken_back(session, Form({}), refused)
        return invalid(request, UPLOAD, frame=here.frame, project=here.project, form=form)
    name = PurePath(files[0].filename.replace("\\", "/")).name
    row = prepare_schedule(session, here.actor, here.project, digest, name)
    return done(request, session, here.address("projects.plan_file", file_id=row.id))


@dataclass(frozen=True, slots=True)
class ShownTask:
    """One task of the preview."""

    uid: int
    name: str
    finish: str
    act: str
    tone: str
    changes: Sequence[str]
    findings: Sequence[str]


@get(
    "/projects/{project_id:uuid}/plan/files/{file_id:uuid}",
    name="projects.plan_file",
    permission=P.PLAN_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_preview(
    request: AnyRequest,
    session: NamedDependency[Session],
    project_id: FromPath[uuid.UUID],
    file_id: FromPath[uuid.UUID],
) -> Response[Any]:
    here = visit(request, session, project_id)
    row = get_file(session, here.project, file_id)
    return page(request, PREVIEW, **_preview(here, row, _schedule(request, row)))


def _schedule(request: AnyRequest, row: PlanFile) -> Schedule:
    with _store(request).open(row.file_sha256) as stream:
        return read_schedule(stream.read())


def _preview(here: Visit, row: PlanFile, schedule: Schedule, form: Form[Any] | None = None) -> dict[str, Any]:
    wanted = plan_import(schedule, here.plan, here.as_at, limits(here.session, here.project))
    frame: ProjectFrame = here.frame
    return {
        "frame": frame,
        "project": here.project,
        "row": row,
        "schedule": schedule,
        "totals": _totals(schedule),
        "counts": [(label(act), wanted.count(act)) for act in TaskAct],
        "tasks": [_shown(line) for line in wanted.lines],
        "links": (len(wanted.added_links), len(wanted.removed_links)),
        "passed": wanted.passed,
        "form": form or Form({}),
        "untouched": wanted.untouched,
        "is_empty": wanted.is_empty,
        "is_open": row.state is PlanFileState.PREVIEWED,
    }


def _totals(schedule: Schedule) -> list[tuple[str, str]]:
    found = schedule.totals
    return [
        (_("Activities"), number(found.activities)),
        (_("Milestones"), number(found.milestones)),
        (_("Wholly done"), number(found.completed)),
        (_("Start and finish"), f"{short_day(found.start)} – {short_day(found.finish)}"),
        (_("Baseline of the file"), f"{short_day(found.baseline_start)} – {short_day(found.baseline_finish)}"),
        (_("Finish after their baseline"), number(found.finishing_after_baseline)),
        (_("Cost in the file, which is not taken over"), f"{number(found.cost)} {schedule.currency}".strip()),
    ]


def _shown(line: TaskLine) -> ShownTask:
    return ShownTask(
        uid=line.task.uid,
        name=line.task.name or _("Without a title"),
        finish=short_day(line.task.finish) if line.task.finish else "–",
        act=label(line.act),
        tone=TONES[line.act],
        changes=[_change_words(change) for change in line.changes],
        findings=line.findings,
    )


def _change_words(change: Change) -> str:
    words = _("%(field)s: from «%(before)s» to «%(after)s»")
    return words % {"field": _(FIELDS[change.name]), "before": _value(change.before), "after": _value(change.after)}


def _value(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, date):
        return short_day(value)
    return str(value) if isinstance(value, (str, int)) else label(value)


@post(
    "/projects/{project_id:uuid}/plan/files/{file_id:uuid}",
    permission=P.PLAN_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_import(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
    file_id: FromPath[uuid.UUID],
) -> Response[Any] | Any:
    """`act` is `discard`, or anything else to import."""
    here = visit(request, session, project_id)
    row = get_file(session, here.project, file_id)
    if submitted.text("act") == "discard":
        discard_schedule(session, here.actor, here.project, row)
        return done(request, session, here.address("projects.plan_files"), say="schedule_discarded")
    try:
        import_schedule(
            session, here.actor, here.project, _store(request), row, here.as_at,
            confirmed=submitted.text("confirmed") == "yes",
        )  # fmt: skip
    except FieldRefused as refused:
        wrong: Form[Any] = taken_back(session, Form({}), refused)
        return invalid(request, PREVIEW, **_preview(here, row, _schedule(request, row), wrong))
    return done(request, session, here.address(), say="schedule_imported")


@get(
    "/projects/{project_id:uuid}/plan.xml",
    name="projects.plan_xml",
    permission=P.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def download_schedule(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]
) -> Response[bytes]:
    here = visit(request, session, project_id)
    data = write_schedule(here.frame.title, here.frame.number, here.plan, here.as_at)
    return _file(data, "application/xml", f"{here.frame.number or 'plan'}.xml")


@get(
    "/projects/{project_id:uuid}/plan.ics",
    name="projects.plan_calendar",
    permission=P.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def download_calendar(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]
) -> Response[bytes]:
    """For whoever may read the project, in their session: there is no secret address that keeps working without one."""
    here, base = visit(request, session, project_id), runtime(request).settings.base_url
    data = write_calendar(
        here.frame.title,
        here.frame.number,
        here.plan,
        now(session),
        here.as_at,
        f"{base}{here.address()}",
        urlsplit(base).hostname or "portfolio",
    )
    return _file(data, "text/calendar", f"{here.frame.number or 'plan'}.ics")


def _file(data: bytes, media_type: str, name: str) -> Response[bytes]:
    return Response(data, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def routes() -> list[Any]:
    return [show_upload, submit_upload, show_preview, submit_import, download_schedule, download_calendar]
