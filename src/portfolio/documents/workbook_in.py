"""One sheet of a workbook to records: values as stored, dates and numbers as canonical text, no formula computed."""

import io
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import openpyxl

from portfolio.documents.delimited import Record
from portfolio.documents.findings import Reason
from portfolio.documents.terms import Why
from portfolio.errors import Refused
from portfolio.i18n import gettext as _

MAX_UNPACKED = 400_000_000
"""Bytes of a workbook once unpacked: a few kilobytes can hold gigabytes."""


def workbook_records(
    data: bytes, sheet: str | None, max_rows: int, max_columns: int
) -> tuple[list[Record], str, list[Reason]]:
    """Records of one sheet (by name; else the first visible one), its name and notes. Raises `Refused`."""
    _check_size(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns about styles and extensions, which hold no data
        try:
            values = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            formulas = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False)
            try:
                name, notes = _pick(values, sheet)
                return _collect(values[name], formulas[name], max_rows, max_columns), name, notes
            finally:
                values.close()
                formulas.close()
        except Refused:
            raise
        except Exception as error:  # openpyxl answers a damaged file with whatever broke first
            raise Refused(_("The workbook is damaged and cannot be read.")) from error


def _check_size(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(item.file_size for item in archive.infolist())
    except zipfile.BadZipFile as error:
        raise Refused(_("The workbook is damaged and cannot be read.")) from error
    if unpacked > MAX_UNPACKED:
        raise Refused(_("The workbook is too large once unpacked."))


def _pick(book: Any, sheet: str | None) -> tuple[str, list[Reason]]:
    visible = [one.title for one in book.worksheets if one.sheet_state == "visible"]
    if sheet is not None and sheet not in book.sheetnames:
        raise Refused(_("The workbook has no sheet “%(sheet)s”.") % {"sheet": sheet})
    if sheet is None and not visible:
        raise Refused(_("The workbook has no visible sheet."))
    name = sheet if sheet is not None else visible[0]
    others = [other for other in visible if other != name]
    return name, [Reason.of(Why.OTHER_SHEETS, sheet=name, others=", ".join(others))] if others else []


def _collect(values: Any, formulas: Any, max_rows: int, max_columns: int) -> list[Record]:
    found: list[Record] = []
    pairs = zip(_rows(values, max_columns), _rows(formulas, max_columns), strict=True)
    for number, (row, written) in enumerate(pairs, start=1):
        if number > max_rows:
            raise Refused(_("The table has more than %(limit)s rows.") % {"limit": max_rows})
        found.append(_record(number, row, written))
    while found and not any(found[-1].cells):  # formatted but empty rows below the table are not data
        found.pop()
    width = max((len(record.cells) for record in found), default=0)
    for record in found:  # a sheet has no ragged rows; only its file leaves empty cells out
        record.cells += [""] * (width - len(record.cells))
    return found


def _rows(sheet: Any, max_columns: int) -> Iterator[Sequence[Any]]:
    sheet.reset_dimensions()  # the stored size is often wrong
    for row in sheet.iter_rows(values_only=True):
        if len(row) > max_columns and any(value is not None for value in row[max_columns:]):
            raise Refused(_("The table has more than %(limit)s columns.") % {"limit": max_columns})
        yield row[:max_columns]


def _record(number: int, row: Sequence[Any], written: Sequence[Any]) -> Record:
    cells: list[str] = []
    typed: set[int] = set()
    for at, value in enumerate(row):
        if value is None and at < len(written) and isinstance(written[at], str) and written[at].startswith("="):
            value = written[at]  # a formula without a stored result: shown as it is, so that it is not taken as blank
        text, is_typed = _text(value)
        cells.append(text)
        if is_typed:
            typed.add(at)
    return Record(number, cells, frozenset(typed))


def _text(value: Any) -> tuple[str, bool]:
    if value is None:
        return "", False
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), False
    if isinstance(value, int | float):
        # A spreadsheet keeps 15 significant digits; more of them would be noise of the binary number.
        return format(Decimal(format(value, ".15g")) if isinstance(value, float) else Decimal(value), "f"), True
    if isinstance(value, datetime):
        return (value.date() if value.time() == time() else value).isoformat(), True
    if isinstance(value, date):
        return value.isoformat(), True
    return str(value).replace("\x00", ""), False
