"""Exports on screen, and the routes of this room."""

import hashlib
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.response import Stream
from sqlalchemy.orm import Session

from portfolio.db.clock import now
from portfolio.documents.meta import write_meta
from portfolio.documents.out_columns import Written
from portfolio.errors import Refused
from portfolio.exchange import import_routes
from portfolio.exchange.exporting import Prepared, prepare_export, record_export, write_export
from portfolio.i18n import gettext
from portfolio.people.permissions import Permission
from portfolio.reports.asked import read_asked
from portfolio.web.forms import Submitted
from portfolio.web.runtime import runtime

MEDIA_TYPES = {
    "csv": "text/csv",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
CHUNK = 256 * 1024


@post(
    "/portfolio/export",
    name="exchange.export_portfolio",
    permission=Permission.PORTFOLIO_EXPORT,
    sync_to_thread=True,
    status_code=200,
    include_in_schema=False,
)
def export_portfolio(
    request: Request[Any, Any, Any], session: NamedDependency[Session], submitted: NamedDependency[Submitted]
) -> Stream:
    """Exactly what the list shows, as a file; with `card=yes` in a ZIP beside its card (`FILE.meta.json`, as the command
    writes it). A form and not a link: each export is written down.

    Reading and writing the file happen outside the writing transaction, so that nobody waits for a large workbook.
    """
    format_ = submitted.text("format")
    if format_ not in MEDIA_TYPES:
        raise Refused(gettext("Choose one of the options"))
    pack = runtime(request).pack
    asked = read_asked(dict(parse_qsl(submitted.text("query"))), pack.currency)
    if asked.errors:
        raise Refused(*asked.errors.values())
    with runtime(request).database.reading() as reader:
        prepared = prepare_export(reader, request.user, pack, asked, format_, asked_by=request.user.name)
        at = now(reader)
    folder = tempfile.TemporaryDirectory(prefix="portfolio-export-")
    try:
        path = Path(folder.name) / f"portfolio-{at:%Y-%m-%d}-{prepared.id.hex[:8]}.{format_}"
        written = write_export(prepared, format_, path, pack)
        sent, media_type, digest = path, MEDIA_TYPES[format_], written.sha256
        if submitted.text("card") == "yes":
            sent, media_type = _with_card(prepared, written), "application/zip"
            with sent.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        record_export(session, request.user, prepared, format_, written, at)
        session.commit()
    except BaseException:
        folder.cleanup()
        raise
    return Stream(
        _contents(sent, folder),
        media_type=media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{sent.name}"',
            "Content-Length": str(sent.stat().st_size),
            "Digest": f"sha-256={digest}",
        },
    )


def _with_card(prepared: Prepared, written: Written) -> Path:
    """A ZIP of the file and the card that says what it holds, of when, for whom, its digest and what each column means."""
    card = write_meta(prepared.columns, prepared.about, written)
    together = written.path.with_name(written.path.name + ".zip")
    with zipfile.ZipFile(together, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in (written.path, card):
            archive.write(part, part.name)
    return together


def _contents(path: Path, folder: "tempfile.TemporaryDirectory[str]") -> Iterator[bytes]:
    """The file in pieces; it is gone once it was sent, or the person went away."""
    try:
        with path.open("rb") as stream:
            while piece := stream.read(CHUNK):
                yield piece
    finally:
        folder.cleanup()


def routes() -> list[Any]:
    return [export_portfolio, *import_routes.routes()]
