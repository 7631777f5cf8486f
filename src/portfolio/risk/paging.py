"""Pages of the risks across projects, by cursor: where a page ends is a risk, not a number, so none is skipped or told twice."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col

from portfolio.risk.models import Risk

PAGE = 100


@dataclass(frozen=True, slots=True)
class Cursor:
    """A risk's place in the order: the worst rank first, then the earliest review, then the id; `back`: what lies before it."""

    rank: int
    next_review_on: date
    id: uuid.UUID
    back: bool = False

    def __str__(self) -> str:
        return f"{self.rank}.{self.next_review_on.isoformat()}.{self.id}"


def read_cursor(after: str, before: str) -> Cursor | None:
    """From the address; what means nothing begins at the first page."""
    try:
        rank, day, id_ = (before or after).split(".")
        return Cursor(max(0, min(int(rank), 99)), date.fromisoformat(day), uuid.UUID(id_), back=bool(before))
    except ValueError:
        return None


def place_of(risk: Risk) -> Cursor:
    return Cursor(risk.rank, risk.next_review_on, risk.id)


def ordered(cursor: Cursor | None) -> tuple[Any, ...]:
    """The order of the query: from its end where the page before is asked for."""
    if cursor is not None and cursor.back:
        return col(Risk.rank), col(Risk.next_review_on).desc(), col(Risk.id).desc()
    return col(Risk.rank).desc(), col(Risk.next_review_on), col(Risk.id)


def beyond(cursor: Cursor) -> ColumnElement[bool]:
    """The risks on the asked side of the cursor."""
    rank, day, id_ = col(Risk.rank), col(Risk.next_review_on), col(Risk.id)
    if cursor.back:
        worse, earlier, smaller = rank > cursor.rank, day < cursor.next_review_on, id_ < cursor.id
    else:
        worse, earlier, smaller = rank < cursor.rank, day > cursor.next_review_on, id_ > cursor.id
    same_day = and_(day == cursor.next_review_on, smaller)
    return or_(worse, and_(rank == cursor.rank, or_(earlier, same_day)))


@dataclass(frozen=True, slots=True)
class Ends:
    """The cursors of the neighbouring pages, as they stand in an address; blank where there is none."""

    previous: str = ""
    next: str = ""


def page_of(rows: Sequence[Any], risks: Sequence[Risk], cursor: Cursor | None) -> tuple[list[Any], Ends]:
    """One page in reading order out of up to `PAGE` + 1 rows of the query, whose risks stand beside them."""
    kept, has_more = list(rows[:PAGE]), len(rows) > PAGE
    shown = list(risks[:PAGE])
    is_back = cursor is not None and cursor.back
    if is_back:
        kept.reverse()
        shown.reverse()
    if not shown:
        return [], Ends()
    has_previous = has_more if is_back else cursor is not None
    has_next = True if is_back else has_more
    return kept, Ends(
        previous=str(place_of(shown[0])) if has_previous else "", next=str(place_of(shown[-1])) if has_next else ""
    )
