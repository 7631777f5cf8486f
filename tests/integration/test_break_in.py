"""We try to break in: every address of what belongs to one institution, asked and sent by people of another.

The demonstration gives real objects of every kind. Nobody is told whether they exist (404), or is refused for the lack of
a role (403); nothing changes. A new route is tried from the day it exists: there is no list to maintain but that of what
is shared by law.
"""

import hashlib
import re
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from litestar.routes import HTTPRoute
from sqlalchemy import Connection, select, text
from sqlmodel import SQLModel, col

from factories import a_person, an_institution
from portfolio.app import create_app
from portfolio.approvals.models import ApprovalCode, BudgetDecision, CodeProposal, Condition, Letter
from portfolio.business_cases.models import Attachment, BusinessCase
from portfolio.checks.models import Waiver
from portfolio.db.engine import open_database
from portfolio.db.migrate import upgrade
from portfolio.demo.load import load
from portfolio.demo.stories import stories
from portfolio.i18n import language
from portfolio.packs.loader import load_pack
from portfolio.peer_review.models import Observation, Review
from portfolio.people.models import Membership, Person, Unit
from portfolio.people.permissions import REACH, Reach
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from portfolio.settings import read_settings
from visitors import Visitor, Visitors

SHARED = frozenset({"call_id", "token", "typed", "digest", "file_path", "path", "job_name", "line_id", "session_id"})
"""Calls are every institution's; codes and letters are checked by whoever holds them; ending a session
that is not one's own does nothing (its own test); the rest names no object."""
WORDS = {"table": "costs", "section": "need", "field": "need", "number": "1", "act": "correct", "purpose": "revoke"}
UNTOLD = frozenset({"audit_event", "audit_head", "audit_row", "audit_text", "attempt", "form_key", "login_session"})
"""Tables that may change when somebody is refused."""
PARAMETER = re.compile(r"\{([^}:]+)(?::[a-z]+)?\}")


@pytest.fixture(scope="module")
def country() -> Iterator[Visitors]:
    """A small demonstration: one case for each state that the stories reach."""
    var = Path(tempfile.mkdtemp(prefix="portfolio-break-in-"))
    settings = read_settings(
        {
            "PORTFOLIO_VAR_DIR": str(var),
            "PORTFOLIO_BASE_URL": "https://testserver.local",
            "PORTFOLIO_SECRET_KEY": "a secret for tests only, 32 characters",
        }
    )
    database = open_database(settings.database_url, synchronous="NORMAL")
    one_each = {story.target: story for story in stories()}
    with language("es"):
        upgrade(database)
        load(database, settings, load_pack(settings.pack), chosen=list(one_each.values()))
    with Visitors(create_app(settings, database), database) as found:
        yield found
    database.engine.dispose()


@pytest.fixture(scope="module")
def intruder(country: Visitors) -> Viewer:
    """Somebody who holds every role of an agency at once, in another institution: more than the rules would ever give."""
    roles = [role for role in Role if REACH[role] in (Reach.OWN, Reach.ASSIGNED) and role is not Role.ADMINISTRATOR]
    with country.database.writing() as session:
        elsewhere = an_institution(session, "Instituto de los Intrusos")
        return a_person(session, *[(role, elsewhere) for role in roles])


def _objects(visitors: Visitors) -> dict[str, list[uuid.UUID]]:
    """Real ids by the name of a route's parameter; those of a case are given with the case they belong to by `_paths`."""
    models: dict[str, Any] = {
        "case_id": BusinessCase,
        "person_id": Person,
        "membership_id": Membership,
        "unit_id": Unit,
        "attachment_id": Attachment,
        "condition_id": Condition,
        "code_id": ApprovalCode,
        "change_id": CodeProposal,
        "observation_id": Observation,
        "waiver_id": Waiver,
        "review_id": Review,
        "letter_id": Letter,
        "decision_id": BudgetDecision,
    }
    found: dict[str, list[uuid.UUID]] = {}
    with visitors.database.reading() as session:
        for name, model in models.items():
            found[name] = list(session.scalars(select(col(model.id)).order_by(col(model.id))))
        found["initiative_id"] = list(session.scalars(select(col(BusinessCase.initiative_id))))
        institutions = session.scalars(select(col(BusinessCase.institution_id)).distinct())
        found["institution_id"] = list(institutions)
        found["proposal_id"] = list(session.scalars(select(col(CodeProposal.id))))
    return found


def _paths(route: str, objects: dict[str, list[uuid.UUID]], most: int = 6) -> list[str]:
    """Addresses of a route with real objects where there are any."""
    names = PARAMETER.findall(route)
    length = max(len(objects.get(name, ())) for name in names)
    paths = []
    for place in range(min(max(length, 1), most)):

        def value(found: re.Match[str], place: int = place) -> str:
            ids = objects.get(found[1], [])
            return str(ids[place % len(ids)]) if ids else WORDS.get(found[1], str(uuid.UUID(int=7)))

        paths.append(PARAMETER.sub(value, route))
    return paths


def _guarded(visitors: Visitors) -> list[tuple[str, str]]:
    """(method, route) of every address that names an object."""
    found = []
    for route in visitors.app.routes:
        names = set(PARAMETER.findall(route.path))
        if not isinstance(route, HTTPRoute) or not names or names & SHARED:
            continue
        methods = {str(method) for handler in route.route_handlers for method in handler.http_methods}
        found += [(method, route.path) for method in sorted(methods & {"GET", "POST"})]
    return sorted(found)


def _state(visitors: Visitors) -> dict[str, str]:
    """A digest of each table."""

    def digest(connection: Connection, table: str) -> str:
        rows = sorted(repr(tuple(row)) for row in connection.execute(text(f'SELECT * FROM "{table}"')))  # noqa: S608
        return hashlib.sha256("\n".join(rows).encode()).hexdigest()

    with visitors.database.engine.connect() as connection:
        return {name: digest(connection, name) for name in SQLModel.metadata.tables if name not in UNTOLD}


def _ask(visitor: Visitor, method: str, path: str) -> int:
    if method == "GET":
        return int(visitor.raw(path).status_code)
    return visitor.post(
        path, {"reason": "because", "answer": "grant", "password": "x", "digest": "0", "version": "1"}
    ).status


def test_nobody_of_another_institution_reaches_an_object(country: Visitors, intruder: Viewer) -> None:
    visitor, objects = country.of(intruder.person_id), _objects(country)
    country.of(intruder.person_id)
    before, told = _state(country), []
    routes = _guarded(country)
    assert len(routes) > 80, "the crawl found the routes"
    for method, route in routes:
        for path in _paths(route, objects):
            status = _ask(visitor, method, path)
            if status not in ((401,) if path.startswith("/api/") else (403, 404)):  # the API knows keys and no sessions
                told.append(f"{method} {path} ({route}): {status}")
    assert not told, "\n".join(told)
    assert {name for name, digest in _state(country).items() if digest != before[name]} == set()


def test_the_crawl_would_notice(country: Visitors) -> None:
    """The control: the case's own lead is let in by the same crawl, so that a crawl that asks nothing cannot pass."""
    with country.database.reading() as session:
        case = session.scalars(select(BusinessCase).order_by(col(BusinessCase.id))).first()
    assert case is not None
    visitor = country.of(case.lead_id)
    reached = [
        path
        for method, route in _guarded(country)
        if method == "GET" and route.startswith("/cases/{case_id")
        for path in _paths(route, {"case_id": [case.id]}, 1)
        if _ask(visitor, method, path) == 200
    ]
    assert len(reached) >= 5, reached


def test_lists_searches_and_exports_show_nothing_of_others(country: Visitors, intruder: Viewer) -> None:
    with country.database.reading() as session:
        titles = session.scalars(select(col(BusinessCase.title))).all()
    visitor = country.of(intruder.person_id)
    for path in ("/", "/portfolio", "/portfolio?text=a", "/cases", "/reviews", "/inbox", "/people", "/people?text=a"):
        found = visitor.raw(path)
        shown = [title for title in titles if title in found.text]
        assert not shown, f"{path}: {shown}"


def test_a_write_without_any_sign_of_its_origin_still_needs_the_sessions_token(
    country: Visitors, intruder: Viewer
) -> None:
    """Old browsers send neither Sec-Fetch-Site nor Origin: the token of the session is the wall then."""
    visitor = country.of(intruder.person_id)
    other = country.of(intruder.person_id)
    for token in ("", "guessed", other.csrf):
        answer = country.client.post(
            "/profile",
            data={"csrf_token": token, "name": "Mallory Intruder", "language": "en"},
            headers={"cookie": f"__Host-pf={visitor.token}"},
            follow_redirects=False,
        )
        assert answer.status_code == 409, token
    with country.database.reading() as session:
        assert session.get_one(Person, intruder.person_id).name != "Mallory Intruder"


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "", "origin": "null"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "https://testserver.local.evil.example"},
        {"origin": "http://testserver.local"},
        {"origin": "https://testserver.local:8443"},
    ],
)
def test_a_write_from_elsewhere_is_refused_with_the_right_token_and_before_sign_in(
    country: Visitors, intruder: Viewer, headers: dict[str, str]
) -> None:
    visitor = country.of(intruder.person_id)
    sent = {"csrf_token": visitor.csrf, "name": "Mallory Intruder", "language": "en"}
    given = {"cookie": f"__Host-pf={visitor.token}", **headers}
    assert country.client.post("/profile", data=sent, headers=given, follow_redirects=False).status_code == 400
    signing_in = {"email": "a@b.example", "password": "x", "then": "/"}
    answer = country.client.post("/sign-in", data=signing_in, headers=headers, follow_redirects=False)
    assert answer.status_code == 400, "nobody is signed in to somebody else's account from elsewhere"


@pytest.mark.parametrize(
    "field", ["role", "institution_id", "is_admin", "person_id", "id", "email", "email_key", "version"]
)
def test_fields_that_no_form_offers_change_nothing(country: Visitors, intruder: Viewer, field: str) -> None:
    visitor = country.of(intruder.person_id)
    with country.database.reading() as session:
        before = session.get_one(Person, intruder.person_id).model_dump(
            exclude={"name", "version", "sort_key", "search_text"}
        )
    visitor.post("/profile", {"name": "Somebody Else", "language": "en", field: "administrator"})
    with country.database.reading() as session:
        after = session.get_one(Person, intruder.person_id).model_dump(
            exclude={"name", "version", "sort_key", "search_text"}
        )
        roles = set(
            session.scalars(select(col(Membership.role)).where(col(Membership.person_id) == intruder.person_id))
        )
    assert {k: v for k, v in after.items() if k != "job_title"} == {k: v for k, v in before.items() if k != "job_title"}
    assert Role.ADMINISTRATOR not in roles


@pytest.mark.parametrize(
    "where",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "/%0d%0aX:y",
    ],
)
def test_no_answer_leads_to_another_site(country: Visitors, intruder: Viewer, where: str) -> None:
    visitor = country.of(intruder.person_id)
    for path, data in (("/language", {"language": "es", "back": where}),):
        led = visitor.post(path, data).location
        assert re.fullmatch(r"/(?![/\\])[^\s\\]*", led), led
    page = country.nobody.get(f"/sign-in?then={quote(where)}")
    assert re.fullmatch(r"/(?![/\\])[^\s\\]*", page.value("then") or "/")


def test_a_session_that_somebody_planted_is_never_adopted(country: Visitors) -> None:
    planted = Visitor(country.client, "chosen-by-the-attacker")
    assert planted.get("/profile").status == 401
    answer = planted.post("/sign-in", {"email": "nobody@nowhere.example", "password": "x"})
    assert "set-cookie" not in {name.lower() for name in answer.headers} or "chosen" not in answer.headers["set-cookie"]
