"""The engine: what each database must be told so that an acknowledged save is never lost (security.md F15 to F17)."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from portfolio.db.memo import READS_ONLY

BUSY_SECONDS = 30
CONNECT_SECONDS = 3
READS = {"writes": False, "postgresql_readonly": True}


@dataclass(frozen=True, slots=True)
class Database:
    """One engine and its two ways in: `read` never takes the write lock, `write` takes it at once."""

    engine: Engine
    read: sessionmaker[Session]
    write: sessionmaker[Session]

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A short transaction outside a request: commits at the end, rolls back on an error."""
        with self.write() as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with self.read() as session:
            yield session


def open_database(url: str, *, synchronous: str = "FULL", pool_size: int = 16) -> Database:
    """Connects lazily; SQLite is put in WAL with `synchronous=FULL`, PostgreSQL gets its time limits."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed, pool_size=pool_size, max_overflow=16, connect_args={"timeout": BUSY_SECONDS})
        _prepare_sqlite(engine, synchronous)
    else:
        engine = create_engine(
            parsed,
            pool_size=pool_size,
            max_overflow=16,
            pool_timeout=CONNECT_SECONDS,
            pool_pre_ping=True,
            connect_args={
                "connect_timeout": CONNECT_SECONDS,
                "tcp_user_timeout": 3000,
                "options": "-c statement_timeout=10s -c lock_timeout=5s -c idle_in_transaction_session_timeout=15s",
            },
        )
    return Database(
        engine,
        read=sessionmaker(engine.execution_options(**READS), expire_on_commit=False, info={READS_ONLY: True}),
        write=sessionmaker(engine, expire_on_commit=False),
    )


def _prepare_sqlite(engine: Engine, synchronous: str) -> None:
    """BEGIN ourselves: immediate for writers, so that a read never turns into a write half way (SQLITE_BUSY_SNAPSHOT).

    A lock in the process makes writers queue in order; SQLite's own retry is a lottery.
    """
    lock = threading.Lock()

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_SECONDS * 1000}",
            "temp_store=MEMORY",
            "cache_size=-65536",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if not connection.get_execution_options().get("writes", True):
            connection.exec_driver_sql("BEGIN")
            return
        if not lock.acquire(timeout=BUSY_SECONDS):
            raise OperationalError("BEGIN IMMEDIATE", {}, TimeoutError("the write lock is busy"))
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except BaseException:
            lock.release()
            raise
        connection.info["holds_write_lock"] = True

    def release(connection: Connection) -> None:
        if connection.info.pop("holds_write_lock", False):
            lock.release()

    event.listen(engine, "rollback", release)
    event.listen(engine, "commit", release)
