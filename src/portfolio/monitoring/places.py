"""Addresses of the pages of a project where its figures come from and where they are put right."""

import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress

from litestar.exceptions import NoRouteMatchFoundException

from portfolio.monitoring.health_terms import Dimension, FixPlace

UrlFor = Callable[..., str]

FIXED_AT: Mapping[FixPlace, tuple[str, ...]] = {
    FixPlace.PROJECT: ("desk.project",),
    FixPlace.PLAN: ("projects.plan",),
    FixPlace.MONEY: ("monitoring.money", "desk.project"),
    FixPlace.INDICATORS: ("kpis.scorecard",),
    FixPlace.CONTRACTS: ("execution.contracts", "monitoring.money"),
    FixPlace.RETURN: ("returns.list", "desk.project"),
    FixPlace.IMPORTS: ("exchange.imports",),
}
"""Routes, the first that this installation serves."""

COMES_FROM: Mapping[Dimension, tuple[str, ...]] = {
    Dimension.COST: FIXED_AT[FixPlace.MONEY],
    Dimension.SCHEDULE: FIXED_AT[FixPlace.PLAN],
    Dimension.MILESTONES: FIXED_AT[FixPlace.PLAN],
    Dimension.INDICATORS: FIXED_AT[FixPlace.INDICATORS],
    Dimension.RISKS: ("risk.register",),
    Dimension.DATA_QUALITY: ("monitoring.data_quality",),
}


def address(url_for: UrlFor, routes: tuple[str, ...], project_id: uuid.UUID) -> str:
    """The first of these routes that this installation serves, for the project; blank for none."""
    for route in routes:
        with suppress(NoRouteMatchFoundException):
            return url_for(route, project_id=project_id)
    return ""
