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
    return pl.DataFrame(list(_amounts(content, pack)), schema=COSTS, orient="row")


def _amounts(content: Mapping[str, Any], pack: CountryPack) -> Iterator[tuple[str, int, int]]:
    lines = content["sections"]["costs"]["lines"]
    yield from _costs(lines.get("costs", []), content, pack)
    yield from _operation(lines.get("operation", []), content)


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


def by_line_and_year(content: Mapping[str, Any], pack: CountryPack) -> dict[str, dict[int, int]]:
    """Of one case: minor units by budget line and fiscal year, lines and years in order; only what has something."""
    found: dict[str, dict[int, int]] = {}
    for line, year, minor in sorted(_amounts(content, pack)):
        by_year = found.setdefault(line, {})
        by_year[year] = by_year.get(year, 0) + minor
    return found
