"""The migrations make what the models say, on both databases, up and down, and leave the trail true of every older row."""

from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import inspect

from portfolio.audit.trail import audited_tables, vouched_columns
from portfolio.db.engine import Database, open_database
from portfolio.db.migrate import alembic_config, downgrade, is_current, upgrade


def test_the_models_are_what_the_migrations_make(database: Database) -> None:
    with database.engine.begin() as connection:
        try:
            command.check(alembic_config(connection))
        except CommandError as error:
            pytest.fail(str(error))


def test_down_to_nothing_and_up_again(database: Database) -> None:
    downgrade(database, "base")
    with database.engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
        assert not is_current(connection)
    upgrade(database)
    with database.engine.connect() as connection:
        assert is_current(connection)


def test_a_column_that_joins_a_table_of_the_trail_is_declared(tmp_path: Path) -> None:
    """The rows that are there already keep their digests: `audit verify` finds after an upgrade what it found before."""
    database = open_database(f"sqlite:///{tmp_path / 'walked.db'}")
    had: dict[str, set[str]] = {}
    joined = set()
    with database.engine.begin() as connection:
        config = alembic_config(connection)
        revisions = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
        for revision in reversed(revisions):
            command.upgrade(config, revision)
            seen = inspect(connection)
            has = {name: {column["name"] for column in seen.get_columns(name)} for name in seen.get_table_names()}
            joined |= {(table, column) for table in had for column in has.get(table, set()) - had[table]}
            had = has
    vouched = {(table, name) for table, model in audited_tables().items() for name, _key in vouched_columns(model)}
    declared = {(table, name) for table, model in audited_tables().items() for name in model.__later__}
    assert joined & vouched == declared
