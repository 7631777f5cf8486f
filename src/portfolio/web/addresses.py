"""Addresses by route name. A page has some thirty of them, so the pattern of each is asked of the router once."""

import re
import uuid
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from litestar import Litestar, Request
from litestar.routes import HTTPRoute

_STAND_IN = uuid.UUID("6f1c2b9e-4a57-4d0e-9c3b-0d9a7e5b21f4")
"""An id that no row has: its place in a pattern is where a row's id goes."""


class AddressBook:
    """`book("room.verb", id=…)`. Raises Litestar's `NoRouteMatchFoundException` for what the router does not know."""

    def __init__(self, app: Litestar) -> None:
        self._app = app
        self._patterns: dict[tuple[str, ...], str] = {}

    def __call__(self, name: str, **parameters: Any) -> str:
        if not parameters:
            return self._pattern(name)
        if len(parameters) == 1:
            ((parameter, value),) = parameters.items()
            if isinstance(value, uuid.UUID):
                return self._pattern(name, parameter).replace(str(_STAND_IN), str(value))
        return self._ask(name, parameters)

    def page_above(self, path: str) -> str:
        """The path itself where a page is, else the nearest one above it: where somebody reads on who stands at the address
        of an act, which answers nobody who only looks."""
        above = path.rstrip("/")
        while above and not self._pages.fullmatch(above):
            above = above.rpartition("/")[0]
        return above or "/"

    @cached_property
    def _pages(self) -> re.Pattern[str]:
        routes = [route for route in self._app.routes if isinstance(route, HTTPRoute) and "GET" in route.methods]
        patterns = (re.sub(r"\\\{[^}]+\}", "[^/]+", re.escape(route.path_format)) for route in routes)
        return re.compile("|".join(pattern for pattern in patterns if pattern != "/"))

    def _pattern(self, name: str, *parameters: str) -> str:
        key = (name, *parameters)
        if key not in self._patterns:
            self._patterns[key] = self._ask(name, dict.fromkeys(parameters, _STAND_IN))
        return self._patterns[key]

    def _ask(self, name: str, parameters: Mapping[str, Any]) -> str:
        return self._app.route_reverse(name, **parameters)


def book_of(request: Request[Any, Any, Any]) -> AddressBook:
    """The application's own, with what it knows already."""
    found: AddressBook = request.app.state.addresses
    return found
