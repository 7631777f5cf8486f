"""Let a monthly amount be taken back: a row without an amount says that nothing is reported of its key any more.

Until now a typed amount that gave way to the financial system became a zero of the system, which says that nothing was paid.
SQLite makes the table anew, and with it the triggers that protect it. Code of the previous release writes amounts as before.

Revision ID: 20261125_taken_back
Revises: 20261125_tally
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_taken_back"
down_revision = "20261125_tally"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _set(nullable=True)


def downgrade() -> None:
    """Rows without an amount have no place in the earlier table; they are kept as zeros, as that release wrote them."""
    _unprotect()
    op.execute("UPDATE execution_entry SET amount_minor = 0 WHERE amount_minor IS NULL")
    _set(nullable=False)


def _set(*, nullable: bool) -> None:
    _unprotect()
    with op.batch_alter_table("execution_entry") as batch_op:
        batch_op.alter_column("amount_minor", existing_type=sa.BigInteger(), nullable=nullable)
    _protect()


def _unprotect() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for act in ("update", "delete"):
            op.execute(f"DROP TRIGGER IF EXISTS execution_entry_no_{act}")
    else:
        op.execute("DROP TRIGGER IF EXISTS execution_entry_append_only ON execution_entry")


def _protect() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER execution_entry_no_{act.lower()} BEFORE {act} ON execution_entry "
                "BEGIN SELECT RAISE(ABORT, 'execution is append-only'); END"
            )
        return
    op.execute(
        "CREATE TRIGGER execution_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON execution_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION execution_refuse()"
    )
