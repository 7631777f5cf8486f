"""CSV that a spreadsheet cannot be made to run: UTF-8, RFC 4180 (CRLF, quotes doubled), names of columns in the first
row.

A text that a spreadsheet would take for a formula gets an apostrophe before its first sign. So does one that would
become a formula if the file were cut at semicolons or at line ends, as a Spanish or Portuguese Excel does with a
comma-separated file. Numbers stay numbers: amounts as decimals with a point (never a thousands separator), dates as
ISO 8601, instants in UTC.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from portfolio.db.money import minor_digits
from portfolio.documents.out_columns import Column, ColumnKind, Data, Totals, Written, batches

_TRIGGERS = "=+\\-@\uff1d\uff0b\uff0d\uff20"  # the last four are the full-width forms
_LEADING = rf"^([{_TRIGGERS}\t\r\n])"
_INNER = rf"([;\r\n\t][ \t\"']*)([{_TRIGGERS}])"


def write_csv(columns: Sequence[Column], data: Data, path: Path, *, bom: bool = False) -> Written:
    """Write a frame or rows (see `Data`). `bom` puts the mark that makes Excel read accents; `data_sha256` is without
    it.
    """
    totals, rows = Totals(), 0
    digest = hashlib.sha256()
    mark = b"\xef\xbb\xbf" if bom else b""
    whole = hashlib.sha256(mark)
    with path.open("wb") as stream:
        stream.write(mark)
        for number, batch in enumerate(batches(columns, data)):
            content = csv_bytes(columns, batch, header=number == 0)
            stream.write(content)
            digest.update(content)
            whole.update(content)
            totals.add(columns, batch)
            rows += batch.height
    return Written(path, rows, whole.hexdigest(), digest.hexdigest(), totals)


def csv_bytes(columns: Sequence[Column], batch: pl.DataFrame, *, header: bool) -> bytes:
    """One clean batch (from `batches`) as CSV. These bytes, all batches after one another, are what `data_sha256`
    digests.
    """
    shown = batch.select(_as_text(column, batch) for column in columns)
    text: str = shown.write_csv(include_header=header, line_terminator="\r\n", quote_style="necessary")
    return text.encode("utf-8")


def guarded(text: pl.Expr) -> pl.Expr:
    """The same text, harmless in a spreadsheet."""
    return text.str.replace_all(_INNER, "${1}'${2}").str.replace(_LEADING, "'${1}")


def decimal_text(name: str, currency_column: str, batch: pl.DataFrame) -> pl.Expr:
    """Minor units as exact decimals with the decimals of each row's currency."""
    currencies = batch.get_column(currency_column).unique().drop_nulls().to_list()
    by_digits: dict[int, list[str]] = {}
    for currency in currencies:
        by_digits.setdefault(minor_digits(currency), []).append(currency)
    shown: pl.Expr = pl.lit(None, dtype=pl.String)
    for digits, members in by_digits.items():
        shown = pl.when(pl.col(currency_column).is_in(members)).then(_divided(pl.col(name), digits)).otherwise(shown)
    return shown.alias(name)


def _divided(minor: pl.Expr, digits: int) -> pl.Expr:
    if digits == 0:
        return minor.cast(pl.String)
    sign = pl.when(minor < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    whole = (minor.abs() // 10**digits).cast(pl.String)
    rest = (minor.abs() % 10**digits).cast(pl.String).str.zfill(digits)
    return pl.when(minor.is_not_null()).then(pl.concat_str(sign, whole, pl.lit("."), rest))


def _as_text(column: Column, batch: pl.DataFrame) -> pl.Expr:
    value = pl.col(column.name)
    match column.kind:
        case ColumnKind.TEXT:
            return guarded(value)
        case ColumnKind.MONEY:
            return decimal_text(column.name, column.currency_column, batch)
        case ColumnKind.DATETIME:
            return value.dt.strftime("%Y-%m-%dT%H:%M:%SZ")
        case _:
            return value
