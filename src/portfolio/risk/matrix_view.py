"""A matrix as a page shows it: each cell with letter, word and pattern, how many risks stand in it, and a link to them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from portfolio.packs.risk import RiskRating, RiskRules

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ShownRating:
    """A rating in words; `tone` is a tone of tags, `pattern` a class of cells."""

    code: str
    word: str
    letter: str
    pattern: str
    tone: str


TONES = {"plain": "good", "dots": "caution", "stripes": "bad", "solid": "bad"}


@dataclass(frozen=True, slots=True)
class Cell:
    rating: ShownRating
    count: int
    href: str
    current: bool
    place: str


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    help: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class ShownMatrix:
    """`rows` from the greatest likelihood down, `columns` from the least impact: the worst corner is at the top right.

    `elsewhere`: risks rated on another matrix, or not at all on this stance; they are in the list, not in the cells.
    """

    columns: Sequence[tuple[str, str]]
    rows: Sequence[Row]
    legend: Sequence[ShownRating]
    ours: bool
    elsewhere: int


def shown_rating(rules: RiskRules, code: str) -> ShownRating:
    """A rating that the pack no longer has is shown by its code."""
    rating = rules.ratings.get(code)
    return ShownRating(code, code, "?", "plain", "neutral") if rating is None else _shown(rating)


def _shown(rating: RiskRating) -> ShownRating:
    pattern = rating.pattern.value
    return ShownRating(rating.code, str(rating.label), str(rating.letter), pattern, TONES[pattern])


def shown_matrix(
    rules: RiskRules, counts: Mapping[Place, int], chosen: Place | None, address: Callable[[Place], str], elsewhere: int
) -> ShownMatrix:
    """`counts` by likelihood and impact; `address` makes the link of a cell that has risks."""
    matrix = rules.in_force
    rows = []
    for likelihood in range(len(matrix.likelihood), 0, -1):
        step = matrix.likelihood[likelihood - 1]
        cells = [
            Cell(
                rating=_shown(rules.ratings[matrix.cells[likelihood - 1][impact - 1]]),
                count=counts.get((likelihood, impact), 0),
                href=address((likelihood, impact)) if counts.get((likelihood, impact)) else "",
                current=chosen == (likelihood, impact),
                place=f"{step.label} × {matrix.impact[impact - 1].label}",
            )
            for impact in range(1, len(matrix.impact) + 1)
        ]
        rows.append(Row(str(step.label), str(step.help), cells))
    return ShownMatrix(
        columns=[(str(step.label), str(step.help)) for step in matrix.impact],
        rows=rows,
        legend=[_shown(rating) for rating in rules.ratings.values()],
        ours=matrix.ours,
        elsewhere=elsewhere,
    )


def read_cell(text: str) -> Place | None:
    """`4-5` as likelihood and impact; nothing for anything else."""
    likelihood, _dash, impact = text.partition("-")
    if not (likelihood.isascii() and likelihood.isdigit() and impact.isascii() and impact.isdigit()):
        return None
    return int(likelihood[:2]), int(impact[:2])
