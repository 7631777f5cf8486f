"""The one page on which a project measures all that is due: its fields, what was typed in them, and the entries they make.

A field is named by the indicator, the period and the group's digest, so that a page that grew old never puts a value beside
another group: `v.<indicator>.<period>.<group>`. Groups are everybody, those of the period measured last, and a new one. Blank
cells are left for another day; a note alone says that a value is not available.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from portfolio.i18n import gettext as _
from portfolio.kpis.cuts import cut_of, words_of
from portfolio.kpis.measuring import Entry
from portfolio.kpis.numbers import scaled
from portfolio.kpis.queries import DuePeriod
from portfolio.kpis.shown import unit_words
from portfolio.kpis.terms import Dimension
from portfolio.kpis.words import name_of, period_words, value_words
from portfolio.labels import label
from portfolio.web.formatting import number, read_decimal
from portfolio.web.forms import Submitted

LONGEST_NOTE = 1000


@dataclass(frozen=True, slots=True)
class Cell:
    """One value to fill in; `dimensions` are the choices of a new group."""

    key: str
    group: str
    cut: str = ""
    dimensions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A period of an indicator with its cells, everybody first."""

    due: DuePeriod
    name: str
    unit: str
    period: str
    last: str
    last_is_baseline: bool
    cells: tuple[Cell, ...]

    @property
    def is_open(self) -> bool:
        """Whether its groups are in sight at once: those that were measured before are asked for again."""
        return bool(self.due.cuts)


def rows_of(due: Sequence[DuePeriod]) -> list[Row]:
    found = []
    for one in due:
        stem = f"{one.indicator.id}.{one.period_on}"
        cells = [Cell(f"{stem}.{_digest(cut)}", words_of(cut) if cut else _("Value"), cut) for cut in ("", *one.cuts)]
        if one.indicator.dimensions:
            choices = tuple((code, label(Dimension(code))) for code in one.indicator.dimensions)
            cells.append(Cell(f"{stem}.new", _("A new group"), dimensions=choices))
        found.append(
            Row(
                one,
                name_of(one.indicator),
                unit_words(one.indicator),
                period_words(one.indicator.frequency, one.period_on),
                value_words(one.indicator, one.last),
                one.last_is_baseline and one.last is not None,
                tuple(cells),
            )
        )
    return found


def _digest(cut: str) -> str:
    return hashlib.sha256(cut.encode()).hexdigest()[:12] if cut else "all"


def left_over(rows: Sequence[Row], submitted: Submitted) -> bool:
    """Whether a value was typed for a period that is no longer due: somebody measured it while the page was open."""
    here = {f"v.{cell.key}" for row in rows for cell in row.cells}
    return any(name.startswith("v.") and name not in here and submitted.text(name) for name in submitted.values)


def read_entries(rows: Sequence[Row], submitted: Submitted) -> tuple[list[Entry], dict[str, str]]:
    """The entries that were typed, and what is wrong, by field."""
    entries: list[Entry] = []
    errors: dict[str, str] = {}
    for row in rows:
        for cell in row.cells:
            value, note = submitted.text(f"v.{cell.key}"), submitted.text(f"n.{cell.key}")
            if not value and not note:
                continue
            try:
                entries.append(_entry(row, cell, value, note, submitted))
            except _Wrong as wrong:
                errors[wrong.field] = str(wrong)
    return entries, errors


class _Wrong(Exception):
    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def _entry(row: Row, cell: Cell, value: str, note: str, submitted: Submitted) -> Entry:
    if len(note) > LONGEST_NOTE:
        raise _Wrong(f"n.{cell.key}", _("Enter %(n)s characters or fewer") % {"n": number(LONGEST_NOTE)})
    return Entry(
        indicator=row.due.indicator,
        period_on=row.due.period_on,
        value=_value(row, cell, value),
        cut=_new_cut(cell, submitted) if cell.dimensions else cell.cut,
        note=note,
        confirmed=submitted.text(f"c.{cell.key}") == "yes",
        field=f"v.{cell.key}",
    )


def _value(row: Row, cell: Cell, text: str) -> int | None:
    if not text:
        return None
    field = f"v.{cell.key}"
    try:
        value = read_decimal(text)
    except ValueError:
        example = number(Decimal("1234.5"))
        raise _Wrong(field, _("Enter a number, for example %(example)s") % {"example": example}) from None
    try:
        return scaled(value, row.due.indicator.scale)
    except ValueError as error:
        raise _Wrong(field, str(error)) from None


def _new_cut(cell: Cell, submitted: Submitted) -> str:
    code = submitted.text(f"d.{cell.key}")
    if code not in dict(cell.dimensions):
        raise _Wrong(f"d.{cell.key}", _("Choose one of the options"))
    try:
        return cut_of({Dimension(code): submitted.text(f"g.{cell.key}")})
    except ValueError as error:
        raise _Wrong(f"g.{cell.key}", str(error)) from None


def typed(rows: Sequence[Row], submitted: Submitted) -> dict[str, str]:
    """What was typed, for the page to show again."""
    names = [f"{kind}.{cell.key}" for row in rows for cell in row.cells for kind in "vncdg"]
    return {name: submitted.values.get(name, [""])[0] for name in names}
