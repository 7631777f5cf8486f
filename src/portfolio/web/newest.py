"""Lists by time-ordered key, newest first, that go forward and back by cursor: the last page is as fast as the first."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, and_, or_
from sqlalchemy.orm import Session
from sqlmodel import col

ROWS = 50
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Newest(Generic[Row]):
    """Rows and the cursors to the newer and the older side, empty at the ends."""

    rows: Sequence[Row]
    newer: str
    older: str


def newest(
    session: Session,
    query: Select[Row],
    key: uuid.UUID,
    key_of: Callable[[Row], uuid.UUID],
    cursor: str,
    size: int = ROWS,
) -> Newest[Row]:
    """One page of a query of whole rows by `key`, a column of UUIDv7. A cursor that cannot be read shows the first page."""
    backwards, place = _read(cursor)
    if place is not None:
        query = query.where(col(key) > place if backwards else col(key) < place)
    order = col(key).asc() if backwards else col(key).desc()
    found: list[Any] = list(session.scalars(query.order_by(order).limit(size + 1)))
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Newest([], "", "")
    has_newer = more if backwards else place is not None
    has_older = backwards or more
    return Newest(
        found,
        f"n{key_of(found[0]).hex}" if has_newer else "",
        f"o{key_of(found[-1]).hex}" if has_older else "",
    )


def newest_by_time(
    session: Session,
    query: Select[Row],
    at: datetime,
    key: uuid.UUID,
    place_of: Callable[[Row], tuple[datetime, uuid.UUID]],
    cursor: str,
    size: int = ROWS,
) -> Newest[Row]:
    """As `newest`, by an instant that need not follow the keys (a moved clock); the key settles what happened at once."""
    backwards, place = _read_instant(cursor)
    when = col(at)
    if place is not None:
        instant, place_id = place
        nearer = when > instant if backwards else when < instant
        beside = col(key) > place_id if backwards else col(key) < place_id
        query = query.where(or_(nearer, and_(when == instant, beside)))
    order = (when.asc(), col(key).asc()) if backwards else (when.desc(), col(key).desc())
    found: list[Any] = list(session.scalars(query.order_by(*order).limit(size + 1)))
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Newest([], "", "")
    has_newer = more if backwards else place is not None
    return Newest(
        found,
        _instant_cursor("n", *place_of(found[0])) if has_newer else "",
        _instant_cursor("o", *place_of(found[-1])) if backwards or more else "",
    )


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _instant_cursor(side: str, at: datetime, key: uuid.UUID) -> str:
    return f"{side}{(at - _EPOCH) // timedelta(microseconds=1)}-{key.hex}"


def _read_instant(cursor: str) -> tuple[bool, tuple[datetime, uuid.UUID] | None]:
    micro, _dash, key = cursor[1:].partition("-")
    try:
        at = _EPOCH + timedelta(microseconds=int(micro))
        return cursor[:1] == "n", (at, uuid.UUID(key)) if cursor[:1] in ("n", "o") else None
    except (ValueError, OverflowError):
        return False, None


def _read(cursor: str) -> tuple[bool, uuid.UUID | None]:
    try:
        return cursor[:1] == "n", uuid.UUID(cursor[1:]) if cursor[:1] in ("n", "o") else None
    except ValueError:
        return False, None
