"""Tracks: when each applies, and what it demands."""

from decimal import Decimal
from typing import Self

from pydantic import Field, model_validator

from portfolio.i18n import Phrase
from portfolio.packs.parts import Code, Origin, Part
from portfolio.packs.terms import CaseKind, SignOffRole, TrackCode


class Threshold(Part):
    """An amount in the currency of the pack (major units) or in one of its indexed units."""

    amount: Decimal = Field(gt=0)
    unit: Code


class Condition(Part):
    """Kinds of case and an interval of whole-life cost: from (included) to below (excluded), open if not written."""

    kinds: tuple[CaseKind, ...] = Field(min_length=1)
    at_least: Threshold | None = None
    below: Threshold | None = None

    @model_validator(mode="after")
    def bounds_are_ordered(self) -> Self:
        if (
            self.at_least
            and self.below
            and self.at_least.unit == self.below.unit
            and self.at_least.amount >= self.below.amount
        ):
            raise ValueError("at_least must be smaller than below")
        return self


class Track(Origin):
    """One row of the matrix. The sections that it demands are those that name it (`CountryPack.required_sections`).

    `reviews` is 0 for no peer review. `sampled_percent` of its cases go to the full track instead, by lot; a full track without
    conditions is reached by lot only. `regularise_within`: working days in which the ordinary evaluation must follow.
    """

    code: TrackCode
    name: Phrase
    summary: Phrase
    conditions: tuple[Condition, ...] = ()
    sign_offs: int = Field(ge=0, le=10)
    sign_off_roles: tuple[SignOffRole, ...]
    reviews: int = Field(ge=0, le=9)
    standards_check: bool
    opinion: bool
    decision: bool
    code_issued: bool
    sampled_percent: int = Field(default=0, ge=0, le=100)
    regularise_within: int | None = Field(default=None, ge=1, le=250)
