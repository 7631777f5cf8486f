"""Measurements as files: in with a preview and a file of what cannot be taken, out with every value and correction."""

import uuid
from decimal import Decimal
from typing import Any, BinaryIO, cast

import polars as pl
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.documents.csv_out import csv_bytes
from portfolio.documents.out_columns import Column, ColumnKind
from portfolio.errors import FieldRefused, Refused
from portfolio.files.store import FileStore
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.kpis.cuts import words_of
from portfolio.kpis.files import Preview, preview, rejects_file
from portfolio.kpis.models import Indicator, Measurement
from portfolio.kpis.queries import due_periods
from portfolio.kpis.shown import unit_words
from portfolio.kpis.terms import UploadState
from portfolio.kpis.uploads import get_upload, prepare, receive, record_file, table_of
from portfolio.kpis.views import SCORECARD, AnyRequest, framed, opened, path_of
from portfolio.kpis.words import name_of, period_words, value_words
from portfolio.people.permissions import Permission
from portfolio.web import flash
from portfolio.web.forms import Form, Submitted
from portfolio.web.pages import done, invalid, page
from portfolio.web.runtime import runtime

SEND, LOOK = "kpis/file.html", "kpis/file_preview.html"
MOST_SHOWN = 50
"""Rows of a file that its preview shows."""

flash.register({"file_recorded": N_("The measurements of the file were recorded.")})


def _store(request: AnyRequest) -> FileStore:
    return FileStore(runtime(request).settings.files_dir)


@get(
    "/projects/{project_id:uuid}/indicators/file",
    name="kpis.file",
    permission=Permission.KPI_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_file(request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]) -> Response[Any]:
    found = opened(request, session, project_id)
    return page(request, SEND, **framed(request, session, found), form=Form({}))


@post(
    "/projects/{project_id:uuid}/indicators/file",
    permission=Permission.KPI_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_file(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
) -> Response[Any] | Redirect:
    found = opened(request, session, project_id)
    files = submitted.files.get("file", ())
    form: Form[Any] = Form({})
    try:
        if not files:
            raise FieldRefused("file", _("Choose a file"))
        session.rollback()  # nothing is written yet: looking at a file takes seconds, and would hold everybody's lock
        name, digest = receive(_store(request), cast(BinaryIO, files[0].file), files[0].filename)
        found = opened(request, session, project_id)
        upload = prepare(session, request.user, found.project, name, digest)
        preview(session, found.project, table_of(_store(request), upload), found.today)
    except Refused as refused:
        session.rollback()
        found = opened(request, session, project_id)
        form = form.with_error("file", " ".join(refused.reasons))
        return invalid(request, SEND, **framed(request, session, found), form=form)
    return done(request, session, path_of(request, "kpis.file_preview", project_id=project_id, upload_id=upload.id))


@get(
    "/projects/{project_id:uuid}/indicators/file/{upload_id:uuid}",
    name="kpis.file_preview",
    permission=Permission.KPI_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_preview(
    request: AnyRequest,
    session: NamedDependency[Session],
    project_id: FromPath[uuid.UUID],
    upload_id: FromPath[uuid.UUID],
) -> Response[Any]:
    found = opened(request, session, project_id)
    upload = get_upload(session, found.project, upload_id)
    seen = preview(session, found.project, table_of(_store(request), upload), found.today)
    return page(
        request,
        LOOK,
        **framed(request, session, found),
        upload=upload,
        is_open=upload.state is UploadState.PREVIEWED,
        seen=seen,
        rows=_rows(seen),
        wrong=seen.wrong[:MOST_SHOWN],
    )


def _rows(seen: Preview) -> list[dict[str, str]]:
    return [
        {
            "name": name_of(entry.indicator),
            "period": period_words(entry.indicator.frequency, entry.period_on),
            "group": words_of(entry.cut),
            "value": value_words(entry.indicator, entry.value),
            "note": entry.note,
            "reason": entry.reason,
        }
        for entry in seen.entries[:MOST_SHOWN]
    ]


@post(
    "/projects/{project_id:uuid}/indicators/file/{upload_id:uuid}",
    permission=Permission.KPI_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_record(
    request: AnyRequest,
    session: NamedDependency[Session],
    project_id: FromPath[uuid.UUID],
    upload_id: FromPath[uuid.UUID],
) -> Response[Any] | Redirect:
    found = opened(request, session, project_id)
    upload = get_upload(session, found.project, upload_id)
    record_file(session, request.user, _store(request), found, upload)
    return done(request, session, path_of(request, SCORECARD, project_id=project_id), say="file_recorded")


@get(
    "/projects/{project_id:uuid}/indicators/file/{upload_id:uuid}/rejects",
    name="kpis.rejects",
    permission=Permission.KPI_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def download_rejects(
    request: AnyRequest,
    session: NamedDependency[Session],
    project_id: FromPath[uuid.UUID],
    upload_id: FromPath[uuid.UUID],
) -> Response[bytes]:
    found = opened(request, session, project_id)
    upload = get_upload(session, found.project, upload_id)
    seen = preview(session, found.project, table_of(_store(request), upload), found.today)
    return _csv(rejects_file(seen.wrong), f"rejects-{upload.id}.csv")


@get(
    "/projects/{project_id:uuid}/indicators/due.csv",
    name="kpis.due_file",
    permission=Permission.KPI_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def download_due(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]
) -> Response[bytes]:
    """The file to fill in: a row for each period and group that is due, with a blank value."""
    found = opened(request, session, project_id)
    names = ("indicator", "period", "group", "value", "note", "reason")
    rows = [
        (name_of(due.indicator), due.period_on.isoformat(), cut, "", "", "")
        for due in due_periods(session, found.project, found.today)
        for cut in ("", *due.cuts)
    ]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    body = csv_bytes([Column(name, name) for name in names], frame, header=True)
    return _csv(b"\xef\xbb\xbf" + body, "measurements-due.csv")


@get(
    "/projects/{project_id:uuid}/indicators.csv",
    name="kpis.export",
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def download_measurements(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]
) -> Response[bytes]:
    """Every value ever kept of a project; `ordinal` above 0 corrects the one before."""
    found = opened(request, session, project_id)
    query = (
        select(Indicator, Measurement)
        .join(Measurement, col(Measurement.indicator_id) == col(Indicator.id))
        .where(col(Indicator.project_id) == found.project.id)
        .order_by(
            col(Indicator.family), col(Indicator.name), col(Indicator.id),
            col(Measurement.period_on), col(Measurement.cut), col(Measurement.ordinal),
        )
    )  # fmt: skip
    rows = [
        (
            str(one.id), one.code, name_of(one), one.family.value, row.period_on, row.cut, row.ordinal,
            None if row.value is None else Decimal(row.value).scaleb(-one.scale),
            unit_words(one), row.as_at, row.measured_by.value, row.data_source, row.note, row.reason,
        )
        for one, row in session.execute(query)
    ]  # fmt: skip
    frame = pl.DataFrame(rows, schema=dict(_EXPORT), orient="row")
    kinds = {pl.Date: ColumnKind.DATE, pl.Int64: ColumnKind.INTEGER, pl.String: ColumnKind.TEXT}
    columns = [Column(name, name, kinds.get(dtype, ColumnKind.INTEGER)) for name, dtype in _EXPORT]
    return _csv(b"\xef\xbb\xbf" + csv_bytes(columns, frame, header=True), "measurements.csv")


_EXPORT: list[tuple[str, Any]] = [
    ("indicator_id", pl.String),
    ("code", pl.String),
    ("indicator", pl.String),
    ("family", pl.String),
    ("period", pl.Date),
    ("group", pl.String),
    ("ordinal", pl.Int64),
    ("value", pl.Decimal(38, 4)),
    ("unit", pl.String),
    ("as_at", pl.Date),
    ("measured_by", pl.String),
    ("source", pl.String),
    ("note", pl.String),
    ("reason", pl.String),
]
"""Columns of the export; values are exact decimals, blank where a period was declared as not available."""


def _csv(body: bytes, name: str) -> Response[bytes]:
    return Response(
        body,
        media_type="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def routes() -> list[Any]:
    return [
        show_file,
        submit_file,
        show_preview,
        submit_record,
        download_rejects,
        download_due,
        download_measurements,
    ]
