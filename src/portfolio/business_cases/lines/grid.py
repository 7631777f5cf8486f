"""A table of lines as its template shows it: rows of cells with what was typed, errors beside them, and totals below."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace

from babel.numbers import get_decimal_symbol

from portfolio.business_cases.lines.binding import BoundLine, field_name
from portfolio.business_cases.lines.columns import Cell, Kind, Layout, LineSpec, cells_of
from portfolio.business_cases.lines.context import MOST_YEARS, LineContext
from portfolio.business_cases.lines.counting import column_entries
from portfolio.business_cases.lines.grid_totals import foot_of, lead
from portfolio.business_cases.lines.grid_views import Grid, GridCell, Head, Row
from portfolio.business_cases.lines.reading import Line, blank_line
from portfolio.business_cases.lines.values import amount_text, shown, typed
from portfolio.db.base import new_id
from portfolio.db.money import minor_digits
from portfolio.i18n import gettext as _
from portfolio.web import formatting

Notes = Mapping[uuid.UUID, Sequence[str]]
"""Sentences about lines, by line."""

BLANK_LINES = {Layout.GRID: 2, Layout.CARDS: 1}
"""Empty lines below the stored ones, to write in without script; more come with every save."""


def make_grid(
    spec: LineSpec,
    context: LineContext,
    lines: Sequence[Line],
    *,
    bound: Sequence[BoundLine] = (),
    blanks: int | None = None,
    notes: Notes | None = None,
    to_fund: Mapping[int, int] | None = None,
) -> Grid:
    """The stored lines, or those that a form sent when it could not be saved (`bound`), and blank ones to write in.

    `to_fund`: costs by fiscal year in minor units, for the sources that must match them.
    """
    heads = tuple(_head(spec, cell, context) for cell in cells_of(spec, context))
    sent = {line.typed.id: line for line in bound}
    known = {line.id for line in lines}
    found = [sent.get(line.id, line) for line in lines]  # a line that the form did not hold stands among the others
    found += [line for line in bound if line.typed.id not in known]
    rows = [_row(spec, context, heads, line, str(number), notes) for number, line in enumerate(found, start=1)]
    wanted = BLANK_LINES[spec.layout] if blanks is None else blanks
    if spec.fixed is None:
        for number in range(len(rows) + 1, len(rows) + wanted + 1):
            rows.append(_blank(spec, context, heads, str(new_id()), str(number)))
    errors = tuple((cell.id, f"{cell.label}: {cell.error}") for row in rows for cell in row.cells if cell.error)
    return Grid(
        name=spec.name,
        title=_(spec.title),
        help=_(spec.help),
        noun=_(spec.noun),
        layout=spec.layout.value,
        heads=heads,
        rows=tuple(rows),
        pattern=_blank(spec, context, heads, "__id__", "__row__"),
        foot=foot_of(spec, context, heads, lines, to_fund),
        lead=lead(heads),
        has_row_totals=any(head.cell.year for head in heads),
        currency=context.currency,
        places=minor_digits(context.currency),
        decimal=get_decimal_symbol(formatting.locale()),
        is_fixed=spec.fixed is not None,
        count=len(lines),
        years=len(context.years),
        more_years=any(head.cell.year for head in heads) and len(context.years) < MOST_YEARS,
        institutions=tuple(context.institutions.values()),
        errors=errors,
        has_conflict=any(line.theirs for line in bound),
    )


def _head(spec: LineSpec, cell: Cell, context: LineContext) -> Head:
    column = cell.column
    limit = spec.limit(column) if column.kind in (Kind.TEXT, Kind.LONG) else 0
    return Head(cell, cell.label, _(column.hint), limit, _options(cell, context))


def _options(cell: Cell, context: LineContext) -> list[tuple[str, str, dict[str, str]]]:
    """With what choosing it does to the amounts of its line, so that totals follow while people choose."""
    column = cell.column
    if column.kind is Kind.YES_NO:
        tax = context.factor(tax_included=False)
        no = {"data-factor": f"{tax.numerator}/{tax.denominator}"} if column.name == "tax_included" else {}
        return [("yes", _("Yes"), {}), ("no", _("No"), no)]
    if column.options is None:
        return []
    listed = column.options(context)
    if column.name != "unit":
        return [(value, words, {}) for value, words in listed]
    found = []
    for value, words in listed:
        by = context.factor(value)
        marks = {"data-factor": f"{by.numerator}/{by.denominator}", "data-places": str(context.places(value))}
        found.append((value, words, marks if value else {}))
    return found


def _row(
    spec: LineSpec,
    context: LineContext,
    heads: Sequence[Head],
    line: Line | BoundLine,
    number: str,
    notes: Notes | None,
) -> Row:
    if isinstance(line, BoundLine):
        return _sent_row(spec, context, heads, line, number, notes)
    cells = tuple(
        _cell(spec, context, head, line, number, typed(head.cell, line.value(head.cell), context, line.unit))
        for head in heads
    )
    years = sum(minor for key, minor in column_entries(spec, context, line).items() if key.startswith("y"))
    return Row(
        id=str(line.id),
        version=line.version,
        number=number,
        cells=cells,
        group=str(line.values.get("nature", "")),
        total=amount_text(years, minor_digits(context.currency)),
        title=next((cell.words for cell in cells if cell.words), ""),
        notes=tuple((notes or {}).get(line.id, ())),
    )


def _sent_row(
    spec: LineSpec, context: LineContext, heads: Sequence[Head], line: BoundLine, number: str, notes: Notes | None
) -> Row:
    """What was typed stays typed; what stands beside it says why it was not kept."""
    row = _row(spec, context, heads, line.stored, number, notes)
    cells = tuple(
        replace(
            cell,
            text=line.typed.texts.get(cell.head.key, cell.text),
            error=line.errors.get(cell.head.key, ""),
            theirs=line.theirs.get(cell.head.key, ""),
        )
        for cell in row.cells
    )
    return replace(row, cells=cells, is_new=line.is_new)


def _blank(spec: LineSpec, context: LineContext, heads: Sequence[Head], line_id: str, number: str) -> Row:
    line = blank_line(spec, uuid.UUID(int=0))
    cells = tuple(
        replace(
            _cell(spec, context, head, line, number, head.cell.column.default),
            name=f"{line_id}.{head.key}",
            id=f"{line_id}-{head.key}",
        )
        for head in heads
    )
    return Row(line_id, 0, number, cells, is_new=True, total=amount_text(0, minor_digits(context.currency)))


def _cell(spec: LineSpec, context: LineContext, head: Head, line: Line, number: str, text: str) -> GridCell:
    return GridCell(
        head=head,
        name=field_name(line.id, head.key),
        id=f"{line.id}-{head.key}",
        label=_("%(noun)s %(number)s, %(column)s") % {"noun": _(spec.noun), "number": number, "column": head.label},
        text=text,
        words=shown(head.cell, line.value(head.cell), context, line.unit),
        is_fixed=spec.fixed is not None and spec.fixed[0] == head.cell.column.name,
    )
