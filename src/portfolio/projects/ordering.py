"""Lists of initiatives in an order, page by page, forward and back: by keys, never by counting rows from the start.

Rows without the key (an amount that is not known) come last in either direction. An order is walked in at most two
stretches, with the key and without it, so that each is one range of one index.
"""

import base64
import binascii
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Select, tuple_
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.projects.models import Initiative


@dataclass(frozen=True, slots=True)
class Sort:
    """An order by one column, then by id; `null` is the column that tells rows without the key."""

    key: Any
    null: Any = None


SORTS: dict[str, Sort] = {
    "title": Sort(Initiative.sort_key),
    "institution": Sort(Initiative.institution_key),
    "number": Sort(Initiative.reference),
    "requested": Sort(Initiative.requested_minor, Initiative.requested_is_null),
    "decided": Sort(Initiative.decided_minor, Initiative.decided_is_null),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands in an order: its key (or nothing) and its id."""

    key: str | int | None
    id: uuid.UUID

    def text(self) -> str:
        """As it stands in an address."""
        raw = json.dumps([self.key, self.id.hex], ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def read_place(text: str, order: "Order") -> Place | None:
    """A place from an address, or nothing for what no list of this order could have put there."""
    try:
        raw = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        key, id_ = raw
        place = Place(key, uuid.UUID(hex=id_))
    except (binascii.Error, ValueError, TypeError, AttributeError):
        return None
    return place if order.could_hold(place.key) else None


@dataclass(frozen=True, slots=True)
class Order:
    """A named order and its direction."""

    name: str = "title"
    descending: bool = False

    @property
    def sort(self) -> Sort:
        return SORTS[self.name]

    def could_hold(self, key: object) -> bool:
        if self.sort.null is None:
            return isinstance(key, str) and "\x00" not in key
        return key is None or (isinstance(key, int) and not isinstance(key, bool) and abs(key) < 2**63)

    def text(self) -> str:
        return f"-{self.name}" if self.descending else self.name


def read_order(text: str) -> Order:
    """An order from an address; an unknown one is the usual one."""
    name = text.removeprefix("-")
    return Order(name, text.startswith("-")) if name in SORTS else Order()


@dataclass(frozen=True, slots=True)
class Slice:
    """One page of rows, and the places to go on from: nothing where the list ends."""

    rows: Sequence[Any]
    before: Place | None
    after: Place | None


def read_slice(
    session: Session, query: Select[Any], order: Order, size: int, *, after: Place | None, before: Place | None
) -> Slice:
    """The page after or before a place, or the first. `query` selects columns, `key` and `id` among them, unordered."""
    backwards = before is not None
    start = before or after
    rows: list[Any] = []
    for stretch in _stretches(order, start, backwards):
        limit = size + 1 - len(rows)
        asked = _walk(query.where(*stretch), order, backwards, limit) if stretch else _opening(query, order, limit)
        rows += session.execute(asked).all()
        if len(rows) > size:
            break
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        if not more:  # the beginning: a whole first page rather than the few rows that were left
            return read_slice(session, query, order, size, after=None, before=None)
        rows.reverse()
    has_previous = more if backwards else after is not None
    has_next = more or backwards
    return Slice(
        rows,
        before=Place(rows[0].key, rows[0].id) if rows and has_previous else None,
        after=Place(rows[-1].key, rows[-1].id) if rows and has_next else None,
    )


_openings: WeakKeyDictionary[Select[Any], dict[tuple[Order, int], Select[Any]]] = WeakKeyDictionary()
"""Made once for each query that is used again: to put a question together takes as long as to answer it."""


def _opening(query: Select[Any], order: Order, limit: int) -> Select[Any]:
    """The first page of a list in an order without missing keys."""
    kept = _openings.setdefault(query, {})
    if (order, limit) not in kept:
        kept[order, limit] = _walk(query, order, False, limit)
    return kept[order, limit]


def _walk(query: Select[Any], order: Order, backwards: bool, limit: int) -> Select[Any]:
    return query.order_by(*_ordering(order, backwards)).limit(limit)


def _ordering(order: Order, backwards: bool) -> list[Any]:
    columns = [col(order.sort.key), col(Initiative.id)]
    return [column.desc() if order.descending != backwards else column.asc() for column in columns]


def _stretches(order: Order, start: Place | None, backwards: bool) -> list[list[ColumnElement[bool]]]:
    """Conditions of each stretch still to be walked, in the direction of the walk."""
    null = order.sort.null
    if null is None:
        return [[_beyond(order, start, backwards)] if start else []]
    with_key: list[ColumnElement[bool]] = [col(null).is_(False)]
    without: list[ColumnElement[bool]] = [col(null).is_(True)]
    if start is None:
        return [with_key, without]
    here = [*(without if start.key is None else with_key), _beyond(order, start, backwards)]
    if backwards:
        return [here, with_key] if start.key is None else [here]
    return [here] if start.key is None else [here, without]


def _beyond(order: Order, start: Place, backwards: bool) -> ColumnElement[bool]:
    id_ = col(Initiative.id)
    falling = order.descending != backwards
    if start.key is None:
        return id_ < start.id if falling else id_ > start.id
    here, place = tuple_(col(order.sort.key), id_), (start.key, start.id)
    return here < place if falling else here > place
