"""The cycle book in Word: the tables that every budget office prints, and the conditions. Made of frames, nothing is read here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from portfolio.documents.docx_out import WordDocument
from portfolio.documents.out_columns import About, Column, ColumnKind
from portfolio.i18n import gettext as _
from portfolio.i18n import pgettext
from portfolio.packs.schema import CountryPack
from portfolio.reports import cycle

TEXT, MONEY, INTEGER = ColumnKind.TEXT, ColumnKind.MONEY, ColumnKind.INTEGER


@dataclass(frozen=True, slots=True)
class BookData:
    """`frame` as of `portfolio_frame.with_words`; `before` the figures of the last version, or nothing for the first one."""

    frame: pl.DataFrame
    asked: pl.DataFrame
    entries: pl.DataFrame
    conditions: Sequence[tuple[str, ...]]
    before: Mapping[str, Sequence[Any]] | None
    before_on: str = ""


def cycle_book(about: About, data: BookData, pack: CountryPack, export_id: str, data_sha256: str) -> WordDocument:
    """Fill a document in the reader's language. `data_sha256` is of the same rows as CSV: it ties the formats together."""
    book = WordDocument(about.title, about.as_at)
    book.heading(about.title, 0)
    book.facts(
        [
            (_("Figures as at"), f"{about.as_at:%Y-%m-%d %H:%M} UTC"),
            (_("Asked by"), about.asked_by),
            (_("Export"), export_id),
            *about.filters,
            (_("Initiatives"), str(data.frame.height)),
        ]
    )
    book.paragraph(
        _("Amounts of different currencies are never added up. A blank amount is not known, which is not zero.")
    )
    _summary(book, data, pack)
    _lines_and_years(book, data, pack)
    book.heading(_("Requested, recommended, decided, committed"))
    book.table(_("Amounts by initiative"), _sheet_columns(), cycle.side_by_side(data.frame), with_totals=True)
    _changes(book, data)
    _conditions(book, data)
    book.footer(data_sha256, "")
    return book


def _amounts() -> list[Column]:
    return [
        Column("requested", _("Requested"), MONEY),
        Column("recommended", _("Recommended"), MONEY),
        Column("decided", _("Decided"), MONEY),
        Column("committed", _("Committed"), MONEY),
    ]


def _summary(book: WordDocument, data: BookData, pack: CountryPack) -> None:
    book.heading(_("By institution and programme"))
    columns = [
        Column("institution", _("Institution"), TEXT),
        Column("theme", _("Programme or theme"), TEXT),
        Column("currency", _("Currency"), TEXT),
        Column("initiatives", _("Initiatives"), INTEGER),
        Column("without", _("Without an amount"), INTEGER),
        *_amounts(),
    ]
    rows = cycle.by_institution_and_theme(data.frame)
    book.table(_("Amounts by institution and programme"), columns, rows, with_totals=True)


def _lines_and_years(book: WordDocument, data: BookData, pack: CountryPack) -> None:
    given = [Column("firm", _("Firm"), MONEY), Column("indicative", _("Indicative"), MONEY)]
    book.heading(_("By budget line"))
    names = {code: f"{code} {line.label}" for code, line in pack.budget_lines.items()}
    lines = cycle.by_budget_line(data.asked, data.entries).with_columns(
        pl.col("budget_line").replace(names | {"": _("Without a budget line")})
    )
    columns = [
        Column("budget_line", _("Budget line"), TEXT),
        Column("currency", _("Currency"), TEXT),
        Column("cost", _("Cost of the cases"), MONEY),
        *given,
    ]
    book.table(_("Costs and decisions by budget line"), columns, lines, with_totals=True)
    book.heading(_("By fiscal year"))
    years = [Column("fiscal_year", _("Fiscal year"), TEXT), Column("currency", _("Currency"), TEXT), *given]
    by_year = cycle.by_year(data.entries).with_columns(pl.col("fiscal_year").cast(pl.String))
    book.table(_("Decided amounts by fiscal year"), years, by_year, with_totals=True)


def _sheet_columns() -> list[Column]:
    return [
        Column("number", _("Number"), TEXT),
        Column("title", _("Initiative"), TEXT),
        Column("institution", _("Institution"), TEXT),
        Column("state_words", _("State"), TEXT),
        Column("currency", _("Currency"), TEXT),
        *_amounts(),
    ]


def _changes(book: WordDocument, data: BookData) -> None:
    book.heading(_("Changes since the last version"))
    if data.before is None:
        book.paragraph(_("This is the first version."))
        return
    found = cycle.changes(data.frame, data.before)
    if found.is_empty():
        book.paragraph(_("Nothing has changed since the version of %(when)s.") % {"when": data.before_on})
        return
    words = {"new": pgettext("case", "New"), "gone": _("No longer there"), "changed": _("Changed")}
    columns = [
        Column("number", _("Number"), TEXT),
        Column("change", _("Change"), TEXT),
        Column("currency", _("Currency"), TEXT),
        Column("requested_before", _("Requested, before"), MONEY),
        Column("requested_now", _("Requested, now"), MONEY),
        Column("recommended_before", _("Recommended, before"), MONEY),
        Column("recommended_now", _("Recommended, now"), MONEY),
        Column("decided_before", _("Decided, before"), MONEY),
        Column("decided_now", _("Decided, now"), MONEY),
    ]
    caption = _("Changes since the version of %(when)s") % {"when": data.before_on}
    book.table(caption, columns, found.with_columns(pl.col("change").replace(words)))


def _conditions(book: WordDocument, data: BookData) -> None:
    book.heading(_("Conditions"))
    if not data.conditions:
        book.paragraph(_("No conditions."))
        return
    titles = (_("Number"), _("Condition"), _("Owner"), _("Evidence"), _("Due"), _("State"))
    columns = [Column(f"c{place}", title, TEXT) for place, title in enumerate(titles)]
    book.table(_("Conditions of the opinions"), columns, data.conditions)
