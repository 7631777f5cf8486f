"""Exact ratios: integers in, hundredths of a percent out, rounded half away from zero; nothing where there is no denominator.

Rounding half away from zero is what the published variances of the US IT Dashboard follow (2,455 of 2,455 real rows, with
`Decimal`). Products are taken in 128 bits: a trillion pesos in minor units times 20,000 does not fit in 64.
"""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import polars as pl

WHOLE = 10_000
"""Basis points (hundredths of a percent) in the whole."""


def basis_points(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """`numerator / denominator` in basis points, Int64; null where either is missing or the denominator is zero.

    Both are integers of the same unit (minor units, days, counts). A negative denominator keeps its sign.
    """
    return rounded_division(numerator.cast(pl.Int128) * WHOLE, denominator)


def rounded_division(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """The integer nearest to the quotient, half away from zero, Int64.

    Null where the denominator is zero or missing, and where the quotient does not fit in 64 bits.
    """
    top, bottom = numerator.cast(pl.Int128), denominator.cast(pl.Int128)
    size, divisor = top.abs(), pl.when(bottom != 0).then(bottom.abs())
    nearest = ((2 * size + divisor) // (2 * divisor)).cast(pl.Int64, strict=False)
    is_negative = (top < 0) != (bottom < 0)
    return pl.when(is_negative).then(-nearest).otherwise(nearest)


def whole(value: Fraction) -> int:
    """The nearest integer, half away from zero: a sum of money in minor units."""
    size = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return -size if value < 0 else size


def rounded(value: Fraction, places: int) -> Decimal:
    """A ratio as a decimal of so many places, half away from zero."""
    return Decimal(whole(value * 10**places)).scaleb(-places).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
