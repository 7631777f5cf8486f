"""What another end of the plan means for what other rooms know of a project: each room says it in sentences."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from portfolio.packs.schema import CountryPack
from portfolio.projects.models import Project


@dataclass(frozen=True, slots=True)
class NewEnd:
    """The last day of the plan approved at present, nothing before any, and of the one that is asked for."""

    session: Session
    pack: CountryPack
    project: Project
    before: date | None
    after: date
    today: date


Say = Callable[[NewEnd], Sequence[str]]

_rooms: dict[str, Say] = {}


def register_effect(room: str, say: Say) -> None:
    """A room above this one, once; the sentences are shown in the order of the rooms' names."""
    _rooms[room] = say


def effects_of(asked: NewEnd) -> list[str]:
    """What each room says of it."""
    return [sentence for room in sorted(_rooms) for sentence in _rooms[room](asked)]
