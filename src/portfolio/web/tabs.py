"""The tabs above the pages of one thing: each room adds those of the pages that it serves."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from portfolio.i18n import gettext

State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class TabSpec(Generic[State]):
    """A page: its place on the road, its route, its words, the permission; and the states it exists in, or all of them."""

    place: int
    route: str
    words: str
    permission: Any
    statuses: frozenset[State] | None = None


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab as shown."""

    label: str
    href: str
    current: bool


class TabBar(Generic[State]):
    """The tabs of one kind of thing, in their places."""

    def __init__(self) -> None:
        self._specs: dict[str, TabSpec[State]] = {}

    def register(self, spec: TabSpec[State]) -> None:
        self._specs[spec.route] = spec

    def shown(
        self, state: State, current: str, *, opens: Callable[[Any], bool], address: Callable[[str], str]
    ) -> tuple[Tab, ...]:
        """Those that exist in this state and whose permission `opens`; `current` is a route, `address` makes one an address."""
        return tuple(
            Tab(gettext(spec.words), address(spec.route), spec.route == current)
            for spec in sorted(self._specs.values(), key=lambda spec: spec.place)
            if (spec.statuses is None or state in spec.statuses) and opens(spec.permission)
        )
