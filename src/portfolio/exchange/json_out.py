"""JSON for machines: `{"meta": …, "projects": […]}`, amounts as decimals in text, dates in ISO 8601, missing as null."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from portfolio.documents.csv_out import csv_bytes, decimal_text
from portfolio.documents.meta import export_meta
from portfolio.documents.out_columns import About, Column, ColumnKind, Data, Totals, Written, batches

Lines = list[str]


def write_json(columns: Sequence[Column], data: Data, path: Path, about: About) -> Written:
    """Write the file. Its `meta` is the card of the export without the digest of the file itself, which stands beside it."""
    totals, rows = Totals(), 0
    digest = hashlib.sha256()
    projects: list[Lines] = []
    for number, batch in enumerate(batches(columns, data)):
        digest.update(csv_bytes(columns, batch, header=number == 0))
        totals.add(columns, batch)
        rows += batch.height
        projects.append(_projects(columns, batch))
    written = Written(path, rows, "", digest.hexdigest(), totals)
    meta = {key: value for key, value in export_meta(columns, about, written).items() if key != "sha256"}
    whole = hashlib.sha256()
    with path.open("wb") as stream:

        def put(text: str) -> None:
            content = text.encode()
            whole.update(content)
            stream.write(content)

        put('{"meta": ' + json.dumps(meta, ensure_ascii=False) + ',\n"projects": [\n')
        is_first = True
        for lines in projects:
            if lines:
                put(("" if is_first else ",\n") + ",\n".join(lines))
                is_first = False
        put("\n]}\n")
    return Written(path, rows, whole.hexdigest(), written.data_sha256, totals)


def _projects(columns: Sequence[Column], batch: pl.DataFrame) -> Lines:
    shown = batch.select(
        decimal_text(column.name, column.currency_column, batch)
        if column.kind is ColumnKind.MONEY
        else pl.col(column.name)
        for column in columns
    )
    text: str = shown.write_ndjson()
    return text.rstrip("\n").split("\n") if text else []
