"""What a frozen case costs, by budget line and fiscal year: amounts of the snapshot counted as its totals count them."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import polars as pl

from portfolio.business_cases.lines.arithmetic import counted, factor
from portfolio.db.money import minor_digits
from portfolio.packs.schema import CountryPack

COSTS = pl.Schema({"budget_line": pl.String(), "fiscal_year": pl.Int64(), "minor": pl.Int64()})
"""Minor units of the case's currency, tax included."""


def cost_rows(content: Mapping[str, Any], pack: CountryPack) -> pl.DataFrame:
    """One row for each amount of a case's content (`business_cases.content`), with the columns of `COSTS`.

    The lines of a full case and those of the operation track, which cost in the call's fiscal year.
    """
    lines = content["sections"]["costs"]["lines"]
    rows = [*_costs(lines.get("costs", []), content, pack), *_operation(lines.get("operation", []), content)]
    return pl.DataFrame(rows, schema=COSTS, orient="row")


def _costs(
    lines: list[Mapping[str, Any]], content: Mapping[str, Any], pack: CountryPack
) -> Iterator[tuple[str, int, int]]:
    digits = minor_digits(content["case"]["currency"])
    for line in lines:
        by = factor(
            minor_digits=digits,
            unit_value=pack.unit_value(line["unit"]) if line.get("unit") else None,
            tax_rate=Decimal(0) if line.get("tax_included", True) else pack.tax.rate,
            tax_included=bool(line.get("tax_included", True)),
        )
        for year, stored in (line.get("amounts") or {}).items():
            yield line.get("budget_line") or "", int(year), counted(int(stored), by)


def _operation(lines: list[Mapping[str, Any]], content: Mapping[str, Any]) -> Iterator[tuple[str, int, int]]:
    year = content["case"]["call"]["fiscal_year"]
    for line in lines:
        if line.get("amount_minor") is not None:
            yield line.get("budget_line") or "", year, int(line["amount_minor"])


def by_line_and_year(costs: pl.DataFrame) -> pl.DataFrame:
    """Sums with the columns of `COSTS`, a row for each pair that has something, ordered by line and year."""
    return costs.group_by("budget_line", "fiscal_year").agg(pl.col("minor").sum()).sort("budget_line", "fiscal_year")
