"""How a country rates risks: scales with words, matrices from 3×3 to 6×6, what each tier tolerates, who accepts, how often to look."""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from portfolio.i18n import Phrase
from portfolio.packs.parts import Code, Origin, Part
from portfolio.packs.terms import Tier

LEAST, MOST = 3, 6
"""Steps of a scale."""

LADDER = (Tier.OPERATIONAL, Tier.DIRECTIVE, Tier.STRATEGIC)
"""The tiers that a risk climbs, from the project up."""


class Pattern(StrEnum):
    """How a cell looks without colour."""

    PLAIN = "plain"
    DOTS = "dots"
    STRIPES = "stripes"
    SOLID = "solid"


class Step(Part):
    """One step of a scale; of likelihood only: `percent`, the chance that it stands for in a simulation, and `up_to`, the
    greatest chance that it is the word for. Its least is the greatest of the step below.
    """

    label: Phrase
    help: Phrase
    percent: int | None = Field(default=None, ge=1, le=99)
    up_to: int | None = Field(default=None, ge=1, le=100)


class RiskRating(Part):
    """One rating, the mildest first; word, letter and pattern say the same, so that nobody needs the colour.

    `review_days`: calendar days until it is looked at again. `accepted_by`: roles that may accept a risk so rated, for
    `accepted_days` calendar days at most; nobody where there are none.
    """

    code: Code
    label: Phrase
    letter: Phrase
    pattern: Pattern
    review_days: int = Field(ge=1, le=730)
    accepted_by: tuple[Code, ...] = ()
    accepted_days: int = Field(default=365, ge=1, le=1100)


class RiskMatrix(Origin):
    """`cells[likelihood - 1][impact - 1]` is the code of a rating; both scales from the least to the most."""

    code: Code
    likelihood: tuple[Step, ...] = Field(min_length=LEAST, max_length=MOST)
    impact: tuple[Step, ...] = Field(min_length=LEAST, max_length=MOST)
    cells: tuple[tuple[Code, ...], ...]

    @model_validator(mode="after")
    def every_cell_is_filled(self) -> Self:
        rows, columns = len(self.likelihood), len(self.impact)
        if len(self.cells) != rows or any(len(row) != columns for row in self.cells):
            raise ValueError(f"the cells are not {rows} rows, one a likelihood, of {columns} impacts each")
        return self

    @model_validator(mode="after")
    def chances_rise(self) -> Self:
        chances = [step.percent for step in self.likelihood]
        if None in chances or chances != sorted(set(chances), key=lambda chance: chance or 0):
            raise ValueError("every step of likelihood needs a percent, and they must rise")
        return self

    @model_validator(mode="after")
    def ranges_hold_their_chances(self) -> Self:
        tops = [step.up_to for step in self.likelihood]
        if all(top is None for top in tops):
            return self
        if None in tops or tops[-1] != 100:
            raise ValueError(
                "every step of likelihood says up to which chance it goes, the last one to 100, or none does"
            )
        for place in range(1, len(tops) + 1):
            least, most = self.range_of(place) or (0, 100)
            if not least <= (self.likelihood[place - 1].percent or 0) <= most or least >= most:
                raise ValueError(f"the percent of step {place} of likelihood does not lie in its own range")
        return self

    def range_of(self, step: int) -> tuple[int, int] | None:
        """The least and the greatest chance of a step of likelihood, counted from 1, in percent; nothing where none is said.

        Neighbours share their edge.
        """
        most = self.likelihood[step - 1].up_to
        if most is None:
            return None
        return (self.likelihood[step - 2].up_to or 0) if step > 1 else 0, most


class EscalationRule(Part):
    """A tier above the project: working days it has for its answer, and the roles that give it."""

    working_days: int = Field(ge=1, le=120)
    answered_by: tuple[Code, ...] = Field(min_length=1)


class RiskRules(Origin):
    """`tolerance`: the worst rating that each tier carries by itself; what is worse goes to the next one."""

    matrix: Code
    matrices: dict[str, RiskMatrix] = Field(min_length=1)
    ratings: dict[str, RiskRating] = Field(min_length=2, max_length=len(Pattern))
    tolerance: dict[Tier, Code]
    escalation: dict[Tier, EscalationRule]

    @property
    def in_force(self) -> RiskMatrix:
        """The matrix that this country uses."""
        return self.matrices[self.matrix]

    def rank(self, rating: str) -> int:
        """0 for the mildest. Raises `ValueError` for a rating that the pack does not know."""
        return list(self.ratings).index(rating)

    @model_validator(mode="after")
    def names_exist(self) -> Self:
        wrong = [] if self.matrix in self.matrices else [f"there is no matrix {self.matrix}"]
        untold = {tier: code for tier, code in self.tolerance.items() if code not in self.ratings}
        wrong += [f"{tier.value} tolerates {code}, which is no rating" for tier, code in untold.items()]
        for matrix in self.matrices.values():
            unknown = {code for row in matrix.cells for code in row} - set(self.ratings)
            wrong += [f"the matrix {matrix.code} has the unknown rating {code}" for code in sorted(unknown)]
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    @model_validator(mode="after")
    def words_tell_ratings_apart(self) -> Self:
        for what in ("letter", "pattern"):
            shown = [str(getattr(rating, what)) for rating in self.ratings.values()]
            if len(set(shown)) != len(shown):
                raise ValueError(f"two ratings have the same {what}: without colour they could not be told apart")
        return self

    @model_validator(mode="after")
    def worse_is_never_milder(self) -> Self:
        for matrix in self.matrices.values():
            ranks = [[self.rank(code) for code in row] for row in matrix.cells]
            for across in (ranks, list(zip(*ranks, strict=True))):
                for position, line in enumerate(across, start=1):
                    if list(line) != sorted(line):
                        raise ValueError(f"the matrix {matrix.code} gets milder along line {position} of a scale")
            if ranks[0][0] != 0 or ranks[-1][-1] != len(self.ratings) - 1:
                raise ValueError(f"the matrix {matrix.code} does not run from the mildest rating to the worst")
        return self

    @model_validator(mode="after")
    def the_ladder_leads_somewhere(self) -> Self:
        missing = [tier.value for tier in LADDER if tier not in self.tolerance]
        missing += [tier.value for tier in LADDER[1:] if tier not in self.escalation]
        if missing:
            raise ValueError(f"tolerance or escalation says nothing of {', '.join(missing)}")
        ranks = [self.rank(self.tolerance[tier]) for tier in LADDER]
        if ranks != sorted(ranks):
            raise ValueError("a tier tolerates less than the one below it")
        if ranks[-1] != len(self.ratings) - 1:
            raise ValueError("the strategic tier has nobody above it, so it must carry every rating")
        return self
