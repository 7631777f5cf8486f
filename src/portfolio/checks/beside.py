"""What rooms above show on the page of the check: for example, the observation that follows from a finding."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from litestar import Request
from sqlalchemy.orm import Session

from portfolio.business_cases.models import BusinessCase, Snapshot


@dataclass(frozen=True, slots=True)
class CheckInput:
    """What such a part is made from."""

    request: Request[Any, Any, Any]
    session: Session
    case: BusinessCase
    snapshot: Snapshot


Made = tuple[str, dict[str, Any]]
"""A template with one root element, rendered alone, and its context."""

_parts: dict[str, Callable[[CheckInput], Made | None]] = {}


def register_beside(name: str, make: Callable[[CheckInput], Made | None]) -> None:
    """`make` returns nothing where it has nothing to say. A second one of the same name replaces the first."""
    _parts[name] = make


def parts_beside(given: CheckInput) -> list[Made]:
    """By name."""
    made = [_parts[name](given) for name in sorted(_parts)]
    return [part for part in made if part is not None]
