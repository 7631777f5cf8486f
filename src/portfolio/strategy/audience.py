"""Who must hear of a closing. Cases live above this room, so they say themselves who is writing for a call."""

import uuid
from collections.abc import Callable, Iterable

from sqlalchemy.orm import Session

Writers = Callable[[Session, uuid.UUID], Iterable[uuid.UUID]]

_sources: dict[str, Writers] = {}


def register_writers(name: str, writers: Writers) -> None:
    """`writers(session, call_id)` gives persons with something for the call that is not submitted yet."""
    _sources[name] = writers


def writers_of(session: Session, call_id: uuid.UUID) -> list[uuid.UUID]:
    """Everybody who is still writing for a call, each once, ordered."""
    found = {person for writers in _sources.values() for person in writers(session, call_id)}
    return sorted(found, key=str)
