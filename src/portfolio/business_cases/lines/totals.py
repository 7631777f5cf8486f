"""What a case costs and what pays for it, from its lines as they are now."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from portfolio.business_cases.lines.arithmetic import Entry, by_year, differences
from portfolio.business_cases.lines.context import LineContext
from portfolio.business_cases.lines.counting import cost_entries, funding_entries, operation_entries
from portfolio.business_cases.lines.reading import lines_of
from portfolio.business_cases.lines.specs import BENEFITS
from portfolio.business_cases.lines.specs_money import COSTS, FUNDING, OPERATION
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import FundingNature
from portfolio.business_cases.totals import CaseTotals
from portfolio.db.money import Money
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import ExpenseNature
from portfolio.strategy.models import Call

Years = Mapping[int, Money]


@dataclass(frozen=True, slots=True)
class LineTotals(CaseTotals):
    """With the parts of the costs by nature, every source by year, and what benefits are worth in a year.

    `mismatch_by_year`: costs less funding, only years where they differ. `benefits_per_year`: nothing when no benefit was
    valued, which is not a benefit of zero.
    """

    capital_by_year: Years = field(default_factory=dict)
    current_by_year: Years = field(default_factory=dict)
    funding_by_year: Years = field(default_factory=dict)
    mismatch_by_year: Years = field(default_factory=dict)
    benefits_per_year: Money | None = None


def case_totals(session: Session, pack: CountryPack, case: BusinessCase) -> LineTotals:
    """Tax included: the pack's tax is added to amounts without it, half up to the minor unit, amount by amount.

    Indexed units count at the pack's reference value. Operation lines are costs of the call's fiscal year, and asked.
    """
    context = LineContext(pack=pack, currency=case.currency, years=())
    fiscal_year = session.get_one(Call, case.call_id).fiscal_year
    running = list(operation_entries(context, fiscal_year, lines_of(session, OPERATION, case.id)))
    costs = [*cost_entries(context, lines_of(session, COSTS, case.id)), *running]
    asked = [Entry(entry.fiscal_year, FundingNature.ASKED.value, entry.minor) for entry in running]
    funding = [*funding_entries(lines_of(session, FUNDING, case.id)), *asked]
    benefits = [line.values["amount_minor"] for line in lines_of(session, BENEFITS, case.id)]
    return totals_of(case.currency, costs, funding, [minor for minor in benefits if minor is not None])


def totals_of(currency: str, costs: list[Entry], funding: list[Entry], benefits: list[int]) -> LineTotals:
    """The same from entries, so that any set of lines can be added up."""

    def money(minors: Mapping[int, int]) -> dict[int, Money]:
        return {year: Money(currency, minor) for year, minor in minors.items()}

    all_costs, all_funding = by_year(costs), by_year(funding)
    asked = by_year(funding, FundingNature.ASKED.value)
    return LineTotals(
        whole_life=Money(currency, sum(all_costs.values())),
        asked=Money(currency, sum(asked.values())),
        funding=Money(currency, sum(all_funding.values())),
        by_year=money(all_costs),
        asked_by_year=money(asked),
        capital_by_year=money(by_year(costs, ExpenseNature.CAPITAL.value)),
        current_by_year=money(by_year(costs, ExpenseNature.CURRENT.value)),
        funding_by_year=money(all_funding),
        mismatch_by_year=money(differences(all_costs, all_funding)),
        benefits_per_year=Money(currency, sum(benefits)) if benefits else None,
    )
