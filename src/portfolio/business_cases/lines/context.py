"""What a cell needs to know of its case to be read and shown: gathered once a request, free of the database afterwards."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from portfolio.business_cases.lines.arithmetic import INDEXED_PLACES, factor
from portfolio.db.money import minor_digits
from portfolio.i18n import gettext
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import TrackCode

DEFAULT_YEARS = 4
MOST_YEARS = 15
"""Longer lives are costed up to here; beyond it a case is renewed, not planned."""


@dataclass(frozen=True, slots=True)
class LineContext:
    """`years`: fiscal years in sight, ascending. `institutions`: names by id, of those that a line may name."""

    pack: CountryPack
    currency: str
    years: tuple[int, ...]
    institutions: Mapping[uuid.UUID, str] = field(default_factory=dict)
    track: TrackCode | None = None

    def words(self, message: str) -> str:
        return gettext(message)

    @property
    def units(self) -> tuple[str, ...]:
        """Indexed units that amounts may be in; none for a case in another currency than the pack's."""
        return tuple(self.pack.indexed_units) if self.currency == self.pack.currency else ()

    def places(self, unit: str = "") -> int:
        """Decimals of an amount in an indexed unit, or in the currency."""
        return INDEXED_PLACES if unit else minor_digits(self.currency)

    def factor(self, unit: str = "", *, tax_included: bool = True) -> Fraction:
        """By what an amount in this unit is multiplied to count in the currency, tax included.

        A unit that the pack has no longer counts as nothing: `checks` asks for another one.
        """
        value: Decimal | None = None
        if unit:
            value = self.pack.unit_value(unit) if unit in self.pack.indexed_units else Decimal(0)
        return factor(
            minor_digits=minor_digits(self.currency),
            unit_value=value,
            tax_rate=self.pack.tax.rate,
            tax_included=tax_included,
        )


def years_in_sight(first: int, with_amounts: set[int], wanted: int = 0) -> tuple[int, ...]:
    """From the call's fiscal year, as many as wanted and never fewer than hold an amount; earlier ones only with amounts."""
    count = min(max(wanted or DEFAULT_YEARS, 1), MOST_YEARS)
    last = max([first + count - 1, *with_amounts])
    return tuple(sorted({*range(first, last + 1), *with_amounts}))
