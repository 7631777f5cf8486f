"""Measurements that come in by the thousand are vouched for as batches: one digest of the trail for all rows of one.

A measurement may name its batch (`audit_batch`, append-only like the measurements). The new column is outside the digest of
a row, so rows of before keep theirs. Code of the previous release can write beside this; its `audit verify` finds rows of a
batch unrecorded, and so would it after a downgrade of a database that has batches.

Revision ID: 20261125_batches
Revises: 20261125_ratings
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_batches"
down_revision = "20261125_ratings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("table_name", sa.String(length=60), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_audit_batch_size_not_none")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_batch")),
    )
    op.add_column("kpi_measurement", sa.Column("batch_id", sa.Uuid(), nullable=True))
    _protect()


def _protect() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_batch_no_{act.lower()} BEFORE {act} ON audit_batch "
                "BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_batch_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the trail is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_batch_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_batch "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_batch_refuse()"
    )


def downgrade() -> None:
    op.drop_column("kpi_measurement", "batch_id")
    op.drop_table("audit_batch")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION audit_batch_refuse()")
