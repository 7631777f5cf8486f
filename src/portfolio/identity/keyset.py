"""Lists that go forward and back by the key of a row: the last page is as fast as the first, and nothing slips between two."""

import base64
import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, and_, or_
from sqlalchemy.orm import Session
from sqlmodel import col

ROWS = 50
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows and the cursors to either side, empty at the ends."""

    rows: Sequence[Row]
    previous: str
    next: str


def page_of(
    session: Session,
    query: Select[Any],
    keys: tuple[str, uuid.UUID],
    place_of: Callable[[Any], tuple[str, uuid.UUID]],
    cursor: str,
    size: int = ROWS,
) -> Page[Any]:
    """One page in the order of two columns of the table. A cursor that cannot be read shows the first page."""
    key, tiebreak = col(keys[0]), col(keys[1])
    backwards, place = _read(cursor)
    if place is not None:
        text, last = place
        beyond = (key < text, tiebreak < last) if backwards else (key > text, tiebreak > last)
        query = query.where(or_(beyond[0], and_(key == text, beyond[1])))
    order = (key.desc(), tiebreak.desc()) if backwards else (key, tiebreak)
    found = list(session.scalars(query.order_by(*order).limit(size + 1)))
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Page([], "", "")
    has_previous = more if backwards else place is not None
    has_next = True if backwards else more
    return Page(
        found,
        _written("b", place_of(found[0])) if has_previous else "",
        _written("a", place_of(found[-1])) if has_next else "",
    )


def _written(direction: str, place: tuple[str, uuid.UUID]) -> str:
    return base64.urlsafe_b64encode(json.dumps([direction, place[0], str(place[1])]).encode()).decode()


def _read(cursor: str) -> tuple[bool, tuple[str, uuid.UUID] | None]:
    try:
        direction, text, last = json.loads(base64.urlsafe_b64decode(cursor))
        return direction == "b", (str(text), uuid.UUID(last))
    except (ValueError, TypeError, AttributeError):
        return False, None
