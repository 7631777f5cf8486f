"""Reasons as data, and the file that hands them back to whoever sent the rows."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

import portfolio.documents.labels  # noqa: F401  (registers the words that `say` looks up)
from portfolio.documents.terms import Why
from portfolio.i18n import gettext as _
from portfolio.labels import label


@dataclass(frozen=True, slots=True)
class Reason:
    """A code with parameters, stored as such; `say` puts it into the reader's language."""

    code: Why
    params: tuple[tuple[str, str | int], ...] = ()

    @classmethod
    def of(cls, code: Why, **params: str | int) -> "Reason":
        return cls(code, tuple(sorted(params.items())))

    def say(self) -> str:
        return label(self.code) % dict(self.params) if self.params else label(self.code)


@dataclass(frozen=True, slots=True)
class Reject:
    """A row not taken, or (among warnings) a cell of a row that was; `row` counts as a spreadsheet shows it."""

    row: int
    column: str
    raw: str
    reason: Reason


_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def _inert(text: str) -> str:
    """A spreadsheet must show this text and not compute it."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def rejects_csv(rejects: Iterable[Reject], warnings: Iterable[Reject] = ()) -> bytes:
    """UTF-8 with BOM: row, column, value, reason, outcome; by row, in the reader's language, cells made inert."""
    found = [(reject, _("row not imported")) for reject in rejects]
    found += [(warning, _("row imported without this value")) for warning in warnings]
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow([_("Row"), _("Column"), _("Value"), _("Reason"), _("Outcome")])
    for item, outcome in sorted(found, key=lambda pair: (pair[0].row, pair[0].column)):
        writer.writerow([item.row, _inert(item.column), _inert(item.raw), item.reason.say(), outcome])
    return stream.getvalue().encode("utf-8-sig")
