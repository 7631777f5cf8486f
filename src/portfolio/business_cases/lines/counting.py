"""What stored lines count for: from lines of a table to entries of the arithmetic. No database."""

from collections.abc import Iterable, Iterator

from portfolio.business_cases.lines.arithmetic import Entry, counted
from portfolio.business_cases.lines.columns import Kind, LineSpec
from portfolio.business_cases.lines.context import LineContext
from portfolio.business_cases.lines.reading import Line
from portfolio.packs.terms import ExpenseNature


def cost_entries(context: LineContext, lines: Iterable[Line]) -> Iterator[Entry]:
    """Costs by year, tax added where a line does not include it, indexed units at the pack's reference value."""
    for line in lines:
        by = context.factor(line.unit, tax_included=bool(line.values["tax_included"]))
        for year, stored in line.amounts.items():
            yield Entry(year, str(line.values["nature"]), counted(stored, by))


def funding_entries(lines: Iterable[Line]) -> Iterator[Entry]:
    """Sources by year; the nature of an entry is the kind of its source: asked, own, external."""
    for line in lines:
        for year, stored in line.amounts.items():
            yield Entry(year, str(line.values["nature"]), stored)


def operation_entries(context: LineContext, fiscal_year: int, lines: Iterable[Line]) -> Iterator[Entry]:
    """Costs of the call's fiscal year, tax included; capital or current as their budget line is, else current."""
    for line in lines:
        if line.values["amount_minor"] is not None:
            budget_line = context.pack.budget_lines.get(str(line.values["budget_line"]))
            nature = budget_line.nature if budget_line else ExpenseNature.CURRENT
            yield Entry(fiscal_year, nature.value, int(line.values["amount_minor"]))


def column_entries(spec: LineSpec, context: LineContext, line: Line) -> dict[str, int]:
    """What each amount cell of one line counts for, by cell key; blank ones are left out, never zero."""
    tax_included = bool(line.values.get("tax_included", True))
    by = context.factor(line.unit, tax_included=tax_included)
    sums = {f"y{year}": counted(stored, by) for year, stored in line.amounts.items()}
    for column in spec.columns:
        if column.kind is Kind.MONEY and line.values.get(column.name) is not None:
            sums[column.name] = int(line.values[column.name])
    return sums
