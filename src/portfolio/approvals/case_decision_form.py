"""The grid of amounts on the page of one case: year, tranche, budget line, amount; as many rows as are filled."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from portfolio.approvals.decision_rules import Line
from portfolio.approvals.sheet_form import amount_of
from portfolio.db.money import Money
from portfolio.i18n import gettext as _
from portfolio.web.formatting import plain_amount
from portfolio.web.forms import Submitted

MOST_LINES = 40
SPARE = 2
"""Empty rows below the filled ones, for whoever has no script."""

COLUMNS = ("year", "tranche", "line", "amount")


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row as texts."""

    number: int
    year: str = ""
    tranche: str = ""
    line: str = ""
    amount: str = ""


def grid_of(lines: Iterable[Line], currency: str, first_year: int | None = None) -> list[GridRow]:
    """The stored amounts as rows, with spare ones below; the first spare row of an empty grid says the year already."""
    rows = [
        GridRow(number, str(line.year), str(line.tranche), line.budget_line, plain_amount(Money(currency, line.minor)))
        for number, line in enumerate(lines)
    ]
    spare = [GridRow(number) for number in range(len(rows), min(len(rows) + SPARE, MOST_LINES))]
    if not rows and first_year is not None:
        spare[0] = GridRow(0, str(first_year), "1")
    return rows + spare


def typed_grid(submitted: Submitted) -> list[GridRow]:
    """The rows as they were sent, blank ones included."""
    numbers = [number for number in range(MOST_LINES) if submitted.has(f"amount-{number}")]
    return [GridRow(number, *(submitted.text(f"{name}-{number}") for name in COLUMNS)) for number in numbers]


def read_grid(
    rows: Sequence[GridRow], currency: str, budget_lines: Iterable[str]
) -> tuple[list[Line], Mapping[str, str]]:
    """Amounts, and what is wrong: field → sentence. A row without an amount says nothing."""
    known = set(budget_lines)
    lines: list[Line] = []
    errors: dict[str, str] = {}
    for row in rows:
        if not row.amount:
            continue
        try:
            minor = amount_of(row.amount, currency)
        except ValueError as problem:
            errors[f"amount-{row.number}"] = str(problem)
            continue
        year, tranche = _whole(row.year), _whole(row.tranche or "1")
        if year is None:
            errors[f"year-{row.number}"] = _("Enter the year")
        if tranche is None:
            errors[f"tranche-{row.number}"] = _("Enter a whole number")
        if row.line and row.line not in known:
            errors[f"line-{row.number}"] = _("Choose one of the options")
        if minor and year is not None and tranche is not None:
            lines.append(Line(year, minor, tranche, row.line))
    return lines, errors


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else None
