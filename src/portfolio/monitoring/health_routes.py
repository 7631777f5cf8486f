"""Every page of ratings, data quality, early warning and the health of the portfolio."""

from typing import Any

from portfolio.monitoring import routes_health, routes_quality, routes_rating_review, routes_ratings


def routes() -> list[Any]:
    return [*routes_ratings.routes(), *routes_rating_review.routes(), *routes_quality.routes(), *routes_health.routes()]
