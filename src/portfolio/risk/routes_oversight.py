"""Risks across projects in the browser."""

import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from sqlalchemy.orm import Session

from portfolio.db.clock import now
from portfolio.db.money import Money
from portfolio.i18n import gettext as _
from portfolio.people.permissions import Permission
from portfolio.risk import oversight
from portfolio.risk.catalogue import catalogue
from portfolio.risk.matrix_view import Place, read_cell, shown_matrix, shown_rating
from portfolio.risk.opened import AnyRequest
from portfolio.risk.oversight import Cause, Exposure, PortfolioAsked
from portfolio.risk.paging import read_cursor
from portfolio.risk.register_page import Figure, asked_of, lines_of
from portfolio.web.addresses import book_of
from portfolio.web.formatting import money, number, short_day
from portfolio.web.pages import page
from portfolio.web.runtime import runtime


@get("/risks", name="risk.portfolio", permission=Permission.PROJECT_READ, sync_to_thread=True, include_in_schema=False)
def show_portfolio(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    pack, viewer, at = runtime(request).pack, request.user, now(session)
    url_for = book_of(request)
    base = url_for("risk.portfolio")
    given = asked_of(request)
    asked = read_asked(given)
    cursor = read_cursor(given.get("after", ""), given.get("before", ""))
    found, ends = oversight.found_risks(session, viewer, pack, at, asked, cursor)
    total = oversight.count_risks(session, viewer, pack, at, asked)
    counts, elsewhere = oversight.heat(session, viewer, pack, at)
    waiting = oversight.open_escalations(session, viewer, at)
    exposure = oversight.exposure(session, viewer, pack, at)
    late = oversight.count_risks(session, viewer, pack, at, PortfolioAsked(late=True))

    def address(place: Place) -> str:
        return f"{base}?cell={place[0]}-{place[1]}#risks"

    return page(
        request,
        "risk/portfolio.html",
        figures=_figures(exposure, len(waiting), late),
        matrix=shown_matrix(pack.risk, counts, asked.cell, address, elsewhere),
        causes=[_cause(base, cause) for cause in oversight.shared_causes(session, viewer, at)],
        exposure=[_exposed(base, row) for row in exposure],
        escalations=[
            {
                "tier": str(pack.label(row.tier)),
                "rating": shown_rating(pack.risk, row.rating),
                "due": short_day(row.due_on),
                "is_late": row.overdue_at is not None or row.due_on < at.astimezone(pack.zone).date(),
                "risk": each.risk,
                "title": each.title,
                "institution": each.institution,
                "href": url_for("risk.show", project_id=each.risk.project_id, risk_id=each.risk.id),
            }
            for row, each in waiting
        ],
        lines=lines_of(session, pack, [each.risk for each in found], url_for),
        projects={
            each.risk.project_id: {
                "title": each.title or _("Without a title"),
                "institution": each.institution,
                "href": url_for("risk.register", project_id=each.risk.project_id),
            }
            for each in found
        },
        caption=_caption(asked, len(found), total),
        views=_views(base, asked),
        is_narrowed=asked != PortfolioAsked(),
        previous=_turned(base, given, "before", ends.previous),
        next=_turned(base, given, "after", ends.next),
    )


def _turned(base: str, given: Mapping[str, str], name: str, cursor: str) -> str:
    """The address of a neighbouring page of the same choice; blank where there is none."""
    if not cursor:
        return ""
    kept = {key: value for key, value in given.items() if key not in ("after", "before")}
    return f"{base}?{urlencode({**kept, name: cursor})}#risks"


def read_asked(given: Mapping[str, str]) -> PortfolioAsked:
    """From the address; what means nothing narrows nothing."""
    by = next((name for name in oversight.SHARED if given.get(name)), "")
    try:
        institution_id = uuid.UUID(given.get("institution", ""))
    except ValueError:
        institution_id = None
    return PortfolioAsked(
        cell=read_cell(given.get("cell", "")),
        institution_id=institution_id,
        out=given.get("show") == "out",
        late=given.get("show") == "late",
        shared_by=by,
        shared=given.get(by, ""),
    )


def _views(base: str, asked: PortfolioAsked) -> list[tuple[str, str, bool]]:
    return [
        (_("All living risks"), base, asked == PortfolioAsked()),
        (_("Out of tolerance"), f"{base}?show=out#risks", asked == PortfolioAsked(out=True)),
        (_("Reviews overdue"), f"{base}?show=late#risks", asked == PortfolioAsked(late=True)),
    ]


def _caption(asked: PortfolioAsked, shown: int, total: int) -> str:
    words = (
        _("Living risks, the worst first") if asked == PortfolioAsked() else _("Risks chosen above, the worst first")
    )
    return f"{words} · " + _("%(shown)s of %(total)s") % {"shown": number(shown), "total": number(total)}


def _figures(exposure: list[Exposure], waiting: int, late: int) -> list[Figure]:
    out = sum(row.out for row in exposure)
    sums: dict[str, int] = {}
    for row in exposure:
        if row.contingent_minor is not None:
            sums[row.currency] = sums.get(row.currency, 0) + row.contingent_minor
    liability = " · ".join(money(Money(currency, sums[currency])) for currency in sorted(sums))
    return [
        Figure(_("Living risks"), number(sum(row.risks for row in exposure))),
        Figure(_("Out of tolerance"), number(out), tone="bad" if out else "good"),
        Figure(_("Waiting for an answer"), number(waiting), tone="caution" if waiting else "good"),
        Figure(_("Reviews overdue"), number(late), tone="caution" if late else "good"),
        Figure(_("Contingent liability"), liability or _("not stated"), _("each currency by itself")),
    ]


def _cause(base: str, cause: Cause) -> dict[str, str]:
    kinds = {"catalogue": _("Catalogue"), "supplier": _("Supplier"), "component": _("Component")}
    entry = catalogue().get(cause.value) if cause.by == "catalogue" else None
    return {
        "by": kinds[cause.by],
        "words": f"{entry.code} · {entry.event}" if entry else cause.value,
        "projects": number(cause.projects),
        "risks": number(cause.risks),
        "href": f"{base}?{cause.by}={quote(cause.value, safe='')}#risks",
    }


def _exposed(base: str, row: Exposure) -> dict[str, str]:
    return {
        "institution": row.institution,
        "href": f"{base}?institution={row.institution_id}#risks",
        "risks": number(row.risks),
        "out": number(row.out),
        "currency": row.currency,
        "contingent": money(None if row.contingent_minor is None else Money(row.currency, row.contingent_minor)),
    }


def routes() -> list[Any]:
    return [show_portfolio]
