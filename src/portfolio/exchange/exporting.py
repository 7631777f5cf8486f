"""Exports of the portfolio: the same rows and figures in every format, scoped by the mandate, recorded with their digest."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.base import new_id
from portfolio.db.clock import now
from portfolio.db.engine import Database
from portfolio.documents.csv_out import write_csv
from portfolio.documents.meta import write_meta
from portfolio.documents.out_columns import About, Column, Written
from portfolio.documents.xlsx_out import write_xlsx
from portfolio.errors import Refused
from portfolio.exchange.json_out import write_json
from portfolio.exchange.models import ExportRun
from portfolio.i18n import gettext as _
from portfolio.packs.loader import load_pack
from portfolio.packs.schema import CountryPack
from portfolio.people.terms import Role
from portfolio.people.viewer import SYSTEM, Grant, Viewer
from portfolio.reports.as_at import as_known_at, end_of
from portfolio.reports.asked import Asked, in_words, narrowed_to_call
from portfolio.reports.cycle_reads import asked_by_line, conditions, decided_entries
from portfolio.reports.portfolio_frame import (
    columns_of,
    figures_of,
    portfolio_frame,
    view_of,
    with_words,
)
from portfolio.strategy.models import Call
from portfolio.web.formatting import instant

if TYPE_CHECKING:  # what writes documents is loaded for documents only
    from portfolio.reports.cycle_book import BookData

MOST_ROWS = {"csv": 1_000_000, "json": 300_000, "xlsx": 1_048_575, "docx": 5_000}
"""Rows that one export may hold, by format; a book of more pages is nobody's to read."""

SYSTEM_VIEW = replace(SYSTEM, grants=(Grant(Role.BUDGET_ANALYST, uuid.UUID(int=0)),))
"""What a command exports: what the budget office may see, which is everything submitted or imported and no draft."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """Rows and words of one export, read and not yet written: nothing here needs the database any more."""

    id: uuid.UUID
    frame: pl.DataFrame
    columns: Sequence[Column]
    about: About
    view: str
    query: str
    call_id: uuid.UUID | None
    book: "BookData | None" = field(default=None)


def prepare_export(
    session: Session,
    viewer: Viewer,
    pack: CountryPack,
    asked: Asked,
    format_: str,
    *,
    asked_by: str,
    as_at: date | None = None,
) -> Prepared:
    """Read what the viewer's mandate lets the filter find, as known now or at the end of a day.

    Raises `Refused` for more rows than the format may hold, and for a day that has not come yet.
    """
    at = now(session)
    if as_at is not None and as_at > at.astimezone(pack.zone).date():
        raise Refused(_("The date lies in the future."))
    frame = portfolio_frame(session, viewer, asked, at, MOST_ROWS[format_])
    if frame.height > MOST_ROWS[format_]:
        raise Refused(
            _("This format holds at most %(rows)s rows; narrow the filter or export as CSV.")
            % {"rows": MOST_ROWS[format_]}
        )
    export_id = new_id()
    if as_at is not None:
        frame = as_known_at(session, frame, as_at, pack.zone)
    frame = with_words(frame, pack)
    about = About(
        title=_("Portfolio of digital initiatives"),
        as_at=at if as_at is None else min(end_of(as_at, pack.zone), at),
        asked_by=asked_by,
        filters=(*in_words(session, asked), (_("Export"), str(export_id))),
    )
    return Prepared(
        id=export_id,
        frame=frame,
        columns=columns_of(viewer),
        about=about,
        view=view_of(viewer),
        query=asked.address(),
        call_id=asked.filter.call_id,
        book=_book_data(session, viewer, pack, frame, asked, view_of(viewer)) if format_ == "docx" else None,
    )


def _book_data(
    session: Session, viewer: Viewer, pack: CountryPack, frame: pl.DataFrame, asked: Asked, view: str
) -> "BookData":
    """Only what belongs to rows of the frame whose decision the viewer may know."""
    from portfolio.reports.cycle_book import BookData

    told = frame.filter(pl.col("state").is_null() | (pl.col("state") != "under_embargo"))
    every = [uuid.UUID(text) for text in frame.get_column("initiative").to_list()]
    told_ids = [uuid.UUID(text) for text in told.get_column("initiative").to_list()]
    earlier = _last_book(session, viewer, asked, view)
    return BookData(
        frame=frame,
        asked=asked_by_line(session, viewer, pack, every),
        entries=decided_entries(session, viewer, told_ids),
        conditions=conditions(session, viewer, every),
        before=earlier.figures if earlier is not None else None,
        before_on=instant(earlier.as_at) if earlier is not None else "",
    )


def _last_book(session: Session, viewer: Viewer, asked: Asked, view: str) -> ExportRun | None:
    """The last cycle book of the same call and filter in the same view. An institution compares with its own only."""
    query = select(ExportRun).where(col(ExportRun.format) == "docx", col(ExportRun.view) == view)
    if asked.filter.call_id is not None:
        query = query.where(col(ExportRun.call_id) == asked.filter.call_id)
    if view != SYSTEM_VIEW_NAME:
        query = query.where(col(ExportRun.by_person_id) == viewer.person_id)
    rows = session.scalars(query.order_by(col(ExportRun.as_at).desc(), col(ExportRun.id).desc()).limit(20))
    return next((row for row in rows if row.query.get("address") == asked.address()), None)


SYSTEM_VIEW_NAME = view_of(SYSTEM_VIEW)


def write_export(prepared: Prepared, format_: str, path: Path, pack: CountryPack) -> Written:
    """Write the file. Long work: hold no lock meanwhile."""
    if format_ == "csv":
        return write_csv(prepared.columns, prepared.frame, path, bom=True)
    if format_ == "xlsx":
        return write_xlsx(prepared.columns, prepared.frame, path, prepared.about)
    if format_ == "json":
        return write_json(prepared.columns, prepared.frame, path, prepared.about)
    return _write_book(prepared, path, pack)


def _write_book(prepared: Prepared, path: Path, pack: CountryPack) -> Written:
    """The digest of the data is that of the CSV of the same rows, written beside and thrown away."""
    from portfolio.reports.cycle_book import cycle_book

    if prepared.book is None:
        raise ValueError("an export of another format was prepared")
    aside = path.with_name(path.name + ".rows")
    try:
        rows = write_csv(prepared.columns, prepared.frame, aside)
    finally:
        aside.unlink(missing_ok=True)
    book = cycle_book(prepared.about, prepared.book, pack, str(prepared.id), rows.data_sha256)
    return replace(rows, path=path, sha256=book.save(path))


def record_export(
    session: Session, actor: Viewer, prepared: Prepared, format_: str, written: Written, asked_at: datetime
) -> ExportRun:
    """The row and the event of a finished export."""
    run = ExportRun(
        id=prepared.id,
        format=format_,
        query={"address": prepared.query, "filters": [list(pair) for pair in prepared.about.filters]},
        rows=written.rows,
        file_sha256=written.sha256,
        data_sha256=written.data_sha256,
        view=prepared.view,
        call_id=prepared.call_id,
        figures=figures_of(prepared.frame) if prepared.book is not None else {},
        as_at=prepared.about.as_at,
        created_at=asked_at,
        by_person_id=None if actor.person_id == SYSTEM.person_id else actor.person_id,
    )
    session.add(run)
    record(
        session,
        actor,
        Tag.PORTFOLIO_EXPORTED,
        run,
        format=format_,
        view=prepared.view,
        rows=written.rows,
        file=written.sha256,
    )
    return run


def export_for_system(
    database: Database,
    pack_name: str,
    format_: str,
    out: Path,
    *,
    call_id: str | None = None,
    as_at: date | None = None,
) -> ExportRun:
    """What `portfolio export portfolio` does: the file, FILE.meta.json beside it, the row and the event.

    Raises `Refused` for an unknown call, a day to come, or too many rows; `OSError` where the file cannot be written.
    """
    pack = load_pack(pack_name)
    with database.reading() as session:
        asked = _asked_for_call(session, call_id)
        prepared = prepare_export(session, SYSTEM_VIEW, pack, asked, format_, asked_by=_("the system"), as_at=as_at)
        at = now(session)
    written = write_export(prepared, format_, out, pack)
    write_meta(prepared.columns, prepared.about, written)
    with database.writing() as session:
        return record_export(session, SYSTEM, prepared, format_, written, at)


def _asked_for_call(session: Session, call_id: str | None) -> Asked:
    if call_id is None:
        return Asked()
    try:
        wanted = uuid.UUID(call_id)
    except ValueError:
        wanted = uuid.UUID(int=0)
    if session.get(Call, wanted) is None:
        raise Refused(_("There is no call %(call)s.") % {"call": call_id})
    return narrowed_to_call(wanted)
