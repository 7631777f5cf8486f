"""The lines as part of a case's content: registered once for every table, so that snapshots and differences have them all."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from portfolio.business_cases.content_registry import Line as ContentLine
from portfolio.business_cases.content_registry import register_lines
from portfolio.business_cases.lines.arithmetic import counted
from portfolio.business_cases.lines.columns import Kind, LineSpec
from portfolio.business_cases.lines.context import LineContext
from portfolio.business_cases.lines.reading import Line, context_of, lines_of
from portfolio.business_cases.lines.showing import read_value
from portfolio.business_cases.lines.specs import SPECS
from portfolio.business_cases.lines.values import plain
from portfolio.business_cases.models import BusinessCase
from portfolio.packs.schema import CountryPack


def read_lines(spec: LineSpec, session: Session, pack: CountryPack, case: BusinessCase) -> Sequence[ContentLine]:
    """Every column by its name, in JSON; amounts by year (as text) in smallest parts of the line's unit.

    `counted`: the same amounts in minor units of the currency, tax included, as they count on this day. `institution`: the
    name of today beside the id. Lines of a given table that nobody answered are there too.
    """
    context = context_of(session, pack, case, spec)
    return [content_line(spec, context, line) for line in lines_of(session, spec, case.id)]


def content_line(spec: LineSpec, context: LineContext, line: Line) -> ContentLine:
    found: dict[str, Any] = {"id": str(line.id), **{name: plain(value) for name, value in line.values.items()}}
    if spec.amounts is not None:
        by = context.factor(line.unit, tax_included=bool(line.values.get("tax_included", True)))
        found["amounts"] = {str(year): stored for year, stored in line.amounts.items()}
        found["counted"] = {str(year): counted(stored, by) for year, stored in line.amounts.items()}
    for column in spec.columns:
        if column.kind is Kind.INSTITUTION:
            found["institution"] = context.institutions.get(line.values[column.name], "")
    return found


def _shower(spec: LineSpec) -> Callable[[CountryPack, str, str, Any], str]:
    return partial(read_value, spec)


def register() -> None:
    for spec in SPECS.values():
        register_lines(
            spec.section,
            spec.name,
            partial(read_lines, spec),
            title=spec.title,
            columns={column.name: column.label for column in spec.columns},
            show=_shower(spec),
        )


register()
