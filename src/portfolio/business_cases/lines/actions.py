"""Changing lines: a cell, a form of lines, a paste; taking a line away and moving it. Each keeps what was there before."""

import json
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import col

from portfolio.business_cases.editing import lock_for_edit, note_edit
from portfolio.business_cases.lines.binding import BoundLine
from portfolio.business_cases.lines.columns import Cell, Kind, LineSpec
from portfolio.business_cases.lines.context import LineContext
from portfolio.business_cases.lines.reading import Line, lines_of
from portfolio.business_cases.lines.values import Value, plain
from portfolio.business_cases.models import BusinessCase
from portfolio.errors import NotFound, Refused
from portfolio.i18n import gettext as _
from portfolio.people.viewer import Viewer

MOST_LINES = 200
"""Lines of one table: what a form can send and a person can read; more of them belong in an attachment."""


def locked_lines(session: Session, actor: Viewer, spec: LineSpec, case: BusinessCase) -> dict[uuid.UUID, Line]:
    """The stored lines by id, held until this transaction ends. Raises `Refused` when the section cannot be edited now."""
    lock_for_edit(session, actor, case, spec.section)
    session.scalars(
        select(spec.model).where(col(spec.model.case_id) == case.id).order_by(col(spec.model.id)).with_for_update()
    ).all()
    return {line.id: line for line in lines_of(session, spec, case.id)}


def save_lines(
    session: Session,
    actor: Viewer,
    case: BusinessCase,
    spec: LineSpec,
    cells: Sequence[Cell],
    context: LineContext,
    lines: Sequence[BoundLine],
) -> int:
    """Store the changes of lines without errors and conflicts, new ones at the end; returns how many lines changed.

    Raises `Refused` when the table would grow past what it holds.
    """
    keyed = {cell.key: cell for cell in cells}
    places = _Places(session, spec, case)
    changed = [line for line in lines if line.changes or (line.is_new and not spec.fixed)]
    notes: list[tuple[str, str, str]] = []
    for line in changed:
        row = _row(session, spec, case, line, places)
        unit = _unit_after(line)
        for key, (before, after) in line.changes.items():
            cell = keyed[key]
            _set(session, spec, row, cell, after)
            notes.append(
                (
                    f"{spec.name}:{row.id}:{key}",
                    _noted(cell, before, context, line.stored.unit),
                    _noted(cell, after, context, unit),
                )
            )
        _touch(row)
    session.flush()
    note_edit(session, actor, case, spec.section, notes)
    return len(changed)


def remove_line(session: Session, actor: Viewer, case: BusinessCase, spec: LineSpec, line_id: uuid.UUID) -> None:
    """Take a line away; what it said stays among the revisions. A line that is gone already is no error."""
    if spec.fixed is not None:
        raise Refused(_("The lines of this table are given: none can be taken away."))
    stored = locked_lines(session, actor, spec, case).get(line_id)
    if stored is None:
        return
    said = {name: plain(value) for name, value in stored.values.items()} | {"amounts": dict(stored.amounts)}
    if spec.amounts is not None:
        model, key = spec.amounts
        session.execute(delete(model).where(col(getattr(model, key)) == line_id))
    session.delete(session.get_one(spec.model, line_id))
    session.flush()
    note_edit(session, actor, case, spec.section, [(f"{spec.name}:{line_id}", json.dumps(said, sort_keys=True), "")])


def move_line(session: Session, actor: Viewer, case: BusinessCase, spec: LineSpec, line_id: uuid.UUID, by: int) -> None:
    """One place up (-1) or down (1); at the end of the table it stays."""
    if spec.fixed is not None:
        raise Refused(_("The lines of this table are given: their order is, too."))
    order = list(locked_lines(session, actor, spec, case))
    if line_id not in order:
        return
    before = order.index(line_id)
    after = min(max(before + by, 0), len(order) - 1)
    if before == after:
        return
    order.insert(after, order.pop(before))
    for place, key in enumerate(order, start=1):
        row = session.get_one(spec.model, key)
        if row.position != place:
            row.position = place
    session.flush()
    note_edit(
        session, actor, case, spec.section, [(f"{spec.name}:{line_id}:position", str(before + 1), str(after + 1))]
    )


class _Places:
    """Hands out the places of new lines, and refuses the one too many."""

    def __init__(self, session: Session, spec: LineSpec, case: BusinessCase) -> None:
        count, last = session.execute(
            select(func.count(), func.max(col(spec.model.position))).where(col(spec.model.case_id) == case.id)
        ).one()
        self.count, self.last, self.spec = count, last or 0, spec

    def next(self) -> int:
        self.count, self.last = self.count + 1, self.last + 1
        if self.count > MOST_LINES:
            raise Refused(
                _("This table holds up to %(number)s lines. Add small ones together, or attach the detail.")
                % {"number": MOST_LINES}
            )
        return self.last


def _row(session: Session, spec: LineSpec, case: BusinessCase, line: BoundLine, places: _Places) -> Any:
    if not line.is_new:
        return session.get_one(spec.model, line.stored.id)
    if session.get(spec.model, line.stored.id) is not None:
        raise NotFound  # the id of a line of another case
    values = {name: value for name, value in line.stored.values.items() if name != "amounts"}
    place = spec.fixed[1].index(values[spec.fixed[0]]) + 1 if spec.fixed else places.next()
    row = spec.model(id=line.stored.id, case_id=case.id, position=place, **values)
    session.add(row)
    session.flush()
    return row


def _unit_after(line: BoundLine) -> str:
    return str(line.changes["unit"][1]) if "unit" in line.changes else line.stored.unit


def _set(session: Session, spec: LineSpec, row: Any, cell: Cell, value: Value) -> None:
    if cell.column.kind is not Kind.YEARS:
        setattr(row, cell.column.name, value)
        return
    model, key = _amounts_of(spec)
    found = session.scalar(select(model).where(col(getattr(model, key)) == row.id, col(model.fiscal_year) == cell.year))
    if value is None:
        if found is not None:
            session.delete(found)
    elif found is None:
        session.add(model(**{key: row.id}, fiscal_year=cell.year, amount_minor=value))
    else:
        found.amount_minor = value
    session.flush()


def _amounts_of(spec: LineSpec) -> tuple[type[Any], str]:
    assert spec.amounts is not None  # noqa: S101  a table with a column of years has them
    return spec.amounts


def _touch(row: Any) -> None:
    """Count a version even when only an amount of the line changed: a line is one thing to whoever edits it."""
    flag_modified(row, "position")


def _noted(cell: Cell, value: Value, context: LineContext, unit: str) -> str:
    """A value as a revision keeps it: plain, with a point for decimals, in every language alike."""
    if value is None:
        return ""
    if cell.is_amount:
        return format(Decimal(value).scaleb(-context.places(unit)), "f")
    return str(plain(value))
