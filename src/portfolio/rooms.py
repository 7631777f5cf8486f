"""The routes of every room, in one list: a new room is wired here."""

from typing import Any

from portfolio.approvals import jobs as approvals_jobs
from portfolio.approvals import (
    routes_closing,
    routes_codes,
    routes_draws,
    routes_gate,
    routes_outcomes,
    routes_reviews,
    routes_verify,
)
from portfolio.audit import routes as audit
from portfolio.business_cases import jobs as business_cases_jobs
from portfolio.business_cases import routes as business_cases
from portfolio.checks import jobs as checks_jobs
from portfolio.checks import routes as checks
from portfolio.closure import jobs as closure_jobs
from portfolio.closure import routes as closure
from portfolio.demo import routes as demo
from portfolio.desk import history
from portfolio.desk import routes as desk
from portfolio.exchange import jobs as exchange_jobs
from portfolio.exchange import routes as exchange
from portfolio.execution import routes as execution
from portfolio.findings import jobs as findings_jobs
from portfolio.findings import routes as findings
from portfolio.identity import routes as identity
from portfolio.jobs import house
from portfolio.jobs import routes as jobs
from portfolio.kpis import jobs as kpis_jobs
from portfolio.kpis import routes as kpis
from portfolio.lessons import routes as lessons
from portfolio.monitoring import (
    health_routes,
    life_jobs,
    rating_jobs,
    routes_carry_over,
    routes_gate_files,
    routes_gates,
    routes_life,
    routes_money,
    routes_public,
    routes_suspension,
    routes_terms,
)
from portfolio.notifications import routes as notifications
from portfolio.peer_review import jobs as peer_review_jobs
from portfolio.peer_review import routes as peer_review
from portfolio.peer_review import routes_observations
from portfolio.projects.plan import routes as plan
from portfolio.returns import jobs as returns_jobs
from portfolio.returns import routes as returns
from portfolio.risk import jobs as risk_jobs
from portfolio.risk import routes as risk
from portfolio.settings import Settings
from portfolio.strategy import routes as strategy

CLOCKWORK = (
    house,
    business_cases_jobs,
    peer_review_jobs,
    checks_jobs,
    approvals_jobs,
    life_jobs,
    rating_jobs,
    kpis_jobs,
    risk_jobs,
    exchange_jobs,
    closure_jobs,
    findings_jobs,
    returns_jobs,
)
"""Modules that put jobs on the timetable when they are imported."""


def routes(settings: Settings) -> list[Any]:
    """Route handlers of the rooms that exist; demonstration routes only in demonstration mode."""
    return [
        *identity.routes(settings),
        *desk.routes(),
        *history.routes(),
        *notifications.routes(),
        *audit.routes(),
        *jobs.routes(),
        *exchange.routes(),
        *peer_review.routes(),
        *routes_observations.routes(),
        *routes_reviews.routes(),
        *checks.routes(),
        *routes_gate.routes(),
        *strategy.routes(),
        *business_cases.routes(),
        *routes_outcomes.routes(),
        *routes_codes.routes(),
        *routes_closing.routes(),
        *routes_draws.routes(),
        *routes_verify.routes(),
        *routes_life.routes(),
        *routes_money.routes(),
        *routes_public.routes(),
        *routes_carry_over.routes(),
        *routes_gates.routes(),
        *routes_gate_files.routes(),
        *routes_terms.routes(),
        *routes_suspension.routes(),
        *health_routes.routes(),
        *plan.routes(),
        *kpis.routes(),
        *risk.routes(),
        *lessons.routes(),
        *closure.routes(),
        *execution.routes(),
        *findings.routes(),
        *returns.routes(),
        *(demo.routes() if settings.is_demo else []),
    ]
