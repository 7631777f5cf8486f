"""One mapped row as the tables keep it: the content of an observation, and the figures of its initiative."""

import hashlib
from datetime import date
from typing import Any

from portfolio.db.text import folded, sort_key
from portfolio.documents.findings import Reason
from portfolio.documents.mapping import Identity, MappedRecord
from portfolio.documents.terms import CellState
from portfolio.documents.values import Value
from portfolio.projects.models import Initiative
from portfolio.projects.terms import AmountState

LONGEST_KEY, LONGEST_TITLE, LONGEST_SUMMARY, LONGEST_THEME = 300, 400, 8000, 60
LONGEST_NOTE, LONGEST_REFERENCE, LONGEST_SEARCH = 1000, 80, 9000
AMOUNT_FIELD = "budget"
"""The mapped field that an initiative's requested amount comes from."""


def source_key(identity: Identity) -> str:
    """The key as its column holds it; a long one keeps its beginning and ends in its digest."""
    text = _storable(identity.key_text)
    if len(text) <= LONGEST_KEY:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"{text[: LONGEST_KEY - len(digest) - 1]}#{digest}"


def content(record: MappedRecord) -> dict[str, Any]:
    """Everything the file said of the row: each mapped cell with its state, its column, and its words where it has no value."""
    return {
        "key": [_storable(part) for part in record.identity.key],
        "ordinal": record.identity.ordinal,
        "currency": record.currency,
        "flags": sorted(flag.value for flag in record.flags),
        "values": {field: _cell(value) for field, value in record.values.items()},
        "extras": {_storable(name): _storable(text) for name, text in record.extras.items()},
    }


def _cell(value: Value) -> dict[str, Any]:
    cell: dict[str, Any] = {"state": value.state.value, "column": _storable(value.column)}
    if value.value is not None:
        cell["value"] = value.value.isoformat() if isinstance(value.value, date) else _plain(value.value)
    else:
        cell["raw"] = _storable(value.raw)
    if value.explanation:
        cell["explanation"] = _storable(value.explanation)
    if value.reason is not None:
        cell["reason"] = reason_json(value.reason)
    return cell


def reason_json(reason: Reason) -> dict[str, Any]:
    """A reason as a code with its parameters, so that it can be said in any language later."""
    return {"why": reason.code.value, "params": dict(reason.params)}


def _plain(value: str | int) -> str | int:
    return _storable(value) if isinstance(value, str) else value


def _storable(text: str) -> str:
    """PostgreSQL takes no NUL, not even inside JSON."""
    return text.replace("\x00", "\ufffd")


def show_figures(row: Initiative, record: MappedRecord, institution_name: str) -> None:
    """Give an initiative the figures of its newest observation. What was missing stays missing; nothing becomes zero."""
    row.title = _shortened(record.title or "", LONGEST_TITLE) or None
    row.summary = _shortened(_text(record, "description"), LONGEST_SUMMARY)
    row.theme = _shortened(_text(record, "theme"), LONGEST_THEME)
    row.currency = record.currency
    row.requested_minor = record.minor(AMOUNT_FIELD)
    row.requested_state, row.requested_note = _amount_state(record.values.get(AMOUNT_FIELD))
    row.reference = _shortened(_text(record, "source_id") or " ".join(record.identity.key), LONGEST_REFERENCE)
    row.source_flags = sorted(flag.value for flag in record.flags)
    row.as_at = record.as_at
    row.sort_key = sort_key(row.title or row.reference)
    words = folded(" ".join((row.title or "", row.reference, institution_name, row.theme, row.summary)))
    row.search_text = words[:LONGEST_SEARCH]


def _amount_state(value: Value | None) -> tuple[AmountState, str]:
    if value is None:
        return AmountState.MISSING, ""
    if value.state is CellState.KNOWN:
        return AmountState.KNOWN, ""
    words = "; ".join(part for part in (value.raw.strip(), value.explanation) if part)
    return AmountState(value.state.value), _shortened(words, LONGEST_NOTE)


def _text(record: MappedRecord, field: str) -> str:
    value = record.values.get(field)
    return value.text or "" if value is not None else ""


def _shortened(text: str, longest: int) -> str:
    plain = _storable(text).strip()
    return plain if len(plain) <= longest else plain[: longest - 1].rstrip() + "…"
