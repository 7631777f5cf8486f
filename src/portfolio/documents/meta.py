"""The card of an exported file, `FILE.meta.json`: what it holds, of when, for whom, and its digest."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

from portfolio.documents.out_columns import About, Column, Written


def meta_path(path: Path) -> Path:
    return path.with_name(path.name + ".meta.json")


def export_meta(columns: Sequence[Column], about: About, written: Written) -> dict[str, Any]:
    """As JSON data. Totals are decimals in text, by column and currency."""
    return {
        "file": written.path.name,
        "title": about.title,
        "as_at": about.as_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "asked_by": about.asked_by,
        "filters": [{"name": name, "value": value} for name, value in about.filters],
        "rows": written.rows,
        "sha256": written.sha256,
        "data_sha256": written.data_sha256,
        "totals": written.totals.as_text(),
        "columns": [
            {"name": c.name, "title": c.title, "kind": c.kind.value, "description": c.description} for c in columns
        ],
    }


def write_meta(columns: Sequence[Column], about: About, written: Written) -> Path:
    """Write the card beside its file and return where."""
    target = meta_path(written.path)
    text = json.dumps(export_meta(columns, about, written), ensure_ascii=False, indent=2)
    target.write_text(text + "\n", encoding="utf-8")
    return target


def matches_its_meta(path: Path) -> bool:
    """Whether the file is still the one that its card describes."""
    expected = json.loads(meta_path(path).read_text("utf-8"))["sha256"]
    with path.open("rb") as stream:
        return bool(hashlib.file_digest(stream, "sha256").hexdigest() == expected)
