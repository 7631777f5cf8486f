"""Words for enum members. Each room fills the registry from its own `labels.py`; a member is never its own display text."""

from collections.abc import Mapping
from enum import Enum
from typing import TypeVar

from portfolio.i18n import gettext

Member = TypeVar("Member", bound=Enum)

_labels: dict[tuple[type[Enum], str], str] = {}
"""By class and name: members of two enums that are also text would be one key otherwise."""


def register(labels: Mapping[Member, str]) -> None:
    """Add the words of one room: member → text marked with `N_`."""
    _labels.update({(type(member), member.name): text for member, text in labels.items()})


def label(member: Enum | None) -> str:
    """The member's words in the reader's language; nothing for nothing."""
    return "" if member is None else gettext(_labels[type(member), member.name])


def capitalised(words: str) -> str:
    """With a capital letter, as a label or the head of a column needs it; the rest stays as it is."""
    return words[:1].upper() + words[1:]


def is_labelled(member: Enum) -> bool:
    """Whether words are registered, for the house tests."""
    return (type(member), member.name) in _labels


def named(enum_name: str, member_name: str) -> str:
    """The words of a member that stored data names; the bare name where no room registered it (any more)."""
    for kind, name in _labels:
        if (kind.__name__, name) == (enum_name, member_name):
            return label(kind[name])
    return member_name
