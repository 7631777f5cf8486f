"""Alembic's environment: our own column types are written into history as plain `sa.` types."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext

from portfolio.tables import metadata


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Enums as VARCHAR, instants as DateTime with zone, text as String: a migration must import on its own."""
    if kind != "type":
        return False
    if isinstance(item, sa.Enum):
        return f"sa.String(length={item.length})"
    if isinstance(item, sa.types.TypeDecorator):
        inner = item.impl_instance
        if isinstance(inner, sa.DateTime):
            return "sa.DateTime(timezone=True)"
        if isinstance(inner, sa.String):
            return f"sa.String(length={inner.length})" if inner.length else "sa.String()"
    return False


def same_type(_context: Any, _column: Any, _inspected: Any, inspected_type: Any, metadata_type: Any) -> bool | None:
    """Our decorators are the plain types beneath; only what differs there is a difference."""
    if isinstance(metadata_type, sa.Enum):
        return not (isinstance(inspected_type, sa.String) and inspected_type.length == metadata_type.length)
    if isinstance(metadata_type, sa.types.TypeDecorator) and isinstance(metadata_type.impl_instance, sa.DateTime):
        return not isinstance(inspected_type, sa.DateTime)
    return None


def run() -> None:
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=render_item,
        compare_type=same_type,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
