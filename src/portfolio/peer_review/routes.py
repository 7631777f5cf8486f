"""The routes of reviewers and of the review secretary; those of observations have a file of their own."""

from typing import Any

from portfolio.peer_review import labels, routes_assign, routes_case, routes_desk, routes_review

__all__ = ["labels", "routes"]


def routes() -> list[Any]:
    return [*routes_desk.routes(), *routes_review.routes(), *routes_assign.routes(), *routes_case.routes()]
