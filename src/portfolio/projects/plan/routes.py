"""All the pages of a plan."""

from typing import Any

from portfolio.projects.plan import (
    panel,  # noqa: F401  (the panel registers itself)
    routes_baselines,
    routes_changes,
    routes_files,
    routes_plan,
)


def routes() -> list[Any]:
    return [*routes_plan.routes(), *routes_baselines.routes(), *routes_changes.routes(), *routes_files.routes()]
