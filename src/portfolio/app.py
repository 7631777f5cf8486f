"""The composition root: nothing else is wired anywhere. `create_app(settings)` is what `serve`, the tests and a WSGI host call."""

from typing import Any

from litestar import Litestar, Request, Router
from litestar.config.compression import CompressionConfig
from litestar.config.response_cache import ResponseCacheConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.static_files import create_static_files_router

from portfolio import __version__, rooms, tables
from portfolio.audit.refused import keep_refusal
from portfolio.db.engine import Database, open_database
from portfolio.desk.navigation import entries
from portfolio.i18n import LANGUAGES, current_language, gettext
from portfolio.identity.guard import check_routes, enforce
from portfolio.identity.middleware import SignedIn
from portfolio.identity.refusals import exception_handlers as identity_handlers
from portfolio.identity.strayed import exception_handlers as strayed_handlers
from portfolio.packs.checks import register_check
from portfolio.packs.in_force import put_in_force
from portfolio.packs.loader import load_pack
from portfolio.people.permissions import Permission
from portfolio.risk.pack_checks import check_risk_roles
from portfolio.settings import Settings
from portfolio.standards.pack_checks import check_standards_choice
from portfolio.web.addresses import AddressBook, book_of
from portfolio.web.forms import provide_submitted
from portfolio.web.once import new_key
from portfolio.web.refusals import exception_handlers
from portfolio.web.routes import make_health
from portfolio.web.runtime import Runtime
from portfolio.web.shield import Shield, add_headers
from portfolio.web.templates import STATIC, Renderer, make_environment
from portfolio.web.transaction import provide_session

MAX_BODY = 30 * 1024 * 1024
OWN_NAMES = {"es": "Español", "pt": "Português", "en": "English"}


def create_app(settings: Settings, database: Database | None = None) -> Litestar:
    """An application over one database. Raises `ConfigurationError` for a bad pack, and refuses a route without permission."""
    tables.load()  # tables, words and listeners of every room, whoever the host of this application is
    register_check("standards", check_standards_choice)
    register_check("risk", check_risk_roles)
    pack = load_pack(settings.pack)
    put_in_force(pack)
    runtime = Runtime(
        settings=settings,
        database=database or open_database(settings.database_url, synchronous=settings.sqlite_synchronous),
        renderer=Renderer(make_environment()),
        shell=shell,
        on_refused=keep_refusal,
        front="demo.people" if settings.is_demo else "identity.sign_in",
        pack=pack,
    )
    app = Litestar(
        route_handlers=[
            # One router: handlers that share a path are registered together, once; one by one, the framework would wrap
            # the first of them in a thread twice and answer with a coroutine.
            Router("/", route_handlers=[*rooms.routes(settings), *make_health(Permission.PUBLIC)]),
            create_static_files_router(
                "/static", [STATIC], cache_control=None, opt={"permission": Permission.PUBLIC}, include_in_schema=False
            ),
        ],
        dependencies={
            "submitted": Provide(provide_submitted),
            "session": Provide(provide_session),
        },
        guards=[enforce],
        before_send=[add_headers],
        middleware=[Shield(), SignedIn()],
        exception_handlers={**exception_handlers(), **identity_handlers(), **strayed_handlers()},
        state=State({"runtime": runtime}),
        openapi_config=OpenAPIConfig(
            title="portfolio",
            version=__version__,
            components=Components(
                security_schemes={"key": SecurityScheme(type="http", scheme="bearer", description="a key of the API")}
            ),
            openapi_router=Router("/api/v1", route_handlers=[], opt={"permission": Permission.PUBLIC}),
            render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        ),
        compression_config=CompressionConfig(backend="gzip", gzip_compress_level=5, minimum_size=800),
        response_cache_config=ResponseCacheConfig(default_expiration=None),
        request_max_body_size=MAX_BODY,
        on_shutdown=[lambda: runtime.database.engine.dispose()],
        debug=False,
        logging_config=None,  # the process that serves decides what is logged
    )
    app.state.addresses = AddressBook(app)
    check_routes(app)
    return app


def shell(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """What every page shows beside its own content; never asks the database."""
    runtime: Runtime = request.app.state.runtime
    reverse = book_of(request)
    code = current_language()
    return {
        "request": request,
        "url_for": reverse,
        "csrf_token": getattr(request.scope.get("auth"), "csrf_token", ""),
        "form_key": new_key(),
        "csp_nonce": request.scope["state"].get("csp_nonce", ""),
        "back": _back(request, reverse),
        "request_id": request.scope["state"].get("request_id", ""),
        "clock_ahead": request.scope["state"].get("clock_ahead", 0),
        "viewer": request.scope.get("user"),
        "nav": entries(request, reverse),
        "product_name": gettext("Digital portfolio"),
        "address": f"{runtime.settings.base_url}{request.url.path}",
        "mode": runtime.settings.mode,
        "demo_today": None,
        "language": code,
        "languages": [(other, OWN_NAMES[other], other == code) for other in LANGUAGES],
        "pack": runtime.pack,
    }


def _back(request: Request[Any, Any, Any], book: AddressBook) -> str:
    """Where who changes the language goes on: the page with its filter, or the page on which an act was tried."""
    query = request.url.query
    if request.method == "GET":
        return f"{request.url.path}?{query}" if query else request.url.path
    return book.page_above(request.url.path)
