"""Fixtures shared by every level: databases on both backends, the application over one, people to act as."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from databases import BACKENDS, fresh_database
from portfolio import tables
from portfolio.app import create_app
from portfolio.db.engine import Database
from portfolio.i18n import language
from portfolio.settings import Settings, read_settings
from visitors import Visitors

NOW = datetime(2026, 8, 3, 15, 0, tzinfo=UTC)
"""The present instant of the tests: a Monday in the fourth month of the demonstration call."""

tables.load()


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
    folder = tmp_path_factory.mktemp("var")
    return read_settings(
        {
            "PORTFOLIO_VAR_DIR": str(folder),
            "PORTFOLIO_BASE_URL": "https://testserver.local",
            "PORTFOLIO_SECRET_KEY": "a secret for tests only, 32 characters",
        }
    )


@pytest.fixture
def visitors(settings: Settings, database: Database) -> Iterator[Visitors]:
    """The application over the database, visited as anyone."""
    with Visitors(create_app(settings, database), database) as found:
        yield found
