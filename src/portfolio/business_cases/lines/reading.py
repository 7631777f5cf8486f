"""Reading lines: every table's rows as one kind of value, so that the engine knows no table by name."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.business_cases.lines.columns import Cell, Kind, LineSpec
from portfolio.business_cases.lines.context import LineContext, years_in_sight
from portfolio.business_cases.lines.specs import SPECS
from portfolio.business_cases.lines.values import Value
from portfolio.business_cases.models import BusinessCase
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import TrackCode
from portfolio.people.queries import institution_names
from portfolio.strategy.models import Call

LINES = uuid.UUID("6f0f1e0a-6d0b-5b52-9f58-0c9d2b1c7a11")
"""Namespace of the ids of lines that are there before anybody writes in them."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line as stored. `version` 0: not stored yet. `amounts`: fiscal year → smallest parts of the line's unit."""

    id: uuid.UUID
    version: int
    values: Mapping[str, Value]
    amounts: Mapping[int, int] = field(default_factory=dict)

    @property
    def unit(self) -> str:
        return str(self.values.get("unit", ""))

    def value(self, cell: Cell) -> Value:
        if cell.column.kind is Kind.YEARS:
            return self.amounts.get(cell.year or 0)
        return self.values.get(cell.column.name)


def lines_of(session: Session, spec: LineSpec, case_id: uuid.UUID) -> list[Line]:
    """In the order of the form; the lines of a fixed table all of them, stored or not."""
    rows = session.scalars(
        select(spec.model)
        .where(col(spec.model.case_id) == case_id)
        .order_by(col(spec.model.position), col(spec.model.id))
    ).all()
    amounts = _amounts(session, spec, [row.id for row in rows])
    names = [column.name for column in spec.columns if column.kind is not Kind.YEARS]
    stored = [
        Line(row.id, row.version, {name: getattr(row, name) for name in names}, amounts.get(row.id, {})) for row in rows
    ]
    return stored if spec.fixed is None else _fixed(spec, case_id, stored)


def blank_line(spec: LineSpec, line_id: uuid.UUID) -> Line:
    """A line that nobody wrote yet, with what its model says when nothing is said."""
    empty = spec.model()
    names = [column.name for column in spec.columns if column.kind is not Kind.YEARS]
    return Line(line_id, 0, {name: getattr(empty, name) for name in names})


def fixed_id(spec: LineSpec, case_id: uuid.UUID, value: str) -> uuid.UUID:
    """The id of a line of a fixed table: the same for everybody, before it is stored."""
    return uuid.uuid5(LINES, f"{case_id}/{spec.name}/{value}")


def _fixed(spec: LineSpec, case_id: uuid.UUID, stored: Sequence[Line]) -> list[Line]:
    assert spec.fixed is not None  # noqa: S101  the caller looked
    column, values = spec.fixed
    found = {line.values[column]: line for line in stored}
    lines = []
    for value in values:
        blank = blank_line(spec, fixed_id(spec, case_id, value))
        lines.append(found.get(value) or Line(blank.id, 0, {**blank.values, column: value}))
    return lines


def _amounts(session: Session, spec: LineSpec, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[int, int]]:
    if spec.amounts is None or not ids:
        return {}
    model, key = spec.amounts
    rows = session.execute(
        select(col(getattr(model, key)), col(model.fiscal_year), col(model.amount_minor))
        .where(col(getattr(model, key)).in_(ids))
        .order_by(col(model.fiscal_year))
    )
    found: dict[uuid.UUID, dict[int, int]] = {}
    for line_id, year, minor in rows:
        found.setdefault(line_id, {})[year] = minor
    return found


def years_with_amounts(session: Session, case_id: uuid.UUID) -> set[int]:
    """Fiscal years that any line of the case names, so that none of them falls out of sight."""
    years: set[int] = set()
    for spec in SPECS.values():
        if spec.amounts is not None:
            model, key = spec.amounts
            query = select(col(model.fiscal_year)).join(spec.model, col(spec.model.id) == col(getattr(model, key)))
            years |= set(session.scalars(query.where(col(spec.model.case_id) == case_id).distinct()))
        for column in spec.columns:
            if column.kind is Kind.YEAR:
                attribute: Any = col(getattr(spec.model, column.name))
                years |= set(
                    session.scalars(
                        select(attribute).where(col(spec.model.case_id) == case_id, attribute.is_not(None)).distinct()
                    )
                )
    return years


def context_of(
    session: Session, pack: CountryPack, case: BusinessCase, spec: LineSpec, *, years: int = 0, track: str | None = None
) -> LineContext:
    """For one table. `years`: how many fiscal years the reader wants in sight."""
    call = session.get_one(Call, case.call_id)
    kinds = {column.kind for column in spec.columns}
    named = years_with_amounts(session, case.id) if kinds & {Kind.YEAR, Kind.YEARS} else set()
    names = {}
    if Kind.INSTITUTION in kinds:
        names = institution_names(session)
        names.pop(case.institution_id, None)
    return LineContext(
        pack=pack,
        currency=case.currency,
        years=years_in_sight(call.fiscal_year, named, years),
        institutions=names,
        track=TrackCode(track) if track else None,
    )
