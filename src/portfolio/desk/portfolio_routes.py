"""The portfolio list: filter, order, pages and totals, at an address that can be shared."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.business_cases.terms import CaseStatus
from portfolio.db.clock import now
from portfolio.desk.portfolio_list import effective_order, list_page, totals
from portfolio.i18n import N_, gettext
from portfolio.labels import label
from portfolio.people.permissions import Permission
from portfolio.people.queries import institution_names
from portfolio.people.viewer import Viewer
from portfolio.projects.queries import sources
from portfolio.projects.terms import IMPORTED, ProjectStage
from portfolio.reports.asked import Asked, read_asked, source_words, state_words
from portfolio.reports.embargo import knows_decisions
from portfolio.strategy.models import Call
from portfolio.web.pages import page, wants_part
from portfolio.web.runtime import runtime

LIST = ("desk/portfolio.html", "desk/_portfolio.html")
HEADINGS = (
    ("number", N_("Number"), ""),
    ("title", N_("Initiative"), ""),
    ("institution", N_("Institution"), ""),
    ("", N_("State"), ""),
    ("", N_("Stage"), ""),
    ("", N_("Currency"), ""),
    ("requested", N_("Requested"), "app-num"),
    ("", N_("Recommended"), "app-num"),
    ("decided", N_("Decided"), "app-num"),
    ("", N_("Committed"), "app-num"),
)


@get(
    "/portfolio",
    name="desk.portfolio",
    permission=Permission.PORTFOLIO_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_portfolio(request: Request[Any, Any, Any], session: NamedDependency[Session]) -> Response[Any]:
    asked = read_asked(dict(request.query_params), runtime(request).pack.currency)
    context = _results(request, session, asked)
    if not wants_part(request):
        context |= _options(session, request.user, runtime(request).pack)
    answer = page(request, *LIST, status=422 if asked.errors else 200, **context)
    if wants_part(request):
        answer.headers["HX-Push-Url"] = _address(request, asked.address())
    return answer


@get(
    "/portfolio/totals",
    name="desk.portfolio_totals",
    permission=Permission.PORTFOLIO_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_totals(request: Request[Any, Any, Any], session: NamedDependency[Session]) -> Response[Any]:
    """The sums of everything the filter finds: asked apart, so that the list does not wait for them."""
    asked = read_asked(dict(request.query_params), runtime(request).pack.currency)
    return page(
        request,
        "desk/totals.html",
        "desk/_totals.html",
        totals=totals(session, request.user, asked, now(session)),
        back=_address(request, asked.address()),
    )


def _results(request: Request[Any, Any, Any], session: Session, asked: Asked) -> dict[str, Any]:
    reverse = runtime(request).shell(request)["url_for"]
    viewer: Viewer = request.user
    found = list_page(
        session,
        viewer,
        asked,
        now(session),
        after=request.query_params.get("after", ""),
        before=request.query_params.get("before", ""),
        url_for=reverse,
    )
    query = asked.address()
    return {
        "asked": asked,
        "found": found,
        "headings": _headings(request, viewer, asked),
        "totals_href": f"{reverse('desk.portfolio_totals')}?{query}" if query else reverse("desk.portfolio_totals"),
        "query": query,
        "may_export": viewer.can(Permission.PORTFOLIO_EXPORT),
    }


def _headings(request: Request[Any, Any, Any], viewer: Viewer, asked: Asked) -> list[dict[str, str]]:
    """Each heading with the address that sorts by it; pressed again, it turns the order round."""
    shown = []
    order = effective_order(viewer, asked.order)
    for name, words, css in HEADINGS:
        sortable = name if name != "decided" or knows_decisions(viewer) else ""
        is_current = bool(sortable) and order.name == sortable
        # amounts are wanted from the largest down, words from the beginning
        first = f"-{sortable}" if sortable in ("requested", "decided") else sortable
        turned = sortable if order.descending else f"-{sortable}"
        target = turned if is_current else first
        shown.append(
            {
                "words": gettext(words),
                "css": css,
                "href": _address(request, asked.address(sort=target)) if sortable else "",
                "sorted": ("descending" if order.descending else "ascending") if is_current else "",
            }
        )
    return shown


def _address(request: Request[Any, Any, Any], query: str) -> str:
    path = request.app.route_reverse("desk.portfolio")
    return f"{path}?{query}" if query else path


def _options(session: Session, viewer: Viewer, pack: Any) -> dict[str, Any]:
    """The choices of the filter: pairs of value and words."""
    stages = [(stage.value, label(stage)) for stage in ProjectStage]
    calls = session.execute(select(col(Call.id), col(Call.title)).order_by(col(Call.closes_at).desc(), col(Call.id)))
    return {
        "institutions": [(str(id_), name) for id_, name in institution_names(session).items()],
        "calls": [(str(id_), title) for id_, title in calls],
        "states": [(state, state_words(state)) for state in (*(s.value for s in CaseStatus), IMPORTED)],
        "stages": stages,
        "themes": [
            (str(code.value if hasattr(code, "value") else code), str(t.label)) for code, t in pack.themes.items()
        ],
        "sources": [(source, source_words(source)) for source in sources(session)],
    }


def routes() -> list[Any]:
    return [show_portfolio, show_totals]
