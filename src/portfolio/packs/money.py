"""Currency, indexed units, tax, budget classification and discount rates of a pack."""

from datetime import date
from decimal import Decimal

from pydantic import Field

from portfolio.i18n import Phrase
from portfolio.packs.parts import Choice, Code, Origin
from portfolio.packs.terms import ExpenseNature


class IndexedUnit(Origin):
    """A unit of account whose value in the currency changes with time.

    `reference_value` (major units of the currency, valid on `reference_on`) is used until a dated series is loaded.
    """

    code: Code
    name: Phrase
    reference_value: Decimal = Field(gt=0)
    reference_on: date


class Tax(Origin):
    """The general tax on purchases; `rate` is a fraction, 0.19 for 19 %."""

    name: Phrase
    rate: Decimal = Field(ge=0, lt=1)


class BudgetLine(Choice):
    """A line of the budget classification; only lines without children can be used in a cost line."""

    nature: ExpenseNature
    parent: Code | None = None


class CostCategory(Choice):
    """What a cost is for; `usual_nature` is proposed, never imposed."""

    usual_nature: ExpenseNature


class DiscountRate(Origin):
    """A yearly social discount rate as a fraction; without `valid_from` it is the oldest known."""

    rate: Decimal = Field(ge=0, lt=1)
    valid_from: date | None = None
