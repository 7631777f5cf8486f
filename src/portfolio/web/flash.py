"""What was done, said on the page a form leads to. The address names a registered sentence, so nobody can put words there."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from portfolio.i18n import gettext

_sentences: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Message:
    """A line above the page: kind is success, notice or problem."""

    kind: str
    text: str
    details: list[str] = field(default_factory=list)


def register(sentences: Mapping[str, str]) -> None:
    """Add a room's sentences: key in the address → text marked with `N_`."""
    _sentences.update(sentences)


def said(key: str | None) -> list[Message]:
    """The message for `?done=key`, or none for an unknown key."""
    return [Message("success", gettext(_sentences[key]))] if key in _sentences else []
