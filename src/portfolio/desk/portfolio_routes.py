"""The portfolio list: filter, order, pages and totals, at an address that can be shared."""

from dataclasses import dataclass
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
from portfolio.projects.sources import source_words
from portfolio.projects.terms import IMPORTED, ProjectStage
from portfolio.reports.asked import Asked, parts_in_words, read_asked, state_words
from portfolio.reports.embargo import knows_decisions
from portfolio.strategy.models import Call
from portfolio.web.addresses import book_of
from portfolio.web.pages import page, wants_part
from portfolio.web.runtime import runtime

LIST = ("desk/portfolio.html", "desk/_portfolio.html")
COLUMNS = (
    ("app-wide", (("title", N_("Initiative")), ("number", N_("Number")), ("institution", N_("Institution")))),
    ("", (("", N_("State")),)),
    ("", (("", N_("Currency")),)),
    ("app-num", (("requested", N_("Requested")),)),
    ("app-num", (("", N_("Recommended")),)),
    ("app-num", (("decided", N_("Decided")),)),
    ("app-num", (("", N_("Committed under approval codes")),)),
)
"""Class of each column, and what it shows: the name to sort by, or nothing, and the words."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What a column shows: its words, the address that sorts by it or nothing, and the way it is sorted now."""

    words: str
    href: str
    sorted: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column's class and headings; `sorted` is the way of the one that orders the list, or nothing."""

    css: str
    headings: tuple[Heading, ...]

    @property
    def sorted(self) -> str:
        return next((heading.sorted for heading in self.headings if heading.sorted), "")


@dataclass(frozen=True, slots=True)
class Chip:
    """A part of the filter in words, and the address of the list without it."""

    name: str
    value: str
    href: str


@get(
    "/portfolio",
    name="desk.portfolio",
    permission=Permission.PORTFOLIO_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_portfolio(request: Request[Any, Any, Any], session: NamedDependency[Session]) -> Response[Any]:
    asked = read_asked(dict(request.query_params), runtime(request).pack.currency)
    if asked.errors and wants_part(request):  # the mistakes stand at the top and beside the fields: outside the part
        return Response("", headers={"HX-Redirect": _address(request, asked.address())})
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
    reverse = book_of(request)
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
        "columns": _columns(request, viewer, asked),
        "chips": _chips(request, session, asked) if asked.is_narrowed else [],
        "totals_href": f"{reverse('desk.portfolio_totals')}?{query}" if query else reverse("desk.portfolio_totals"),
        "query": query,
        "may_export": viewer.can(Permission.PORTFOLIO_EXPORT),
    }


def _columns(request: Request[Any, Any, Any], viewer: Viewer, asked: Asked) -> list[Column]:
    """The columns, with the address that sorts by each of what they show; pressed again, it turns the order round."""
    order = effective_order(viewer, asked.order)

    def heading(name: str, words: str) -> Heading:
        if not name or (name == "decided" and not knows_decisions(viewer)):
            return Heading(gettext(words), "", "")
        is_current = order.name == name
        # amounts are wanted from the largest down, words from the beginning
        first = f"-{name}" if name in ("requested", "decided") else name
        turned = name if order.descending else f"-{name}"
        way = ("descending" if order.descending else "ascending") if is_current else ""
        return Heading(gettext(words), _address(request, asked.address(sort=turned if is_current else first)), way)

    return [Column(css, tuple(heading(*shown) for shown in headings)) for css, headings in COLUMNS]


def _chips(request: Request[Any, Any, Any], session: Session, asked: Asked) -> list[Chip]:
    """What narrows the list now, each with its way out. An amount needs a currency: both go together."""
    themes = {str(getattr(code, "value", code)): str(t.label) for code, t in runtime(request).pack.themes.items()}
    found = []
    for name, words, value in parts_in_words(session, asked):
        without = {name: ""} if name != "currency" else {"currency": "", "least": "", "most": ""}
        shown = themes.get(value, value) if name == "theme" else value
        found.append(Chip(words, shown, _address(request, asked.address(**without))))
    return found


def _address(request: Request[Any, Any, Any], query: str) -> str:
    path = request.app.route_reverse("desk.portfolio")
    return f"{path}?{query}" if query else path


_CALLS = select(col(Call.id), col(Call.title)).order_by(col(Call.closes_at).desc(), col(Call.id))


def _options(session: Session, viewer: Viewer, pack: Any) -> dict[str, Any]:
    """The choices of the filter: pairs of value and words."""
    stages = [(stage.value, label(stage)) for stage in ProjectStage]
    return {
        "institutions": [(str(id_), name) for id_, name in institution_names(session).items()],
        "calls": [(str(id_), title) for id_, title in session.execute(_CALLS)],
        "states": [(state, state_words(state)) for state in (*(s.value for s in CaseStatus), IMPORTED)],
        "stages": stages,
        "themes": [
            (str(code.value if hasattr(code, "value") else code), str(t.label)) for code, t in pack.themes.items()
        ],
        "sources": [(source, source_words(source)) for source in sources(session)],
    }


def routes() -> list[Any]:
    return [show_portfolio, show_totals]
