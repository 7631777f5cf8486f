"""Words for enum members. Each room fills the registry from its own `labels.py`; a member is never its own display text."""

from collections.abc import Mapping
from enum import Enum

from portfolio.i18n import gettext

_labels: dict[Enum, str] = {}


def register(labels: Mapping[Enum, str]) -> None:
    """Add the words of one room: member → text marked with `N_`."""
    _labels.update(labels)


def label(member: Enum | None) -> str:
    """The member's words in the reader's language; nothing for nothing."""
    return "" if member is None else gettext(_labels[member])


def labelled() -> Mapping[Enum, str]:
    """All that is registered, for the house tests."""
    return _labels
