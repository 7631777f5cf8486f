"""Fixtures shared by every level: databases on both backends, the application over one, people to act as."""

import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import hypothesis
import pytest
from litestar import Litestar
from sqlalchemy.orm import Session

from databases import BACKENDS, fresh_database
from portfolio import tables
from portfolio.app import create_app
from portfolio.db.engine import Database, open_database
from portfolio.i18n import language
from portfolio.settings import Settings, read_settings
from visitors import Visitors

NOW = datetime(2026, 8, 3, 15, 0, tzinfo=UTC)
"""The present instant of the tests: a Monday in the fourth month of the demonstration call."""

SETTINGS = {
    "PORTFOLIO_BASE_URL": "https://testserver.local",
    "PORTFOLIO_SECRET_KEY": "a secret for tests only, 32 characters",
}

tables.load()

# In CI the same examples each time, so that a landing does not hang on luck; on a developer's machine the search goes on.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI"):
    hypothesis.settings.load_profile("ci")


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Tests read the source texts; those of other languages say so."""
    with language("en"):
        yield


@pytest.fixture(params=BACKENDS)
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty, migrated database: once SQLite, once PostgreSQL."""
    with fresh_database(request.param) as found:
        yield found


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A writing session at the tests' present instant."""
    with database.write() as found:
        found.info["now"] = NOW
        yield found
        found.rollback()


@pytest.fixture
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return read_settings({**SETTINGS, "PORTFOLIO_VAR_DIR": str(tmp_path_factory.mktemp("var"))})


@cache
def _application(mode: str) -> Litestar:
    """Built once for each process: routes and templates are the same for every test, and take half a second to make."""
    folder = tempfile.mkdtemp(prefix="portfolio-tests-app-")
    settings = read_settings({**SETTINGS, "PORTFOLIO_MODE": mode, "PORTFOLIO_VAR_DIR": folder})
    return create_app(settings, open_database(settings.database_url))


@pytest.fixture
def visitors(settings: Settings, database: Database) -> Iterator[Visitors]:
    """The application over the test's own database and folders, visited as anyone."""
    app = _application(settings.mode)
    app.state.runtime = replace(app.state.runtime, settings=settings, database=database)
    with Visitors(app, database) as found:
        yield found
