"""The routes of the standards check."""

from typing import Any

from portfolio.checks import labels, part, routes_assessment, routes_case, routes_waivers

__all__ = ["labels", "part", "routes"]


def routes() -> list[Any]:
    return [*routes_assessment.routes(), *routes_case.routes(), *routes_waivers.routes()]
