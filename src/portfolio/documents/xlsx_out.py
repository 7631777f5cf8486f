"""Workbooks for the budget office: typed cells, no live formula, no live link, and a second sheet that explains the
first.

Every text is written as a text. What a cell cannot hold is said on the second sheet: a number of more than 15 digits
is written as text (a spreadsheet would round it), a text of more than 32,767 characters is cut.
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from portfolio.db.money import Money, minor_digits
from portfolio.documents.csv_out import csv_bytes
from portfolio.documents.out_columns import About, Column, ColumnKind, Data, Totals, Written, batches
from portfolio.errors import Refused
from portfolio.i18n import gettext as _

MAX_ROWS = 1_048_575
"""What a sheet holds below its header."""

LONGEST_TEXT = 32_767
_EXACT_BELOW = 10**15
_MOST_NOTES = 50
_EPOCH = date(1899, 12, 30)
_FIRST_SAFE_DAY = date(1900, 3, 1)  # earlier ones are off by one: spreadsheets count a 29 February 1900
_WIDTHS = {ColumnKind.TEXT: 28, ColumnKind.MONEY: 20, ColumnKind.DATETIME: 20}

Put = Callable[[int, int, Any], None]


class _Cells:
    """Writes the cells of one sheet, each kind in its way, and notes what could not be written as it is."""

    def __init__(self, book: Any, sheet: Any) -> None:
        self.sheet = sheet
        self.notes: list[str] = []
        self.unnoted = 0
        self._book = book
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._share = book.add_format({"num_format": "0.0%"})
        self._money: dict[str, tuple[int, Any]] = {}

    def put_for(self, kind: ColumnKind) -> Put:
        """The function that writes one value of a column of this kind."""
        puts: dict[ColumnKind, Put] = {
            ColumnKind.TEXT: self._put_text,
            ColumnKind.INTEGER: self._put_integer,
            ColumnKind.MONEY: self._put_money,
            ColumnKind.DATE: self._put_date,
            ColumnKind.DATETIME: self._put_instant,
            ColumnKind.PERCENT: self._put_percent,
            ColumnKind.BOOLEAN: self.sheet.write_boolean,
        }
        return puts[kind]

    def _put_text(self, row: int, index: int, value: str) -> None:
        if len(value) > LONGEST_TEXT:
            self._note(row, index, _("text cut, a cell holds at most 32,767 characters"))
            value = value[: LONGEST_TEXT - 1] + "…"
        self.sheet.write_string(row, index, value)

    def _put_integer(self, row: int, index: int, value: int) -> None:
        if abs(value) < _EXACT_BELOW:
            self.sheet.write_number(row, index, value)
        else:
            self._put_wide(row, index, str(value))

    def _put_money(self, row: int, index: int, value: dict[str, Any]) -> None:
        minor, currency = value["minor"], value["currency"]
        if abs(minor) < _EXACT_BELOW:
            divisor, shown = self._money_format(currency)
            self.sheet.write_number(
                row, index, minor / divisor, shown
            )  # of two integers: the float nearest to the amount
        else:
            self._put_wide(row, index, f"{Money(currency, minor).amount:f}")

    def _put_wide(self, row: int, index: int, text: str) -> None:
        self._note(row, index, _("written as text, a cell holds only 15 digits exactly"))
        self.sheet.write_string(row, index, text)

    def _put_date(self, row: int, index: int, value: date) -> None:
        if value >= _FIRST_SAFE_DAY:
            self.sheet.write_number(row, index, (value - _EPOCH).days, self._day)
        else:
            self.sheet.write_string(row, index, value.isoformat())

    def _put_instant(self, row: int, index: int, value: datetime) -> None:
        if value.date() >= _FIRST_SAFE_DAY:
            seconds = value.hour * 3600 + value.minute * 60 + value.second
            self.sheet.write_number(row, index, (value.date() - _EPOCH).days + seconds / 86_400, self._instant)
        else:
            self.sheet.write_string(row, index, value.isoformat())

    def _put_percent(self, row: int, index: int, value: float) -> None:
        self.sheet.write_number(row, index, value, self._share)

    def _money_format(self, currency: str) -> tuple[int, Any]:
        if currency not in self._money:
            digits = minor_digits(currency)
            pattern = "#,##0" + ("." + "0" * digits if digits else "")
            self._money[currency] = (10**digits, self._book.add_format({"num_format": pattern}))
        return self._money[currency]

    def _note(self, row: int, index: int, text: str) -> None:
        if len(self.notes) < _MOST_NOTES:
            self.notes.append(f"{xl_rowcol_to_cell(row, index)}: {text}")
        else:
            self.unnoted += 1


def write_xlsx(columns: Sequence[Column], data: Data, path: Path, about: About) -> Written:
    """Write a frame or rows (see `Data`) in constant memory. Raises `Refused` for more rows than a sheet holds.

    Sheet 1 has the titles of the columns in a frozen row with filters; sheet 2 the dictionary. Instants are UTC.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    totals, rows = Totals(), 0
    digest = hashlib.sha256()
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": about.title, "created": about.as_at.astimezone(UTC).replace(tzinfo=None)})
        cells = _Cells(book, book.add_worksheet(_("Data")))
        dictionary = book.add_worksheet(_("Dictionary"))
        _write_header(book, cells.sheet, columns)
        puts = [cells.put_for(column.kind) for column in columns]
        for number, batch in enumerate(batches(columns, data)):
            if rows + batch.height > MAX_ROWS:
                raise Refused(
                    _("A sheet holds at most %(rows)d rows; narrow the filter or export as CSV") % {"rows": MAX_ROWS}
                )
            digest.update(csv_bytes(columns, batch, header=number == 0))
            _write_rows(columns, puts, batch, rows + 1)
            totals.add(columns, batch)
            rows += batch.height
        cells.sheet.autofilter(0, 0, max(rows, 1), max(len(columns) - 1, 0))
        _write_dictionary(book, dictionary, columns, _facts(about, rows, digest.hexdigest(), totals), cells)
    with path.open("rb") as stream:
        whole = hashlib.file_digest(stream, "sha256").hexdigest()
    return Written(path, rows, whole, digest.hexdigest(), totals)


def _write_header(book: Any, sheet: Any, columns: Sequence[Column]) -> None:
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    for index, column in enumerate(columns):
        sheet.set_column(index, index, _WIDTHS.get(column.kind, 14))
        sheet.write_string(0, index, column.title, bold)
    sheet.freeze_panes(1, 0)


def _write_rows(columns: Sequence[Column], puts: Sequence[Put], batch: pl.DataFrame, first: int) -> None:
    """A money value goes with its currency, the others alone; nothing at all is an empty cell."""
    shown = batch.select(_prepared(column) for column in columns)
    for row, values in enumerate(shown.iter_rows(), first):
        for index, value in enumerate(values):
            if value is not None:
                puts[index](row, index, value)


def _prepared(column: Column) -> pl.Expr:
    value = pl.col(column.name)
    if column.kind is ColumnKind.DATETIME:
        return value.dt.replace_time_zone(None)
    if column.kind is ColumnKind.MONEY:
        pair = pl.struct(value.alias("minor"), pl.col(column.currency_column).alias("currency"))
        return pl.when(value.is_not_null()).then(pair).alias(column.name)
    return value


def _facts(about: About, rows: int, digest: str, totals: Totals) -> list[tuple[str, str]]:
    facts = [
        (_("Export"), about.title),
        (_("Figures as at"), about.as_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")),
        (_("Asked by"), about.asked_by),
        (_("Rows"), str(rows)),
        (_("Digest of the data (SHA-256 of the same rows as CSV)"), digest),
    ]
    facts += [(_("Filter: %(name)s") % {"name": name}, value) for name, value in about.filters] or [
        (_("Filter"), _("none, everything that the person may see"))
    ]
    for name, sums in totals.as_text().items():
        facts += [
            (_("Total of %(column)s, %(currency)s") % {"column": name, "currency": c}, s) for c, s in sums.items()
        ]
    return facts


def _write_dictionary(
    book: Any, page: Any, columns: Sequence[Column], facts: list[tuple[str, str]], cells: _Cells
) -> None:
    bold = book.add_format({"bold": True})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    page.set_column(0, 0, 44)
    page.set_column(1, 3, 36)
    lines: list[tuple[tuple[str, ...], Any]] = [(fact, wrap) for fact in facts]
    lines += [((), None), ((_("Column"), _("Title"), _("Kind"), _("Description")), bold)]
    lines += [((c.name, c.title, _kind_words(c.kind), c.description), wrap) for c in columns]
    if cells.notes:
        lines += [((), None), ((_("Notes"),), bold), *(((note,), None) for note in cells.notes)]
    if cells.unnoted:
        lines.append(((_("and %(count)d more") % {"count": cells.unnoted},), None))
    for row, (texts, cell_format) in enumerate(lines):
        for index, text in enumerate(texts):
            page.write_string(row, index, text[:LONGEST_TEXT], cell_format)


def _kind_words(kind: ColumnKind) -> str:
    return {
        ColumnKind.TEXT: _("Text"),
        ColumnKind.INTEGER: _("Whole number"),
        ColumnKind.MONEY: _("Amount, in the currency of its row"),
        ColumnKind.DATE: _("Date"),
        ColumnKind.DATETIME: _("Date and time (UTC)"),
        ColumnKind.PERCENT: _("Percentage"),
        ColumnKind.BOOLEAN: _("Yes or no"),
    }[kind]
