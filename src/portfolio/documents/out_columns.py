"""What an export is made of, whatever its format: typed columns, batches of clean rows, exact totals.

Money is Int64 minor units beside a column with its currency (ISO 4217); each writer divides it at the edge, without a
float in between. Text loses what no reader sees (control characters, marks that turn the reading direction): they
serve only to hide.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl

from portfolio.db.money import Money

BATCH_ROWS = 20_000

Data = pl.DataFrame | Iterable[tuple[Any, ...]]
"""A frame that has the columns by name (others are ignored), or rows with one value a column, in their order."""


class ColumnKind(Enum):
    """What a column holds; a frame holds it as `DTYPES` says."""

    TEXT = "text"
    INTEGER = "integer"
    MONEY = "money"
    DATE = "date"
    DATETIME = "datetime"
    PERCENT = "percent"
    BOOLEAN = "boolean"


DTYPES: dict[ColumnKind, pl.DataType] = {
    ColumnKind.TEXT: pl.String(),
    ColumnKind.INTEGER: pl.Int64(),
    ColumnKind.MONEY: pl.Int64(),
    ColumnKind.DATE: pl.Date(),
    ColumnKind.DATETIME: pl.Datetime("us", "UTC"),
    ColumnKind.PERCENT: pl.Float64(),
    ColumnKind.BOOLEAN: pl.Boolean(),
}
"""Money in minor units; percent as a fraction (0.25 is 25 %); instants aware."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an export. `name` is stable and machine-readable, `title` and `description` are in the reader's
    language.
    """

    name: str
    title: str
    kind: ColumnKind = ColumnKind.TEXT
    description: str = ""
    currency_column: str = "currency"


@dataclass(frozen=True, slots=True)
class About:
    """What an export says of itself: the filter in the reader's words, the date of the figures, and who asked."""

    title: str
    as_at: datetime
    asked_by: str
    filters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """A finished export. `sha256` is of the file; `data_sha256` of the same data as CSV, so that formats can be
    compared.
    """

    path: Path
    rows: int
    sha256: str
    data_sha256: str
    totals: "Totals"


@dataclass(slots=True)
class Totals:
    """Sums by money column and currency, in minor units; never across currencies."""

    minor: dict[str, dict[str, int]] = field(default_factory=dict)

    def add(self, columns: Sequence[Column], batch: pl.DataFrame) -> None:
        for column in money_columns(columns):
            sums = self.minor.setdefault(column.name, defaultdict(int))
            grouped = batch.group_by(column.currency_column).agg(_exact_sum(column.name)).drop_nulls()
            for currency, high, low in grouped.iter_rows():
                sums[currency] += high * _LIMB + low

    def amount(self, name: str, currency: str) -> Decimal:
        """In major units."""
        return Money(currency, self.minor[name][currency]).amount

    def as_text(self) -> dict[str, dict[str, str]]:
        """Major units with the currency's decimals, ordered by currency."""
        return {
            name: {currency: f"{Money(currency, sums[currency]).amount:f}" for currency in sorted(sums)}
            for name, sums in self.minor.items()
        }


def batches(columns: Sequence[Column], data: Data) -> Iterator[pl.DataFrame]:
    """Clean frames with exactly these columns and types, at most `BATCH_ROWS` rows each; at least one, perhaps empty.

    Raises `ValueError` for a money column without its currency column or an amount without a currency, and whatever
    Polars raises for a value of another type.
    """
    _check(columns)
    for raw in _raw_batches(columns, data):
        batch = raw.select(_clean(column) for column in columns)
        for column in money_columns(columns):
            if batch.select(
                (pl.col(column.name).is_not_null() & pl.col(column.currency_column).is_null()).any()
            ).item():
                raise ValueError(f"{column.name}: an amount without a currency")
        yield batch


def money_columns(columns: Sequence[Column]) -> list[Column]:
    return [column for column in columns if column.kind is ColumnKind.MONEY]


def clean_text(text: str) -> str:
    """Text without what cannot be seen: the same characters that `batches` takes out of text columns."""
    return _UNSEEN.sub("", text)


_UNSEEN_CLASS = (
    r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F"
    "\u200b\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"  # zero width space, direction marks, BOM, non-characters
)
_UNSEEN = re.compile(_UNSEEN_CLASS.replace("]", "\ud800-\udfff]"))  # a lone surrogate never gets into a frame

_LIMB = 10**9


def _exact_sum(name: str) -> list[pl.Expr]:
    """High and low limbs apart: the sum of many wide amounts would overflow Int64 without a word."""
    return [(pl.col(name) // _LIMB).sum().alias("high"), (pl.col(name) % _LIMB).sum().alias("low")]


def _check(columns: Sequence[Column]) -> None:
    names = [column.name for column in columns]
    if len(set(names)) != len(names):
        raise ValueError("two columns of one name")
    for column in money_columns(columns):
        if column.currency_column not in names:
            raise ValueError(f"{column.name}: the export has no column {column.currency_column!r} with its currency")


def _raw_batches(columns: Sequence[Column], data: Data) -> Iterator[pl.DataFrame]:
    schema = {column.name: DTYPES[column.kind] for column in columns}
    if isinstance(data, pl.DataFrame):
        frame = data.select(pl.col(column.name).cast(DTYPES[column.kind]) for column in columns)
        yield from frame.iter_slices(BATCH_ROWS) if frame.height else [frame]
        return
    rows = iter(data)
    chunk = list(islice(rows, BATCH_ROWS))
    yield pl.DataFrame(chunk, schema=schema, orient="row")
    while chunk := list(islice(rows, BATCH_ROWS)):
        yield pl.DataFrame(chunk, schema=schema, orient="row")


def _clean(column: Column) -> pl.Expr:
    value = pl.col(column.name)
    if column.kind is ColumnKind.TEXT:
        return value.str.replace_all(_UNSEEN_CLASS, "")
    if column.kind is ColumnKind.PERCENT:
        return pl.when(value.is_finite()).then(value)
    return value
