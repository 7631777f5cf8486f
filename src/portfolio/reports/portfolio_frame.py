"""The portfolio as a frame: a named view with a fixed list of columns, scoped by the viewer's mandate (security.md T8).

SQL picks rows, scope and filter, and nothing else; words are put in by Polars.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import polars as pl
from sqlalchemy import Integer, Select, String, case, cast, null, select, text, type_coerce
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.business_cases.terms import CaseStatus
from portfolio.documents.out_columns import Column, ColumnKind
from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.packs.schema import CountryPack
from portfolio.people.models import Institution
from portfolio.people.permissions import Reach
from portfolio.people.viewer import Viewer
from portfolio.projects.filters import matching
from portfolio.projects.models import Initiative
from portfolio.projects.terms import IMPORTED, ProjectStage
from portfolio.reports.asked import Asked, state_words
from portfolio.reports.embargo import HIDDEN, decision_shown
from portfolio.reports.scope import initiatives_visible_to
from portfolio.strategy.models import Call

SCHEMA = pl.Schema(
    {
        "initiative": pl.String(),
        "number": pl.String(),
        "source": pl.String(),
        "source_key": pl.String(),
        "source_ordinal": pl.Int64(),
        "title": pl.String(),
        "institution": pl.String(),
        "institution_verified": pl.Boolean(),
        "call": pl.String(),
        "fiscal_year": pl.Int64(),
        "theme": pl.String(),
        "state": pl.String(),
        "stage": pl.String(),
        "currency": pl.String(),
        "requested": pl.Int64(),
        "requested_state": pl.String(),
        "requested_note": pl.String(),
        "recommended": pl.Int64(),
        "decided": pl.Int64(),
        "committed": pl.Int64(),
        "as_at": pl.Date(),
    }
)
"""Columns and types of `portfolio_frame`: codes for state, stage and requested_state; money in minor units of `currency`."""

AMOUNTS = ("requested", "recommended", "decided", "committed")
OVERSIGHT, INSTITUTION = "portfolio-oversight", "portfolio-institution"
NOT_FOR_INSTITUTIONS = frozenset({"institution_verified", "source_key", "source_ordinal"})


def view_of(viewer: Viewer) -> str:
    """The named view of this viewer's mandate; the request has no say in it."""
    sees_all = viewer.reaches(Reach.SUBMITTED) or viewer.reaches(Reach.EVERYTHING)
    return OVERSIGHT if sees_all else INSTITUTION


BATCH = 10_000
"""Rows that are held as Python objects at a time."""


def portfolio_frame(session: Session, viewer: Viewer, asked: Asked, now: datetime, most: int) -> pl.DataFrame:
    """What the viewer may see that the filter finds, with the columns of `SCHEMA`; by institution, the oldest first.

    One row more than `most` says that there are too many. Decisions under an embargo are not in it for whom they are kept
    from: state `under_embargo`, amounts missing.
    """
    query = _query(session, viewer, asked, now).limit(most + 1).execution_options(yield_per=BATCH)
    with _small_cache(session):
        parts = [pl.DataFrame(schema=SCHEMA)]
        for rows in session.connection().execute(query).partitions():
            parts.append(_typed(rows))
    return pl.concat(parts, rechunk=False)


_DAYS = [name for name, kind in SCHEMA.items() if kind == pl.Date()]
_TRUTHS = [name for name, kind in SCHEMA.items() if kind == pl.Boolean()]
_AS_READ = {**SCHEMA, **dict.fromkeys(_DAYS, pl.String()), **dict.fromkeys(_TRUTHS, pl.Int64())}
"""Days come as text and truth values as 0 or 1: no Python object is made of any of two million values."""


def _typed(rows: Sequence[Sequence[Any]]) -> pl.DataFrame:
    values = dict(zip(SCHEMA, zip(*rows, strict=True), strict=True))
    read = pl.DataFrame(values, schema=_AS_READ)
    return read.with_columns(pl.col(_DAYS).str.to_date("%Y-%m-%d"), pl.col(_TRUTHS).cast(pl.Boolean()))


@contextmanager
def _small_cache(session: Session) -> Iterator[None]:
    """A walk over everything reads each page of SQLite once: the 64 MB that a connection may keep serve it nothing."""
    if session.get_bind().dialect.name != "sqlite":
        yield
        return
    usual = session.scalar(text("PRAGMA cache_size"))
    session.execute(text("PRAGMA cache_size = -4000"))
    try:
        yield
    finally:
        session.execute(text(f"PRAGMA cache_size = {int(usual)}"))


def _where(session: Session, query: Select[Any], viewer: Viewer, asked: Asked, now: datetime) -> Select[Any]:
    found = query.where(initiatives_visible_to(viewer), *matching(session, asked.filter))
    return found.where(decision_shown(viewer, now)) if asked.filter.state else found


def _query(session: Session, viewer: Viewer, asked: Asked, now: datetime) -> Select[Any]:
    shown = decision_shown(viewer, now)
    query = (
        select(
            _plain(Initiative.id),
            col(Initiative.reference),
            col(Initiative.source),
            col(Initiative.source_key),
            col(Initiative.source_ordinal),
            col(Initiative.title),
            col(Institution.name),
            cast(col(Institution.is_verified), Integer),
            col(Call.title),
            col(Call.fiscal_year),
            col(Initiative.theme),
            case((shown, col(Initiative.state)), else_=HIDDEN),
            type_coerce(col(Initiative.stage), String),
            col(Initiative.currency),
            col(Initiative.requested_minor),
            type_coerce(col(Initiative.requested_state), String),
            col(Initiative.requested_note),
            col(Initiative.recommended_minor),
            case((shown, col(Initiative.decided_minor)), else_=null()),
            case((shown, col(Initiative.committed_minor)), else_=null()),
            cast(col(Initiative.as_at), String),
        )
        .join(Institution, col(Institution.id) == col(Initiative.institution_id))
        .join(Call, col(Call.id) == col(Initiative.call_id), isouter=True)
        .order_by(col(Initiative.institution_key), col(Initiative.id))  # one index: nothing is sorted in memory
    )
    return _where(session, query, viewer, asked, now)


def _plain(column: Any) -> Any:
    """The id as text without making an object of each: dashes or none, as the database keeps it."""
    return cast(col(column), String)


def columns_of(viewer: Viewer) -> list[Column]:
    """The columns of the viewer's named view, in the reader's language: stable names, titles, descriptions."""
    money, words, whole = ColumnKind.MONEY, ColumnKind.TEXT, ColumnKind.INTEGER
    every = [
        Column("number", _("Number"), words, _("Number of the initiative, or its identifier in the source")),
        Column("source", _("Source"), words, _("“portfolio” for what was submitted here, else the source imported")),
        Column("source_key", _("Key in the source"), words, _("The key columns of the source, as a JSON list")),
        Column("source_ordinal", _("Repeat"), whole, _("0, or the ordinal of a row that repeats a key")),
        Column("title", _("Title"), words, _("May be missing in the source")),
        Column("institution", _("Institution"), words, _("The institution that answers for it")),
        Column("institution_verified", _("Verified"), ColumnKind.BOOLEAN, _("No: only an imported file names it")),
        Column("call", _("Call"), words, _("The budget cycle; blank for imported ones")),
        Column("fiscal_year", _("Fiscal year"), whole, _("Of the call")),
        Column("theme", _("Theme"), words, _("Of the strategy's action line, or of the source")),
        Column("state", _("State"), words, _("Code of the state")),
        Column("state_words", _("State in words"), words, _("The state in the reader's language")),
        Column("stage", _("Stage"), words, _("Stage of delivery")),
        Column("currency", _("Currency"), words, _("ISO 4217; amounts of different currencies do not add up")),
        Column("requested", _("Requested"), money, _("Asked of the budget office, or the source's whole-life budget")),
        Column("requested_state", _("What is known of it"), words, _("known, missing, exempt, words or unreadable")),
        Column("requested_note", _("Words in its place"), words, _("What stood where the amount should be")),
        Column("recommended", _("Recommended"), money, _("By the directive body's signed opinion")),
        Column("decided", _("Decided"), money, _("By the budget office, confirmed; blank under an embargo")),
        Column("committed", _("Committed"), money, _("Against its approval codes")),
        Column("as_at", _("As at"), ColumnKind.DATE, _("Date of the newest observation of an import")),
    ]
    return [c for c in every if view_of(viewer) == OVERSIGHT or c.name not in NOT_FOR_INSTITUTIONS]


def with_words(frame: pl.DataFrame, pack: CountryPack) -> pl.DataFrame:
    """The frame with `state_words`, and stage and theme in the reader's words."""
    states = {HIDDEN: _("Decision not published yet"), IMPORTED: state_words(IMPORTED)}
    states |= {status.value: state_words(status.value) for status in CaseStatus}
    stages = {stage.value: label(stage) for stage in ProjectStage}
    themes = {str(code): str(choice.label) for code, choice in pack.themes.items()}
    return frame.with_columns(
        pl.col("state").replace(states).alias("state_words"),
        pl.col("stage").replace(stages),
        pl.col("theme").replace(themes),
    )


def figures_of(frame: pl.DataFrame) -> dict[str, Sequence[Any]]:
    """What a later cycle book compares with: initiative → number, state, currency and the four amounts."""
    rows = frame.select("initiative", "number", "state", "currency", *AMOUNTS).iter_rows()
    return {row[0]: list(row[1:]) for row in rows}
