"""Files of the financial system: sent, looked at, their columns named, recorded; rows that cannot be taken as a file."""

import uuid
from datetime import date
from typing import Any, BinaryIO, cast

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.errors import FieldRefused, Refused
from portfolio.execution.columns import EXPLAINED, HEADERS, WORDS
from portfolio.execution.files import Preview, preview, rejects_file
from portfolio.execution.forms import FileFields
from portfolio.execution.models import ExecutionRun
from portfolio.execution.queries import differences_of_run, entries_of_run
from portfolio.execution.terms import RunState
from portfolio.execution.uploads import discard, get_run, name_columns, prepare, record_run, runs_of, table_of
from portfolio.execution.views import month_words, path_of, shown_amount, store_of
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.identity.visit import AnyRequest, everything_of, pack_of, today_of
from portfolio.kpis.uploads import receive
from portfolio.labels import label
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.web import flash
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page

SEND, LOOK = "execution/file.html", "execution/file_preview.html"
MOST_SHOWN = 50
"""Rows of a file that its preview shows."""
MOST_RECORDED = 100
"""Amounts of a recorded file on one page; its differences are shown up to as many."""
SAMPLE = (
    "project,month,line,planned,committed,accrued,paid,currency,reference,code",
    "PF-2026-000001,2026-08,2.2,12000,12000,9000,7500,USD,OP-2026-0815,",
    "PF-2026-000001,2026-09,2.2,12000,,,,USD,,",
)
"""A file that shows the columns: a month that has happened, and one that is only planned."""

flash.register(
    {
        "execution_recorded": N_("The figures of the file are recorded."),
        "execution_discarded": N_("The file is discarded: nothing of it is recorded."),
        "execution_columns": N_("The file is read by the columns that you named."),
    }
)


@get(
    "/execution/files",
    name="execution.files",
    permission=Permission.EXECUTION_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_file(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    form = blank(FileFields, as_at=today_of(request, session).isoformat())
    return page(request, SEND, form=form, **_files(request, session))


def _files(request: AnyRequest, session: Session) -> dict[str, Any]:
    return {
        "runs": runs_of(session, everything_of(request).narrowed(Permission.EXECUTION_READ)),
        "may_import": everything_of(request).can(Permission.EXECUTION_IMPORT),
        "columns": [(_(WORDS[field]), ", ".join(HEADERS[field][:4]), _(EXPLAINED[field])) for field in HEADERS],
    }


@get(
    "/execution/files/sample.csv",
    name="execution.sample",
    permission=Permission.EXECUTION_IMPORT,
    sync_to_thread=False,
    include_in_schema=False,
)
def download_sample() -> Response[bytes]:
    return csv_answer(b"\xef\xbb\xbf" + "\r\n".join([*SAMPLE, ""]).encode(), "execution-sample.csv")


@post("/execution/files", permission=Permission.EXECUTION_IMPORT, sync_to_thread=True, include_in_schema=False)
def submit_file(
    request: AnyRequest, session: NamedDependency[Session], submitted: NamedDependency[Submitted]
) -> Response[Any]:
    form = bind(FileFields, submitted)
    if (fields := form.value) is not None:
        try:
            run = _take(request, session, submitted, fields.as_at)
        except FieldRefused as refused:
            session.rollback()
            form = form.with_error(refused.field, refused.reasons[0])
        except Refused as refused:
            session.rollback()
            form = form.with_error("file", " ".join(refused.reasons))
        else:
            return done(request, session, path_of(request, "execution.file_preview", run_id=run.id))
    return invalid(request, SEND, form=form, **_files(request, session))


def _take(request: AnyRequest, session: Session, submitted: Submitted, as_at: date) -> ExecutionRun:
    files = submitted.files.get("file", ())
    if not files:
        raise FieldRefused("file", _("Choose a file"))
    if not date(2000, 1, 1) <= as_at <= today_of(request, session):
        raise FieldRefused("as_at", _("This day is still to come, or long past"))
    session.rollback()  # nothing is written yet: looking at a file takes seconds, and would hold everybody's lock
    store = store_of(request)
    name, digest = receive(store, cast(BinaryIO, files[0].file), files[0].filename)
    found = ExecutionRun(file_name=name, file_sha256=digest, as_at=as_at)
    return prepare(session, request.user, table_of(store, found), name, digest, as_at)


@get(
    "/execution/files/{run_id:uuid}",
    name="execution.file_preview",
    permission=Permission.EXECUTION_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_preview(request: AnyRequest, session: NamedDependency[Session], run_id: FromPath[uuid.UUID]) -> Response[Any]:
    run = get_run(session, request.user, run_id)
    if run.state is not RunState.PREVIEWED:
        return page(
            request, LOOK, run=run, is_open=False, brought=_brought(session, run), **_recorded(request, session, run)
        )
    table = table_of(store_of(request), run)
    seen = _seen(request, session, run)
    return page(
        request,
        LOOK,
        run=run,
        is_open=True,
        may_import=everything_of(request).can(Permission.EXECUTION_IMPORT),
        brought=_brought(session, run),
        seen=seen,
        rows=_rows(seen),
        differing=[(row, label(why)) for row, why in seen.differing[:MOST_SHOWN]],
        wrong=seen.wrong[:MOST_SHOWN],
        warned=seen.warned[:MOST_SHOWN],
        missing=", ".join(_(WORDS[field]) for field in seen.missing),
        columns=[(f"column_{field}", _(WORDS[field])) for field in HEADERS],
        headers=[(name, name) for name in table.header],
        form=Form({f"column_{field}": run.mapping.get(field, "") for field in HEADERS}),
    )


def _brought(session: Session, run: ExecutionRun) -> str:
    return names(session, [run.by_id]).get(run.by_id, "") if run.by_id else _("the command, as the system")


def _recorded(request: AnyRequest, session: Session, run: ExecutionRun) -> dict[str, Any]:
    """What the file recorded, a page of it, and its rows that matched nothing with how each was settled."""
    found = entries_of_run(session, run.id, _after(request), MOST_RECORDED + 1)
    shown = found[:MOST_RECORDED]
    return {
        "is_discarded": run.state is RunState.DISCARDED,
        "rows": [
            {
                "project_id": one.project_id,
                "number": reference,
                "month": month_words(one.month),
                "line": one.line,
                "flow": label(one.flow),
                "amount": _("taken back")
                if one.amount_minor is None
                else f"{shown_amount(one.amount_minor, one.currency)} {one.currency}",
                "reference": one.reference,
            }
            for one, reference in shown
        ],
        "following": shown[-1][0].id if len(found) > MOST_RECORDED else None,
        "differences": [
            {"id": one.id, "row": one.row_number, "why": label(one.mismatch), "state": one.state, "reason": one.reason}
            for one in differences_of_run(session, run.id, MOST_RECORDED)
        ],
    }


def _after(request: AnyRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.query_params.get("after", ""))
    except ValueError:
        return None


def _seen(request: AnyRequest, session: Session, run: ExecutionRun) -> Preview:
    table, pack = table_of(store_of(request), run), pack_of(request)
    return preview(session, request.user, pack, table, run.mapping, run.as_at, today_of(request, session))


def _rows(seen: Preview) -> list[dict[str, str]]:
    return [
        {
            "number": seen.numbers[one.project_id],
            "month": month_words(one.month),
            "line": one.line,
            "flow": label(one.flow),
            "amount": f"{shown_amount(one.minor, one.currency)} {one.currency}",
            "before": shown_amount(seen.there[one.key].minor, one.currency) if one.key in seen.there else "",
            "reference": one.reference,
        }
        for one in [*seen.amounts, *seen.yielding][:MOST_SHOWN]
    ]


@post(
    "/execution/files/{run_id:uuid}",
    permission=Permission.EXECUTION_IMPORT,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_record(request: AnyRequest, session: NamedDependency[Session], run_id: FromPath[uuid.UUID]) -> Response[Any]:
    run = get_run(session, request.user, run_id)
    record_run(session, request.user, pack_of(request), table_of(store_of(request), run), run)
    then = "execution.differences" if run.differing else "execution.file_preview"
    params = {} if run.differing else {"run_id": run_id}
    return done(request, session, path_of(request, then, **params), say="execution_recorded")


@post(
    "/execution/files/{run_id:uuid}/discard",
    name="execution.discard",
    permission=Permission.EXECUTION_IMPORT,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_discard(
    request: AnyRequest, session: NamedDependency[Session], run_id: FromPath[uuid.UUID]
) -> Response[Any]:
    run = get_run(session, request.user, run_id)
    discard(session, request.user, run)
    return done(request, session, path_of(request, "execution.files"), say="execution_discarded")


@post(
    "/execution/files/{run_id:uuid}/columns",
    name="execution.columns",
    permission=Permission.EXECUTION_IMPORT,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_columns(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    run_id: FromPath[uuid.UUID],
) -> Response[Any]:
    run = get_run(session, request.user, run_id)
    named = {field: submitted.text(f"column_{field}") for field in HEADERS}
    name_columns(session, request.user, run, table_of(store_of(request), run), named)
    return done(request, session, path_of(request, "execution.file_preview", run_id=run_id), say="execution_columns")


@get(
    "/execution/files/{run_id:uuid}/rejects",
    name="execution.rejects",
    permission=Permission.EXECUTION_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def download_rejects(
    request: AnyRequest, session: NamedDependency[Session], run_id: FromPath[uuid.UUID]
) -> Response[bytes]:
    """Of a recorded file too: what cannot be taken is found again by reading it again."""
    run = get_run(session, request.user, run_id)
    return csv_answer(rejects_file(_seen(request, session, run).wrong), "execution-rejects.csv")


def csv_answer(body: bytes, name: str) -> Response[bytes]:
    return Response(body, media_type="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'})


def routes() -> list[Any]:
    return [
        show_file,
        submit_file,
        download_sample,
        show_preview,
        submit_record,
        submit_discard,
        submit_columns,
        download_rejects,
    ]
