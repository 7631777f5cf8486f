"""The routes of every room, in one list: a new room is wired here."""

from typing import Any

from portfolio.approvals import routes_codes, routes_draws, routes_gate, routes_reviews, routes_verify
from portfolio.business_cases import routes as business_cases
from portfolio.checks import routes as checks
from portfolio.desk import routes as desk
from portfolio.exchange import routes as exchange
from portfolio.identity import routes as identity
from portfolio.peer_review import routes as peer_review
from portfolio.peer_review import routes_observations
from portfolio.settings import Settings
from portfolio.strategy import routes as strategy


def routes(settings: Settings) -> list[Any]:
    """Route handlers of the rooms that exist; demonstration routes only in demonstration mode."""
    return [
        *identity.routes(settings),
        *desk.routes(),
        *exchange.routes(),
        *peer_review.routes(),
        *routes_observations.routes(),
        *routes_reviews.routes(),
        *checks.routes(),
        *routes_gate.routes(),
        *strategy.routes(),
        *business_cases.routes(),
        *routes_codes.routes(),
        *routes_draws.routes(),
        *routes_verify.routes(),
    ]
