"""Money of the portfolio in a fiscal year, and planned against executed as a file."""

import uuid
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from sqlalchemy.orm import Session

from portfolio.execution.portfolio import PAGE, Line, exported, lines_of, open_differences, totals_by_currency
from portfolio.execution.routes_files import csv_answer
from portfolio.execution.terms import Flow
from portfolio.execution.views import shown_amount
from portfolio.execution.years import bounds_of, year_of
from portfolio.identity.visit import AnyRequest, everything_of, pack_of, today_of
from portfolio.people.permissions import Permission
from portfolio.web.formatting import percent
from portfolio.web.pages import page

FIRST, LAST = 2000, 2200
"""Fiscal years that an address may name."""


@get(
    "/execution",
    name="execution.portfolio",
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_portfolio(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    pack, viewer = pack_of(request), everything_of(request)
    this = year_of(pack, today_of(request, session))
    year = _year(request, this)
    found = lines_of(session, request.user, bounds_of(pack, year), _after(request))
    may_import = viewer.can(Permission.EXECUTION_IMPORT)
    last = found[PAGE - 1] if len(found) > PAGE else None
    return page(
        request,
        "execution/portfolio.html",
        rows=[_row(one) for one in found[:PAGE]],
        year=year,
        years=[(n, str(n)) for n in range(this - 3, this + 2)],
        totals=[_total(*one) for one in totals_by_currency(session, request.user, bounds_of(pack, year))],
        may_import=may_import,
        may_read=viewer.can(Permission.EXECUTION_READ),
        waiting=open_differences(session)
        if viewer.can(Permission.EXECUTION_READ) and viewer.can(Permission.DECISION_READ)
        else 0,
        next_after=None if last is None else f"{last.project_id}:{last.number}",
    )


def _total(currency: str, totals: dict[Flow, int]) -> dict[str, Any]:
    planned, paid = totals.get(Flow.PLANNED), totals.get(Flow.PAID)
    return {
        "currency": currency,
        "amounts": [shown_amount(totals.get(flow), currency) for flow in Flow],
        "share": percent(paid / planned) if planned and paid is not None else "",
    }


def _year(request: AnyRequest, this: int) -> int:
    asked = request.query_params.get("year", "")
    return (
        int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 and FIRST <= int(asked) <= LAST else this
    )


def _after(request: AnyRequest) -> tuple[str, uuid.UUID] | None:
    """The last project of the page before; a strange one asks for the first page."""
    found, _sign, number = request.query_params.get("after", "").partition(":")
    try:
        return number, uuid.UUID(found)
    except ValueError:
        return None


def _row(one: Line) -> dict[str, Any]:
    planned, paid = one.totals.get(Flow.PLANNED), one.totals.get(Flow.PAID)
    return {
        "id": one.project_id,
        "title": one.title,
        "number": one.number,
        "institution": one.institution,
        "currency": one.currency,
        "amounts": [shown_amount(one.totals.get(flow), one.currency) for flow in Flow],
        "share": percent(paid / planned) if planned and paid is not None else "",
    }


@get(
    "/execution.csv",
    name="execution.export",
    permission=Permission.PORTFOLIO_EXPORT,
    sync_to_thread=True,
    include_in_schema=False,
)
def download_portfolio(request: AnyRequest, session: NamedDependency[Session]) -> Response[bytes]:
    pack = pack_of(request)
    year = _year(request, year_of(pack, today_of(request, session)))
    body = exported(session, request.user, bounds_of(pack, year))
    return csv_answer(body, f"execution-{year}.csv")


def routes() -> list[Any]:
    return [show_portfolio, download_portfolio]
