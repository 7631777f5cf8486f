"""The routes of this room, in one list."""

from typing import Any

from portfolio.closure import plan_effect as _plan_effect  # noqa: F401  (what another end of the plan means for the money)
from portfolio.closure import routes_checklist, routes_evaluation, routes_reviews, routes_services


def routes() -> list[Any]:
    return [
        *routes_checklist.routes(),
        *routes_evaluation.routes(),
        *routes_services.routes(),
        *routes_reviews.routes(),
    ]
