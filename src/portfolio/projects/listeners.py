"""What is derived from an initiative when it is saved: keys of order, the reference that lists show, the words of the search.

Whoever saves one through the session gets them without asking; bulk loads call `index_words` themselves.
"""

import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, delete, event, insert, inspect, select
from sqlalchemy.orm import Mapper
from sqlmodel import col

from portfolio.people.models import Institution
from portfolio.projects.models import Initiative, SearchTerm
from portfolio.projects.words import terms_of

INSTITUTION_KEY = 120
SEARCHED = ("search_text", "reference", "institution_key")


@event.listens_for(Initiative, "before_insert")
@event.listens_for(Initiative, "before_update")
def _derive(_mapper: Mapper[Any], connection: Connection, row: Initiative) -> None:
    row.requested_is_null = row.requested_minor is None
    row.decided_is_null = row.decided_minor is None
    if row.number:
        row.reference = row.number
    if not row.institution_key or inspect(row).attrs.institution_id.history.deleted:
        key = connection.scalar(select(col(Institution.sort_key)).where(col(Institution.id) == row.institution_id))
        row.institution_key = (key or "")[:INSTITUTION_KEY]


@event.listens_for(Initiative, "after_insert")
def _index(_mapper: Mapper[Any], connection: Connection, row: Initiative) -> None:
    index_words(connection, [(row.id, searchable(row))])


@event.listens_for(Initiative, "after_update")
def _index_again(_mapper: Mapper[Any], connection: Connection, row: Initiative) -> None:
    """The words that went are deleted by name: the index is ordered by word, and has no order by initiative."""
    before, after = terms_of(_text_before(row)), terms_of(searchable(row))
    if gone := before - after:
        connection.execute(
            delete(SearchTerm).where(col(SearchTerm.term).in_(sorted(gone)), col(SearchTerm.initiative_id) == row.id)
        )
    _insert(connection, [(row.id, after - before)])


def _text_before(row: Initiative) -> str:
    attributes = inspect(row).attrs
    parts = []
    for name in SEARCHED:
        gone = attributes[name].history.deleted
        parts.append(str(gone[0] if gone else getattr(row, name)))
    return " ".join(parts)


def searchable(row: Initiative) -> str:
    """All the text by which an initiative is found; the institution's order key holds its name."""
    return " ".join(str(getattr(row, name)) for name in SEARCHED)


def index_words(connection: Connection, found: Iterable[tuple[uuid.UUID, str]]) -> None:
    """Index texts by their initiative; for initiatives that have no words yet."""
    _insert(connection, ((id_, terms_of(text)) for id_, text in found))


def _insert(connection: Connection, found: Iterable[tuple[uuid.UUID, frozenset[str]]]) -> None:
    rows = [{"term": term, "initiative_id": id_} for id_, terms in found for term in sorted(terms)]
    if rows:
        connection.execute(insert(SearchTerm), rows)
