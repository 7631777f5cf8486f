"""Permissions that cannot be forgotten: every route denies nobody, and a person without roles (house.md section 6)."""

import re
import uuid
from collections.abc import Iterator

import pytest
from litestar import Litestar, get
from litestar.exceptions import ImproperlyConfiguredException
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from sqlalchemy.orm import Session

from databases import fresh_database
from factories import a_person, an_institution
from portfolio import app as composition
from portfolio.app import create_app
from portfolio.db.engine import Database
from portfolio.identity.guard import BEFORE_FACTOR, check_routes
from portfolio.people.permissions import GRANTS, SECOND_FACTOR_ROLES, Permission
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from portfolio.settings import Settings
from visitors import Page, Visitor, Visitors

PARAMETER = re.compile(r"\{[^}:]+(?::([a-z]+))?\}")
SAMPLES = {"uuid": str(uuid.UUID(int=7)), "int": "7", "str": "x", "path": "x", "date": "2026-08-03"}
NOBODY_NEEDS_TO_SIGN_IN = frozenset(
    {
        "identity.choose_password",
        "identity.forgotten",
        "identity.sign_in",
        "identity.sign_in_code",
        "web.choose_language",
        "web.health",
        "web.ready",
    }
)
"""Public routes of rooms that this list vouches for by name; the rest must lie under one of `PUBLIC_PLACES`."""
PUBLIC_PLACES = (
    "/static/",
    "/v/",
    "/V/",
    "/api/v1/",
    "/.well-known/",
    "/demo",
    "/sign-in",
    "/choose-password/",
    "/forgotten-password",
    "/overdue-pilots",
)
ROOM_OF = {
    Permission.AUDIT_READ: "audit.case_history",
    Permission.CHECK_WRITE: "checks.case",
    Permission.WAIVER_PROPOSE: "checks.case",
    Permission.WAIVER_DECIDE: "checks.case",
    Permission.OPINION_WRITE: "approvals.opinion",
    Permission.OPINION_SIGN: "approvals.opinion",
}
"""Permissions of pages that come later on the road: each counts from the day its room's first route exists."""


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    """One for all routes: nothing here writes to it but the person."""
    with fresh_database("sqlite") as found:
        yield found


@pytest.fixture(scope="module")
def house(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitors]:
    from portfolio.settings import read_settings

    settings = read_settings(
        {
            "PORTFOLIO_VAR_DIR": str(tmp_path_factory.mktemp("var")),
            "PORTFOLIO_BASE_URL": "https://testserver.local",
            "PORTFOLIO_SECRET_KEY": "a secret for tests only, 32 characters",
        }
    )
    with Visitors(create_app(settings, database), database) as found:
        yield found


def declared(app: Litestar) -> list[tuple[str, str, HTTPRouteHandler]]:
    """(method, path with samples in place of parameters, handler), automatic ones left out."""
    found = []
    for route in app.routes:
        assert isinstance(route, HTTPRoute), route.path
        path = PARAMETER.sub(lambda part: SAMPLES[part.group(1) or "str"], route.path)
        for handler in route.route_handlers:
            found += [
                (str(method), path, handler)
                for method in handler.http_methods
                if str(method) not in ("OPTIONS", "HEAD")
            ]
    return found


def guarded(app: Litestar) -> list[tuple[str, str, HTTPRouteHandler]]:
    return [entry for entry in declared(app) if entry[2].opt["permission"] is not Permission.PUBLIC]


def ask(visitor: Visitor, method: str, path: str) -> Page:
    return visitor.get(path) if method == "GET" else visitor.post(path)


def test_every_route_denies_nobody(house: Visitors) -> None:
    let_in = []
    for method, path, handler in guarded(house.app):
        answer = ask(house.nobody, method, path)
        led_out = path == "/" and answer.status == 303 and answer.location in ("/sign-in", "/demo")
        if answer.status != 401 and not led_out:
            let_in.append(f"{method} {path} ({handler.handler_name}): {answer.status}")
    assert not let_in, "\n".join(let_in)


def test_every_route_denies_a_person_without_roles(house: Visitors, database: Database) -> None:
    with database.writing() as session:
        viewer = a_person(session)
    visitor = house.of(viewer.person_id)
    let_in = []
    for method, path, handler in guarded(house.app):
        if handler.opt["permission"] is Permission.SIGNED_IN:
            continue
        answer = ask(visitor, method, path)
        if answer.status != 403:
            let_in.append(f"{method} {path} ({handler.handler_name}): {answer.status}")
    assert not let_in, "\n".join(let_in)


def test_what_is_public_is_public_on_purpose(house: Visitors) -> None:
    unexpected = [
        f"{method} {path} ({handler.handler_name})"
        for method, path, handler in declared(house.app)
        if handler.opt["permission"] is Permission.PUBLIC
        and (handler.name or "") not in NOBODY_NEEDS_TO_SIGN_IN
        and not f"{path}/".startswith(PUBLIC_PLACES)
        and handler.handler_name not in ("submit_sign_in", "submit_forgotten", "submit_choose")
    ]
    assert not unexpected, "\n".join(unexpected)


def test_only_the_profile_works_before_the_second_factor(house: Visitors) -> None:
    early = {path for _method, path, handler in declared(house.app) if handler.opt.get(BEFORE_FACTOR)}
    assert all(path.startswith("/profile") or path == "/sign-out" for path in early), sorted(early)


def test_every_permission_is_asked_by_a_route_or_a_move(house: Visitors) -> None:
    """A permission that nothing asks is a promise that nothing keeps."""
    asked = {handler.opt["permission"] for _method, _path, handler in declared(house.app)}
    granted = {permission for permissions in GRANTS.values() for permission in permissions}
    assert granted | {Permission.PUBLIC} == set(Permission), "each is granted to somebody"
    names = {handler.name for _method, _path, handler in declared(house.app)}
    waiting = {permission for permission, route in ROOM_OF.items() if route not in names}
    missing = {permission for permission in set(Permission) - asked - waiting if not asked_in_code(permission)}
    assert not missing, sorted(permission.name for permission in missing)


def asked_in_code(permission: Permission) -> bool:
    """Asked inside an action: `viewer.can_in(Permission.X, …)` for acts that share a page with others."""
    from portfolio.resources import PACKAGE

    text = f"Permission.{permission.name}"
    sources = (path for path in PACKAGE.rglob("*.py") if path.name != "permissions.py")
    return any(text in path.read_text(encoding="utf-8") for path in sources)


def test_a_route_without_a_permission_stops_the_start(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    @get("/forgotten", sync_to_thread=False)
    def forgotten() -> str:
        return "open to all"

    monkeypatch.setattr(composition.rooms, "routes", lambda _settings: [forgotten])
    with fresh_database("sqlite") as database, pytest.raises(ImproperlyConfiguredException) as stopped:
        create_app(settings, database)
    assert "GET forgotten" in str(stopped.value)


def test_a_permission_that_is_only_a_word_does_not_count() -> None:
    @get("/almost", permission="case_read", sync_to_thread=False)
    def almost() -> str:
        return "a text is no permission"

    with pytest.raises(ImproperlyConfiguredException):
        check_routes(Litestar(route_handlers=[almost], openapi_config=None))


def test_whoever_binds_has_a_second_factor() -> None:
    """Signs, decides, issues or administers: these permissions are never granted to a role without a factor."""
    binding = {
        Permission.CASE_SIGN_OFF,
        Permission.CASE_SUBMIT,
        Permission.OPINION_SIGN,
        Permission.WAIVER_DECIDE,
        Permission.DECISION_CONFIRM,
        Permission.CODE_ISSUE,
        Permission.PEOPLE_ADMINISTER,
        Permission.PLAN_DECIDE,
    }
    for role in Role:
        if GRANTS[role] & binding:
            assert role in SECOND_FACTOR_ROLES, role


def test_a_narrowed_viewer_is_a_member_only_where_the_permission_is_granted(database: Database) -> None:
    """A lead in A who merely buys for B does not write in B (house.md section 6)."""
    with database.write() as session:
        one, other = an_institution(session), an_institution(session)
        viewer: Viewer = a_person(session, (Role.CASE_LEAD, one), (Role.BUYER, other))
        _nothing_kept(session)
    writing = viewer.narrowed(Permission.CASE_WRITE)
    assert writing.own_institutions == {one.id}
    assert writing.roles_in(other.id) == frozenset()
    assert viewer.narrowed(Permission.CASE_READ).own_institutions == {one.id, other.id}


def _nothing_kept(session: Session) -> None:
    session.rollback()
