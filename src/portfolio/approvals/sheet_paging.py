"""Pages of the decision sheet by cursor: a page begins after a case, or ends before one, in the order of the sheet."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

ROWS_A_PAGE = 100
"""More than a person compares at once; a call of fewer cases is one page."""


class HasCase(Protocol):
    """A row of the sheet, as far as paging is concerned."""

    @property
    def case_id(self) -> uuid.UUID: ...


Row = TypeVar("Row", bound=HasCase)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins or ends; neither: the first page. The case itself is on the neighbouring page."""

    after: uuid.UUID | None = None
    before: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Which of the rows are shown: their places counted from 1, how many there are, and the cursors of the neighbours."""

    first: int = 0
    last: int = 0
    of: int = 0
    previous: uuid.UUID | None = None
    next: uuid.UUID | None = None

    @property
    def is_whole(self) -> bool:
        return self.last - self.first + 1 >= self.of


def page_of(every: Sequence[Row], wanted: Sequence[Row], cursor: Cursor, size: int) -> tuple[Sequence[Row], Span]:
    """The rows of one page and where it lies. `wanted` are those of `every` that the filter lets through, in its order.

    The case of a cursor need not be among `wanted`: it may have been proposed meanwhile and left the filter. An unknown one,
    or one behind which nothing is left, gives the first page.
    """
    place = {row.case_id: number for number, row in enumerate(every)}
    start = 0
    if cursor.after in place:
        start = sum(place[row.case_id] <= place[cursor.after] for row in wanted)
    elif cursor.before in place:
        start = max(0, sum(place[row.case_id] < place[cursor.before] for row in wanted) - size)
    if start >= len(wanted):
        start = 0
    shown = wanted[start : start + size]
    span = Span(
        first=start + 1 if shown else 0,
        last=start + len(shown),
        of=len(wanted),
        previous=shown[0].case_id if start else None,
        next=shown[-1].case_id if start + size < len(wanted) else None,
    )
    return shown, span
