"""The routes of every room, in one list: a new room is wired here."""

from typing import Any

from portfolio.desk import routes as desk
from portfolio.identity import routes as identity
from portfolio.settings import Settings


def routes(settings: Settings) -> list[Any]:
    """Route handlers of the rooms that exist; demonstration routes only in demonstration mode."""
    return [*identity.routes(settings), *desk.routes()]
