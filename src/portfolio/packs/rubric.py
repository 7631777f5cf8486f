"""The rubric of peer review, and deadlines."""

from typing import Self

from pydantic import Field, model_validator

from portfolio.i18n import Phrase
from portfolio.packs.parts import Code, Origin
from portfolio.packs.terms import DeadlineCode, NamesShown, SectionCode

LEVELS = 5
"""Scores of a group run from 0 to 4."""


class RubricGroup(Origin):
    """One thing that a reviewer scores; `levels`: a text for each score from 0 to 4; `sections`: what to read."""

    code: Code
    title: Phrase
    help: Phrase
    weight: int = Field(ge=1, le=100)
    sections: tuple[SectionCode, ...] = Field(min_length=1)
    levels: tuple[Phrase, ...] = Field(min_length=LEVELS, max_length=LEVELS)


class Rubric(Origin):
    """At most five groups. A score of `low_score` or less needs its own reason.

    Weighted totals (0 to 100) that differ by `third_review_gap` or more call one more review.
    """

    groups: dict[str, RubricGroup] = Field(min_length=1, max_length=5)
    low_score: int = Field(ge=0, le=4)
    third_review_gap: int = Field(ge=1, le=100)
    names_shown: NamesShown
    anonymous_to_agency: bool

    @model_validator(mode="after")
    def weights_sum_to_100(self) -> Self:
        total = sum(group.weight for group in self.groups.values())
        if total != 100:
            raise ValueError(f"the weights of the groups sum to {total}, not to 100")
        return self

    @model_validator(mode="after")
    def names_and_anonymity_agree(self) -> Self:
        if self.anonymous_to_agency and self.names_shown is NamesShown.ALWAYS:
            raise ValueError("reviews cannot be anonymous to the agency while names are always shown")
        return self


class Deadline(Origin):
    code: DeadlineCode
    working_days: int = Field(ge=1, le=250)
