"""The demonstration as its people walk it: every page that a link leads to, and every form and autosave that they meet there."""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urldefrag, urlsplit

import html5lib
from litestar import Litestar
from litestar.routes import HTTPRoute
from sqlalchemy import select
from sqlmodel import col

from portfolio.app import create_app
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import CaseStatus
from portfolio.db.engine import Database, open_database
from portfolio.db.migrate import upgrade
from portfolio.demo.load import load
from portfolio.demo.stories import stories
from portfolio.i18n import language
from portfolio.packs.loader import load_pack
from portfolio.peer_review.models import Review
from portfolio.peer_review.terms import ReviewState
from portfolio.people.models import Membership, Person
from portfolio.settings import read_settings
from visitors import NS, Visitor, Visitors

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTINGS = {
    "PORTFOLIO_MODE": "demo",
    "PORTFOLIO_BASE_URL": "https://testserver.local",
    "PORTFOLIO_SECRET_KEY": "a secret for tests only, 32 characters",
}
ALIKE = 1
"""How many people walk in each role."""
WRITTEN = frozenset({CaseStatus.DRAFT, CaseStatus.ALIGNING, CaseStatus.INCOMPLETE})
"""Cases whose sections are forms: those of others are only read, and are many."""
SHELL = frozenset({"/sign-out", "/language"})
"""Where the forms of every page are sent."""
PATIENCE = 3
"""Sections and histories without a form after which a role opens no more of them."""
HREF = re.compile(r'<a [^>]*?href="(/[^"]*)"')
FORM = re.compile(r"<form .*?</form>", re.DOTALL)
PARAMETER = re.compile(r"\{([^}:]+)(?::([a-z]+))?\}")


@contextmanager
def a_demonstration(var: Path, titles: Sequence[str]) -> Iterator[Visitors]:
    """The demonstration with the cases of these titles, in a SQLite file under `var`, to be visited."""
    settings = read_settings({**SETTINGS, "PORTFOLIO_VAR_DIR": str(var)})
    database = open_database(settings.database_url, synchronous="NORMAL")
    app = create_app(settings, database)
    with language("es"):
        upgrade(database)
        load(database, settings, load_pack(settings.pack), chosen=[one for one in stories() if one.title in titles])
    with Visitors(app, database) as found:
        yield found
    database.engine.dispose()


@dataclass(frozen=True, slots=True)
class Met:
    """A form (or the autosave of one) on a page: who met it where, where it is sent, and its fields as the page filled them."""

    person_id: uuid.UUID
    place: str
    action: str
    route: str
    fields: dict[str, str]
    hidden: dict[str, str]

    @property
    def key(self) -> tuple[str, tuple[str, ...]]:
        """Forms of one key ask the same: repeated rows and other cases are not other forms."""
        return self.route, tuple(sorted({re.sub(r"[0-9a-f-]{32,}|\d+", "#", name) for name in self.fields}))


@dataclass(slots=True)
class Walk:
    """What was met: pages by route, forms by key, and answers that were no page."""

    app: Litestar
    writable: frozenset[str]
    forms: dict[tuple[str, tuple[str, ...]], Met] = field(default_factory=dict)
    addresses: dict[str, tuple[uuid.UUID, str]] = field(default_factory=dict)
    broken: list[tuple[str, str, int]] = field(default_factory=list)
    seen: set[tuple[str, ...]] = field(default_factory=set)
    fruitless: Counter[tuple[str, str]] = field(default_factory=Counter)

    def route_of(self, path: str) -> str:
        """The route that answers at a path, as declared; empty for none."""
        return next((route for route, pattern in patterns(self.app) if pattern.fullmatch(path)), "")


def patterns(app: Litestar) -> list[tuple[str, re.Pattern[str]]]:
    """Every route with a pattern of its addresses, those with fewer parameters first."""
    found = getattr(app.state, "test_patterns", None)
    if found is None:
        routes = sorted((r.path for r in app.routes if isinstance(r, HTTPRoute)), key=lambda path: path.count("{"))
        found = [(path, re.compile(PARAMETER.sub("[^/]+", path))) for path in routes]
        app.state.test_patterns = found
    return list(found)


def people(database: Database) -> list[tuple[uuid.UUID, str]]:
    """(person, the roles they hold): whoever has a review to write, and others until every role has walked `ALIKE` times.

    The people of the first institution go first: their addresses have no institution before the name.
    """
    roles: dict[uuid.UUID, set[str]] = {}
    with database.reading() as session:
        held: Sequence[Any] = session.execute(
            select(col(Person.id), col(Person.email), col(Membership.role))
            .join(Membership, col(Person.id) == col(Membership.person_id))
            .order_by(col(Person.email), col(Membership.id))
        ).all()
        pending = col(Review.state).in_((ReviewState.ASSIGNED, ReviewState.ACCEPTED))
        reviewing = set(session.scalars(select(col(Review.reviewer_id)).where(pending)))
    for person_id, _email, role in sorted(held, key=lambda row: "." in row[1].partition("@")[0]):
        roles.setdefault(person_id, set()).add(role.value)
    many: Counter[str] = Counter()
    chosen = []
    for person_id, kinds in roles.items():
        if person_id in reviewing or any(many[kind] < ALIKE for kind in kinds):
            many.update(kinds)
            chosen.append((person_id, "+".join(sorted(kinds))))
    return chosen


def walk(visitors: Visitors) -> Walk:
    """People of every role follow every link: a page of each route and kind of query a person, a case's once a role."""
    with visitors.database.reading() as session:
        cases = session.scalars(select(col(BusinessCase.id)).where(col(BusinessCase.status).in_(WRITTEN))).all()
    found = Walk(visitors.app, frozenset(map(str, cases)))
    for person_id, kind in people(visitors.database):
        _walk_as(visitors.of(person_id), person_id, kind, found)
    return found


def _walk_as(visitor: Visitor, person_id: uuid.UUID, kind: str, found: Walk) -> None:
    waiting, known = ["/"], {"/"}
    while waiting:
        address = waiting.pop(0)
        path, query = urlsplit(address).path, urlsplit(address).query
        route = found.route_of(path)
        asked = ",".join(sorted(name for name, _ in parse_qsl(query)))
        key = (kind, path, asked) if "{case_id" in route else (str(person_id), route, asked)
        if "{section" in route or "{table" in route:
            if path.split("/")[2] not in found.writable:
                continue
            key = (kind, route, path.rpartition("/")[2])
        if key in found.seen or found.fruitless[kind, route] >= PATIENCE:
            continue
        found.seen.add(key)
        answer = visitor.raw(address)
        if answer.status_code >= 400 and answer.status_code != 409:  # a refusal with its reason
            found.broken.append((kind, address, answer.status_code))
        found.addresses.setdefault(route, (person_id, address))
        if answer.status_code != 200 or "html" not in answer.headers.get("content-type", ""):
            continue
        if not _gather(answer.text, person_id, address, found):
            found.fruitless[kind, route] += "{section" in route or "{case_id:uuid}/history" in route
        for link in HREF.findall(answer.text):
            where = urldefrag(unescape(link)).url
            if not where.startswith("/static/") and where not in known:
                known.add(where)
                waiting.append(where)


def _gather(page: str, person_id: uuid.UUID, place: str, found: Walk) -> bool:
    """Whether the page has forms of its own. Only forms are parsed: a whole page takes longer to read than to make."""
    has_own = False
    for text in FORM.findall(page):
        form = next(html5lib.parse(text, treebuilder="etree").iter(f"{NS}form"))
        fields, hidden = _fields(form)
        has_own = has_own or form.get("action") not in SHELL
        if (form.get("method") or "get").lower() == "post":
            _keep(found, person_id, place, form.get("action"), fields, hidden)
        if form.get("data-autosave-url"):
            _keep(found, person_id, place, form.get("data-autosave-url"), {"field": "", "value": "", "version": ""}, {})
    return has_own


def _keep(
    found: Walk, person_id: uuid.UUID, place: str, action: str, fields: dict[str, str], hidden: dict[str, str]
) -> None:
    route = found.route_of(urlsplit(action).path)
    met = Met(person_id, place, action, route, fields, hidden)
    found.forms.setdefault(met.key, met)


def _fields(form: Any) -> tuple[dict[str, str], dict[str, str]]:
    """(what a person may fill in, what the page sends by itself) with the values that the page gave them."""
    fields: dict[str, str] = {}
    hidden: dict[str, str] = {}
    for element in form.iter():
        name = element.get("name")
        if not name or element.tag not in (f"{NS}input", f"{NS}select", f"{NS}textarea", f"{NS}button"):
            continue
        kind = element.get("type") or ""
        if (element.tag == f"{NS}input" and kind == "hidden") or element.tag == f"{NS}button":
            if name not in ("csrf_token", "form_key"):
                hidden.setdefault(name, element.get("value") or "")
        else:
            fields.setdefault(name, element.get("value") or element.text or "")
    return fields, hidden
