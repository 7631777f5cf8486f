"""What a form of lines sent, against what is stored: which cells change, which cannot be kept, which somebody else changed.

Pure: stored lines in, bound lines out. Nothing is saved while any cell of the form is wrong, and nothing typed is lost.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portfolio.business_cases.lines.columns import Cell, Kind, LineSpec
from portfolio.business_cases.lines.context import LineContext
from portfolio.business_cases.lines.reading import Line, blank_line
from portfolio.business_cases.lines.values import NotAccepted, Value, read_cell, rescaled, typed
from portfolio.i18n import gettext as _
from portfolio.web.forms import Submitted

LINE_FIELD = "line"
"""Name of the hidden field of each line, in order: `<id>:<version>`."""


@dataclass(frozen=True, slots=True)
class TypedLine:
    """One line as the form sent it; `version` is the one the page had been made from, 0 for a new line."""

    id: uuid.UUID
    version: int
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BoundLine:
    """One line after reading it. `changes`: cell key → (before, after), only where they differ.

    `errors`: cell key → sentence. `theirs`: cell key → text stored meanwhile by somebody else, where this line changes it too.
    """

    typed: TypedLine
    stored: Line
    changes: Mapping[str, tuple[Value, Value]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    theirs: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_new(self) -> bool:
        return self.stored.version == 0


def field_name(line_id: uuid.UUID, key: str) -> str:
    return f"{line_id}.{key}"


def split_name(name: str) -> tuple[uuid.UUID, str] | None:
    """Line and cell of a field's name; nothing when it is none."""
    head, _dot, key = name.partition(".")
    try:
        return uuid.UUID(head), key
    except ValueError:
        return None


def typed_lines(submitted: Submitted) -> list[TypedLine]:
    """The lines of a form in its order; a line named twice counts once, one that cannot be read not at all."""
    texts: dict[uuid.UUID, dict[str, str]] = {}
    for name, values in submitted.values.items():
        if values and (found := split_name(name)):
            texts.setdefault(found[0], {})[found[1]] = values[0]
    lines: dict[uuid.UUID, TypedLine] = {}
    for named in submitted.texts(LINE_FIELD):
        head, _colon, version = named.partition(":")
        if (found := split_name(f"{head}.")) and version.isascii() and version.isdigit():
            lines.setdefault(found[0], TypedLine(found[0], int(version[:9]), texts.get(found[0], {})))
    return list(lines.values())


def bind_lines(
    spec: LineSpec,
    cells: Sequence[Cell],
    context: LineContext,
    lines: Iterable[TypedLine],
    stored: Mapping[uuid.UUID, Line],
) -> list[BoundLine]:
    """Every typed line that says something, or that is stored. A stored line that somebody took away comes back as new."""
    bound = []
    for line in lines:
        present = stored.get(line.id)
        if present is None and (spec.fixed or _says_nothing(cells, line)):
            continue
        bound.append(bind_line(spec, cells, context, line, present or blank_line(spec, line.id)))
    return bound


def bind_line(spec: LineSpec, cells: Sequence[Cell], context: LineContext, line: TypedLine, stored: Line) -> BoundLine:
    """Cells that the form did not send stay as they are."""
    changes: dict[str, tuple[Value, Value]] = {}
    errors: dict[str, str] = {}
    unit = _unit(spec, cells, context, line, stored)
    fixed = spec.fixed[0] if spec.fixed else None
    for cell in cells:
        if cell.key not in line.texts or cell.column.name == fixed:
            continue
        before = stored.value(cell)
        try:
            after = read_cell(spec, cell, line.texts[cell.key], context, unit)
        except NotAccepted as refused:
            if line.texts[cell.key].strip() != typed(
                cell, before, context, stored.unit
            ):  # kept from before a stricter rule
                errors[cell.key] = str(refused)
            continue
        if before != after or (cell.column.kind is Kind.YEARS and unit != stored.unit):
            changes[cell.key] = (before, after)
    if unit != stored.unit:
        _follow_unit(cells, context, line, stored, unit, changes, errors)
    _in_order(cells, context, stored, changes, errors)
    theirs = _theirs(cells, context, line, stored, changes)
    return BoundLine(line, stored, changes, errors, theirs)


def _in_order(
    cells: Sequence[Cell],
    context: LineContext,
    stored: Line,
    changes: Mapping[str, tuple[Value, Value]],
    errors: dict[str, str],
) -> None:
    """A date that must follow another of its line: said when either of them changes, beside the later one or the one sent."""
    keyed = {cell.key: cell for cell in cells}
    for cell in cells:
        first = keyed.get(cell.column.later_than)
        if first is None or not {cell.key, first.key} & changes.keys():
            continue
        before, after = (changes.get(one.key, (None, stored.value(one)))[1] for one in (first, cell))
        if before is not None and after is not None and after <= before:
            beside, words = (
                (cell, _("Enter a date after «%(other)s»"))
                if cell.key in changes
                else (first, _("Enter a date before «%(other)s»"))
            )
            other = first if beside is cell else cell
            errors.setdefault(beside.key, words % {"other": context.words(other.column.label)})


def _follow_unit(
    cells: Sequence[Cell],
    context: LineContext,
    line: TypedLine,
    stored: Line,
    unit: str,
    changes: dict[str, tuple[Value, Value]],
    errors: dict[str, str],
) -> None:
    """After a change of unit, amounts that the form did not send keep their digits, with the decimals of the new unit."""
    for cell in cells:
        before = stored.value(cell) if cell.column.kind is Kind.YEARS else None
        if before is None or cell.key in line.texts:
            continue
        try:
            changes[cell.key] = (before, rescaled(before, context.places(stored.unit), context.places(unit)))
        except NotAccepted as refused:
            errors["unit"] = str(refused)


def _unit(spec: LineSpec, cells: Sequence[Cell], context: LineContext, line: TypedLine, stored: Line) -> str:
    """The unit that the line's amounts are typed in: the one of the same form, else the stored one."""
    cell = next((cell for cell in cells if cell.column.name == "unit"), None)
    if cell is None or "unit" not in line.texts:
        return stored.unit
    try:
        return str(read_cell(spec, cell, line.texts["unit"], context))
    except NotAccepted:
        return stored.unit


def _theirs(
    cells: Sequence[Cell], context: LineContext, line: TypedLine, stored: Line, changes: Mapping[str, Any]
) -> dict[str, str]:
    if line.version == stored.version or not changes:
        return {}
    keyed = {cell.key: cell for cell in cells}
    return {key: typed(keyed[key], stored.value(keyed[key]), context, stored.unit) or _("nothing") for key in changes}


def _says_nothing(cells: Iterable[Cell], line: TypedLine) -> bool:
    """Yes-or-no cells always say something by themselves, so they do not make a line."""
    return not any(line.texts.get(cell.key, "").strip() for cell in cells if cell.column.kind is not Kind.YES_NO)
