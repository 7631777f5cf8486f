"""Groups that a value is told apart by: one canonical text for the same people, however they were typed."""

import re
from collections.abc import Mapping, Sequence

from portfolio.i18n import gettext as _
from portfolio.kpis.terms import Channel, Dimension
from portfolio.labels import label

LONGEST = 40
_SPACES = re.compile(r"\s+")
_KEPT_APART = re.compile("[=;]")


def cut_of(parts: Mapping[Dimension, str]) -> str:
    """The key of a group: `sex=women;territory=rural`, in the order of the dimensions; blank for everybody.

    Raises `ValueError`, in words, for a group without a name, with a sign that keeps parts apart, or too long.
    """
    found = []
    for dimension in Dimension:
        if dimension in parts:
            name = _SPACES.sub(" ", parts[dimension]).strip().lower()
            if not name or _KEPT_APART.search(name) or len(name) > LONGEST:
                raise ValueError(
                    _("Name the group in %(n)s characters or fewer, without the signs = and ;") % {"n": LONGEST}
                )
            found.append(f"{dimension.value}={name}")
    return ";".join(found)


def parts_of(cut: str) -> list[tuple[Dimension, str]]:
    """The parts of a kept key."""
    return [(Dimension(name), value) for name, _sign, value in (part.partition("=") for part in cut.split(";") if part)]


def words_of(cut: str) -> str:
    """A group in words; the whole for the blank key."""
    if not cut:
        return _("Total")
    return ", ".join(f"{label(dimension)}: {_name(dimension, value)}" for dimension, value in parts_of(cut))


def _name(dimension: Dimension, value: str) -> str:
    """As it was typed; a channel of the surveys in the reader's language."""
    known = {channel.value: channel for channel in Channel}
    return label(known[value]).lower() if dimension is Dimension.CHANNEL and value in known else value


def read_cut(text: str, allowed: Sequence[str]) -> str:
    """A group as a file names it: `sex=women;territory=rural`, dimensions by their code or by their word in this language.

    Raises `ValueError`, in words, for a dimension that the indicator is not told apart by.
    """
    names = {word: dimension for dimension in Dimension for word in (dimension.value, label(dimension).lower())}
    parts: dict[Dimension, str] = {}
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        name, _sign, value = part.partition("=")
        dimension = names.get(name.strip().lower())
        if dimension is None or dimension.value not in allowed or dimension in parts:
            raise ValueError(_("The indicator is not told apart by «%(name)s»") % {"name": name.strip()[:LONGEST]})
        parts[dimension] = value
    return cut_of(parts)
