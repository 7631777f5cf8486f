"""The migrations make what the models say, on both databases, up and down."""

import pytest
from alembic import command
from alembic.util.exc import CommandError
from sqlalchemy import inspect

from portfolio.db.engine import Database
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
