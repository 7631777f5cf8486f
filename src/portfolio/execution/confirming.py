"""What is improbable and possible is asked again: a tick, and where it is to be read later, a note that says why.

The tick holds for the very sentences under which it was given: where the figures in them change, it is asked for again.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

from portfolio.errors import FieldRefused
from portfolio.i18n import gettext as _


class Unconfirmed(FieldRefused):
    """Nobody confirmed yet what looks unusual."""

    def __init__(self, concerns: Sequence[str], field: str, reason: str) -> None:
        super().__init__(field, reason)
        self.concerns = tuple(concerns)


def token_of(concerns: Sequence[str]) -> str:
    """What the tick of these sentences carries."""
    return hashlib.sha256("\n".join(concerns).encode()).hexdigest()[:16]


def ask(concerns: Sequence[str], confirmed: str) -> None:
    """Raises `Unconfirmed` where something is to be confirmed and was not."""
    if concerns and confirmed != token_of(concerns):
        raise Unconfirmed(concerns, "confirmed", _("This looks unusual: confirm it, or correct what was typed"))


def ask_why(concerns: Sequence[str], confirmed: str, note: str) -> str:
    """As `ask`, with a reason; the note to be kept, which is blank where nothing was to be confirmed."""
    ask(concerns, confirmed)
    if concerns and not note.strip():
        raise Unconfirmed(concerns, "note", _("Say why it is so"))
    return note if concerns else ""


def shown(error: FieldRefused) -> dict[str, Any] | None:
    """What the page asks to be confirmed; nothing for another refusal."""
    if not isinstance(error, Unconfirmed):
        return None
    return {"concerns": list(error.concerns), "token": token_of(error.concerns)}
