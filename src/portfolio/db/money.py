"""Money: whole minor units of one currency. Never a float, never a column of decimals."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache

from babel.numbers import get_currency_precision

MAX_MINOR = 2**63 - 1
"""The widest amount a BIGINT column holds."""


@cache
def minor_digits(currency: str) -> int:
    """Decimals of a currency by ISO 4217: CLP 0, USD 2, CLF 4."""
    return get_currency_precision(currency)


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An exact amount of one currency; arithmetic across currencies is refused."""

    currency: str
    minor: int

    @classmethod
    def of(cls, amount: Decimal | int | str, currency: str) -> "Money":
        """From major units. Raises `ValueError` for more decimals than the currency has, or an amount no column holds."""
        try:
            scaled = Decimal(amount).scaleb(minor_digits(currency))
        except InvalidOperation as error:
            raise ValueError(f"not an amount: {amount!r}") from error
        if not scaled.is_finite() or scaled != scaled.to_integral_value():
            raise ValueError(f"{currency} has {minor_digits(currency)} decimals")
        if abs(scaled) > MAX_MINOR:
            raise ValueError("the amount is too large")
        return cls(currency, int(scaled))

    @property
    def amount(self) -> Decimal:
        return Decimal(self.minor).scaleb(-minor_digits(self.currency))

    def __add__(self, other: "Money") -> "Money":
        return Money(self._same(other), self.minor + other.minor)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self._same(other), self.minor - other.minor)

    def _same(self, other: "Money") -> str:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")
        return self.currency
