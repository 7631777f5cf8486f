"""Structured parts of a section's page: each is registered by the module that owns its tables, routes and template."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from portfolio.business_cases.models import BusinessCase
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import SectionCode


@dataclass(frozen=True, slots=True)
class PartInput:
    """What a part's context is made from. `track` is the code of the track that the case would take."""

    session: Session
    pack: CountryPack
    case: BusinessCase
    track: str
    editable: bool


Contexts = Callable[[PartInput], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class SectionPart:
    """A part of one section's page, shown above its questions."""

    section: SectionCode
    name: str
    template: str
    context: Contexts
    tracks: frozenset[str] | None = None


_parts: dict[tuple[SectionCode, str], SectionPart] = {}


def register_section_part(
    section: SectionCode, name: str, template: str, context: Contexts, tracks: frozenset[str] | None = None
) -> None:
    """`template` is a part with one root element; it is rendered alone with the page's shell and `context(…)`.

    `tracks`: codes of the tracks that show it; nothing for all. A second one of the same name replaces the first.
    """
    _parts[(section, name)] = SectionPart(section, name, template, context, tracks)


def parts_of(section: SectionCode | str, track: str) -> tuple[SectionPart, ...]:
    """By name."""
    wanted = SectionCode(section)
    return tuple(
        part
        for (of, _), part in sorted(_parts.items())
        if of is wanted and (part.tracks is None or track in part.tracks)
    )
