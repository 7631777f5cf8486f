"""What rooms above show beside the task list of a case: sign-offs, observations."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from litestar import Request
from sqlalchemy.orm import Session

from portfolio.business_cases.completeness import Missing, Standing
from portfolio.packs.schema import CountryPack


@dataclass(frozen=True, slots=True)
class ExtraInput:
    """What an extra is made from."""

    request: Request[Any, Any, Any]
    session: Session
    pack: CountryPack
    standing: Standing
    missing: list[Missing]


@dataclass(frozen=True, slots=True)
class Extra:
    """A part with one root element, rendered alone with the page's shell and this context."""

    template: str
    context: dict[str, Any]


_extras: dict[str, Callable[[ExtraInput], Extra | None]] = {}


def register_extra(name: str, make: Callable[[ExtraInput], Extra | None]) -> None:
    """`make` returns nothing where it has nothing to say. Shown by name; a second one of the same name replaces the first."""
    _extras[name] = make


def extras_for(given: ExtraInput) -> list[Extra]:
    made = [_extras[name](given) for name in sorted(_extras)]
    return [extra for extra in made if extra is not None]
