"""One consistent look at the whole database, for as long as it takes: verification and export."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, text

from portfolio.db.engine import READS, Database


@contextmanager
def reading_snapshot(database: Database) -> Iterator[Connection]:
    """A connection that sees one instant and never takes the write lock; PostgreSQL's time limits are lifted for it."""
    options: dict[str, Any] = dict(READS)
    if not database.is_sqlite:
        options["isolation_level"] = "REPEATABLE READ"
    with database.engine.connect() as plain:
        connection = plain.execution_options(**options)
        if not database.is_sqlite:
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        yield connection
