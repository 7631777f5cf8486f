"""Who put a contract and an invoice on record, and why what was unusual of it is right.

Nobody knows who put the existing ones on record. Code of the previous release leaves both columns as they are.

Revision ID: 20261126_on_record
Revises: 20261125_draw_reason
"""

import sqlalchemy as sa
from alembic import op

revision = "20261126_on_record"
down_revision = "20261125_draw_reason"
branch_labels = None
depends_on = None

TABLES = ("contract", "invoice")


def upgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("note", sa.String(length=1000), server_default="", nullable=False))
            batch.add_column(sa.Column("by_id", sa.Uuid(), nullable=True))
            batch.create_foreign_key(op.f(f"fk_{table}_by_id"), "person", ["by_id"], ["id"])


def downgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"fk_{table}_by_id"), type_="foreignkey")
            batch.drop_column("by_id")
            batch.drop_column("note")
