"""JSON for machines: `{"meta": …, "projects": […]}`, amounts as decimals in text, dates in ISO 8601, missing as null."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from portfolio.documents.csv_out import csv_bytes, decimal_text
from portfolio.documents.meta import export_meta
from portfolio.documents.out_columns import About, Column, ColumnKind, Totals, Written, batches


def write_json(columns: Sequence[Column], data: pl.DataFrame, path: Path, about: About) -> Written:
    """Write the file. Its `meta` is the card of the export without the digest of the file itself, which stands beside it.

    The frame is walked twice: the card comes first in the file, and tells what only the last row knows.
    """
    totals, rows = Totals(), 0
    digest = hashlib.sha256()
    for number, batch in enumerate(batches(columns, data)):
        digest.update(csv_bytes(columns, batch, header=number == 0))
        totals.add(columns, batch)
        rows += batch.height
    written = Written(path, rows, "", digest.hexdigest(), totals)
    meta = {key: value for key, value in export_meta(columns, about, written).items() if key != "sha256"}
    whole = hashlib.sha256()
    with path.open("wb") as stream:
        for piece in _pieces(columns, data, meta):
            content = piece.encode()
            whole.update(content)
            stream.write(content)
    return Written(path, rows, whole.hexdigest(), written.data_sha256, totals)


def _pieces(columns: Sequence[Column], data: pl.DataFrame, meta: dict[str, Any]) -> Iterator[str]:
    yield '{"meta": ' + json.dumps(meta, ensure_ascii=False) + ',\n"projects": [\n'
    before = ""
    for batch in batches(columns, data):
        for line in _projects(columns, batch):
            yield before + line
            before = ",\n"
    yield "\n]}\n"


def _projects(columns: Sequence[Column], batch: pl.DataFrame) -> list[str]:
    shown = batch.select(
        decimal_text(column.name, column.currency_column, batch)
        if column.kind is ColumnKind.MONEY
        else pl.col(column.name)
        for column in columns
    )
    text: str = shown.write_ndjson()
    return text.rstrip("\n").split("\n") if text else []
