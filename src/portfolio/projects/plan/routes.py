"""All the pages of a plan."""

from typing import Any

from portfolio.projects.plan import (
    panel,  # noqa: F401  (the panel registers itself)
    routes_approved,
    routes_baselines,
    routes_changes,
    routes_files,
    routes_plan,
)


def routes() -> list[Any]:
    rooms = (routes_plan, routes_baselines, routes_approved, routes_changes, routes_files)
    return [route for room in rooms for route in room.routes()]
