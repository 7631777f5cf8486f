"""What a case costs and what pays for it, in the currency of the case. `lines.totals.case_totals` computes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portfolio.db.money import Money


@dataclass(frozen=True, slots=True)
class CaseTotals:
    """Tax included, indexed units at the pack's reference value, all in one currency.

    `whole_life`: every cost of every year. `asked`: funding asked of the budget office. `funding`: every source together.
    `by_year` and `asked_by_year`: fiscal year → amount, ascending, only years with something in them.
    """

    whole_life: Money
    asked: Money
    funding: Money
    by_year: Mapping[int, Money] = field(default_factory=dict)
    asked_by_year: Mapping[int, Money] = field(default_factory=dict)

    @property
    def currency(self) -> str:
        return self.whole_life.currency

    @property
    def gap(self) -> Money:
        """Costs without funding; negative when sources give more than it costs."""
        return self.whole_life - self.funding

    @property
    def is_balanced(self) -> bool:
        return self.gap.minor == 0

    def stored(self) -> dict[str, Any]:
        """As a snapshot keeps it: minor units, years as text."""
        return {
            "currency": self.currency,
            "whole_life": self.whole_life.minor,
            "asked": self.asked.minor,
            "funding": self.funding.minor,
            "by_year": {str(year): amount.minor for year, amount in self.by_year.items()},
            "asked_by_year": {str(year): amount.minor for year, amount in self.asked_by_year.items()},
        }
