"""Bodies, the institutions they sit in, the powers they hold and who stands in for them."""

from pydantic import Field

from portfolio.i18n import Phrase
from portfolio.packs.parts import Code, Origin, Part
from portfolio.packs.terms import OpinionEffect, Tier


class HostInstitution(Part):
    """An institution in which a body sits; `code` is the official code of that institution."""

    code: Code
    name: Phrase
    parent: Code | None = None


class Body(Origin):
    """A body that holds powers. Two bodies of one institution must sit in different units."""

    code: Code
    name: Phrase
    short: Phrase
    tier: Tier
    institution: Code
    unit: Code | None = None


class PowerAssignment(Origin):
    """Who holds a power. More than one holder means that as many authorities act together (a waiver takes two).

    `substitutes` are tried in order when the case is of a holder's own house.
    """

    holders: tuple[Code, ...] = Field(min_length=1)
    substitutes: tuple[Code, ...] = ()


class Overdue(Origin):
    """Working days from admission after which the budget office may decide "without opinion"."""

    after: int = Field(ge=1, le=250)


class OpinionRule(Origin):
    """Whether the opinion binds the budget, and what happens when it does not come."""

    effect: OpinionEffect
    overdue: Overdue

    @property
    def overdue_after(self) -> int:
        """Working days."""
        return self.overdue.after
