"""Imports in the browser: a list with the upload, and one page for each run: preview, progress, result."""

import uuid
from datetime import date
from typing import Any, BinaryIO, cast

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from portfolio.db.clock import now
from portfolio.documents.findings import rejects_csv
from portfolio.errors import FieldRefused, Refused
from portfolio.exchange.models import ImportRun
from portfolio.exchange.preview import notes_of, preview_of, recent_runs, rejects_of, shown_run, totals_of
from portfolio.exchange.terms import ImportState
from portfolio.exchange.uploads import (
    confirm_import,
    discard_import,
    get_run,
    mapped_file,
    may_begin,
    needs_day,
    prepare_import,
    progress_of,
    receive,
    run_in_background,
)
from portfolio.files.store import FileStore
from portfolio.i18n import N_, gettext
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.web import flash
from portfolio.web.formatting import short_day
from portfolio.web.forms import Form, Submitted, bind
from portfolio.web.pages import done, invalid, page, taken_back
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
RUNS, RUN = "exchange/imports.html", ("exchange/import.html", "exchange/_import.html")

flash.register({"import_discarded": N_("The import was discarded. Nothing of the file is in the portfolio.")})


class AsAtForm(BaseModel):
    """The day that a file describes; blank where the file says it itself."""

    model_config = ConfigDict(extra="forbid")

    as_at: date | None = None


def _store(request: AnyRequest) -> FileStore:
    return FileStore(runtime(request).settings.files_dir)


@get(
    "/imports",
    name="exchange.imports",
    permission=Permission.PORTFOLIO_IMPORT,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_imports(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    return page(request, RUNS, form=Form({}), runs=recent_runs(session))


@post("/imports", permission=Permission.PORTFOLIO_IMPORT, sync_to_thread=True, include_in_schema=False)
def upload(
    request: AnyRequest, session: NamedDependency[Session], submitted: NamedDependency[Submitted]
) -> Response[Any] | Redirect:
    form: Form[AsAtForm] = Form({})
    files = submitted.files.get("file", ())
    try:
        if not files:
            raise FieldRefused("file", gettext("Choose a file"))
        received = receive(_store(request), cast(BinaryIO, files[0].file), files[0].filename)
    except FieldRefused as refused:
        form = taken_back(session, form, refused)
        return invalid(request, RUNS, form=form, runs=recent_runs(session))
    run = prepare_import(session, request.user, received)
    return done(request, session, request.app.route_reverse("exchange.import", run_id=run.id))


@get(
    "/imports/{run_id:uuid}",
    name="exchange.import",
    permission=Permission.PORTFOLIO_IMPORT,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_import(request: AnyRequest, session: NamedDependency[Session], run_id: FromPath[uuid.UUID]) -> Response[Any]:
    run = get_run(session, run_id)
    typed = request.query_params.get("as_at")
    asked = bind(AsAtForm, Submitted({"as_at": [typed or ""]}))
    if typed is not None:
        asked = _refused_day(request, session, run, asked)
    if not asked.errors and asked.value is not None and asked.value.as_at is None:
        asked = Form({"as_at": run.as_at.isoformat() if run.as_at else ""}, {}, AsAtForm(as_at=run.as_at))
    context = _context(request, session, run, asked)
    return page(request, *RUN, status=422 if context["form"].errors else 200, **context)


def _refused_day(request: AnyRequest, session: Session, run: ImportRun, form: Form[AsAtForm]) -> Form[AsAtForm]:
    """The form, with what is wrong with its day: none where one is needed, or one that has not been yet in the country."""
    if form.value is None or not may_begin(run, now(session)):
        return form
    day, today = form.value.as_at, now(session).astimezone(runtime(request).pack.zone).date()
    if day is None and needs_day(run):
        return form.with_error("as_at", gettext("Enter the day that the file describes: the file does not say it"))
    if day is not None and day > today:
        words = gettext("Enter %(today)s or an earlier day: a file cannot describe what has not been yet")
        return form.with_error("as_at", words % {"today": short_day(today)})
    return form


def _context(request: AnyRequest, session: Session, run: ImportRun, form: Form[AsAtForm]) -> dict[str, Any]:
    """What the page shows in the run's present state; a preview only once it is known which day the file describes."""
    people = names(session, [run.by_person_id])
    open_ = may_begin(run, now(session))
    preview = None
    if open_ and form.value is not None:
        try:
            preview = preview_of(session, mapped_file(_store(request), run, form.value.as_at))
        except Refused as refused:
            asks_only_for_the_day = form.value.as_at is None and not request.query_params.get("as_at")
            form = form if asks_only_for_the_day else form.with_error("as_at", " ".join(refused.reasons))
            form = Form(form.raw, form.errors, None)
    done_rows = progress_of(run.id)
    return {
        "shown": shown_run(run, people.get(run.by_person_id, "") if run.by_person_id else ""),
        "form": form,
        "preview": preview,
        "is_open": open_,
        "is_running": run.state is ImportState.RUNNING and not open_,
        "progress": done_rows,
        "notes": notes_of(run),
        "totals": totals_of(run.notes.get("totals", {})),
    }


@post(
    "/imports/{run_id:uuid}/confirm",
    name="exchange.confirm_import",
    permission=Permission.PORTFOLIO_IMPORT,
    sync_to_thread=True,
    include_in_schema=False,
)
def confirm(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    run_id: FromPath[uuid.UUID],
) -> Response[Any] | Redirect:
    before = get_run(session, run_id)
    form = _refused_day(request, session, before, bind(AsAtForm, submitted))
    if form.value is None:
        return invalid(request, *RUN, **_context(request, session, before, form))
    run = confirm_import(session, request.user, run_id, form.value.as_at, now(session))
    answer = done(request, session, request.app.route_reverse("exchange.import", run_id=run.id))
    run_in_background(runtime(request).database, _store(request), run.id, request.user)
    return answer


@post(
    "/imports/{run_id:uuid}/discard",
    name="exchange.discard_import",
    permission=Permission.PORTFOLIO_IMPORT,
    sync_to_thread=True,
    include_in_schema=False,
)
def discard(
    request: AnyRequest, session: NamedDependency[Session], run_id: FromPath[uuid.UUID]
) -> Response[Any] | Redirect:
    discard_import(session, request.user, run_id)
    return done(request, session, request.app.route_reverse("exchange.imports"), say="import_discarded")


@get(
    "/imports/{run_id:uuid}/rejects",
    name="exchange.rejects",
    permission=Permission.PORTFOLIO_IMPORT,
    sync_to_thread=True,
    include_in_schema=False,
)
def download_rejects(
    request: AnyRequest, session: NamedDependency[Session], run_id: FromPath[uuid.UUID]
) -> Response[bytes]:
    run = get_run(session, run_id)
    return Response(
        rejects_csv(*rejects_of(run)),
        media_type="text/csv",
        headers={"Content-Disposition": f'attachment; filename="rejects-{run.id}.csv"'},
    )


def routes() -> list[Any]:
    return [show_imports, upload, show_import, confirm, discard, download_rejects]
