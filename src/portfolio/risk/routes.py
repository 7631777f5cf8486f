"""The routes of this room, in one list."""

from typing import Any

from portfolio.risk import panel, routes_oversight, routes_register, routes_risk, routes_simulation

__all__ = ["panel", "routes"]


def routes() -> list[Any]:
    """The panel registers itself when it is imported, as the tab does."""
    return [
        *routes_oversight.routes(),
        *routes_register.routes(),
        *routes_simulation.routes(),
        *routes_risk.routes(),
    ]
