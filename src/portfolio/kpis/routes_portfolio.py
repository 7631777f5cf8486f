"""The scorecard of the portfolio: by family and by institution, in the viewer's scope."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from sqlalchemy.orm import Session

from portfolio.db.clock import now
from portfolio.kpis.portfolio import Tally
from portfolio.kpis.tally import portfolio_tallies
from portfolio.kpis.terms import Family, Result
from portfolio.kpis.views import AnyRequest
from portfolio.labels import label
from portfolio.people.permissions import Permission
from portfolio.people.queries import institution_names
from portfolio.web.formatting import percent, short_day
from portfolio.web.pages import page
from portfolio.web.runtime import runtime


@dataclass(frozen=True, slots=True)
class ShownTally:
    """A line of counts in the order of `Result`; `share` is of those that could be determined."""

    name: str
    href: str
    counts: Sequence[int]
    total: int
    share: str


@get(
    "/indicators",
    name="kpis.portfolio",
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_portfolio(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    """`?family=inclusion` narrows the table of institutions; an unknown family narrows nothing."""
    at = now(session)
    today = at.astimezone(runtime(request).pack.zone).date()
    found = portfolio_tallies(session, request.user, at, today)
    chosen = next((family for family in Family if family.value == request.query_params.get("family")), None)
    narrowed = [tally for tally in found if chosen in (None, tally.family)]
    bodies = institution_names(session)
    here = request.app.route_reverse("kpis.portfolio")
    by_body: dict[str, list[Tally]] = {}
    for tally in narrowed:
        by_body.setdefault(bodies.get(tally.institution_id, ""), []).append(tally)
    return page(
        request,
        "kpis/portfolio.html",
        families=[
            _shown(label(family), f"{here}?family={family.value}", [t for t in found if t.family is family])
            for family in Family
        ],
        bodies=[_shown(name, "", group) for name, group in sorted(by_body.items())],
        everything=_shown("", "", narrowed),
        results=[label(result) for result in Result],
        chosen="" if chosen is None else label(chosen),
        today=short_day(today),
    )


def _shown(name: str, href: str, group: Sequence[Tally]) -> ShownTally:
    counts = [sum(tally.counts.get(result, 0) for tally in group) for result in Result]
    met, missed = counts[0], counts[1]
    share = percent(met / (met + missed)) if met + missed else ""
    return ShownTally(name, href, counts, sum(counts), share)


def routes() -> list[Any]:
    return [show_portfolio]
