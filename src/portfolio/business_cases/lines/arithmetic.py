"""What amounts come to: exact, in whole minor units, rounded once an amount and half up. No float, no order of lines."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

K = TypeVar("K", bound=Hashable)

INDEXED_PLACES = 4
"""Decimals kept of an amount in an indexed unit: what the units of account of the region are quoted with."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one amount counts for: minor units of the case's currency, tax included, in one fiscal year."""

    fiscal_year: int
    nature: str
    minor: int


def half_up(value: Fraction) -> int:
    """The nearest whole number; a half goes away from zero."""
    doubled = abs(value) * 2 + 1
    whole = doubled.numerator // (doubled.denominator * 2)
    return whole if value >= 0 else -whole


def factor(
    *, minor_digits: int, unit_value: Decimal | None = None, tax_rate: Decimal = Decimal(0), tax_included: bool = True
) -> Fraction:
    """By what a stored amount is multiplied to count in minor units of the currency, tax included.

    `unit_value`: one indexed unit in major units of the currency; without it the amount is in the currency already.
    `tax_rate`: a fraction, added only to amounts that do not include it.
    """
    rate = Fraction(1) if tax_included else 1 + Fraction(tax_rate)
    if unit_value is None:
        return rate
    return rate * Fraction(unit_value) * Fraction(int(10**minor_digits), int(10**INDEXED_PLACES))


def counted(stored: int, by: Fraction) -> int:
    """A stored amount times its factor, rounded half up to the minor unit: once, so that parts add up to totals."""
    return half_up(stored * by)


def summed(entries: Iterable[Entry], key: Callable[[Entry], K]) -> dict[K, int]:
    """Sum of the entries by a key, in ascending order of keys; a key without entries is not there."""
    sums: dict[K, int] = {}
    for entry in entries:
        sums[key(entry)] = sums.get(key(entry), 0) + entry.minor
    return dict(sorted(sums.items(), key=lambda item: item[0]))  # type: ignore[arg-type,return-value]


def by_year(entries: Iterable[Entry], nature: str = "") -> dict[int, int]:
    """By fiscal year, of one nature or of all; years without anything in them are left out."""
    wanted = (entry for entry in entries if not nature or entry.nature == nature)
    return {year: minor for year, minor in summed(wanted, lambda entry: entry.fiscal_year).items() if minor}


def differences(costs: Mapping[int, int], funding: Mapping[int, int]) -> dict[int, int]:
    """Costs less funding by fiscal year, ascending, only where they differ; negative where sources give too much."""
    years = sorted({*costs, *funding})
    gaps = {year: costs.get(year, 0) - funding.get(year, 0) for year in years}
    return {year: gap for year, gap in gaps.items() if gap}


def growth(now_minor: int | None, before_minor: int | None) -> Fraction | None:
    """Change against last year as a share of it; nothing when either is missing or last year was nothing."""
    if now_minor is None or not before_minor:
        return None
    return Fraction(now_minor - before_minor, before_minor)
