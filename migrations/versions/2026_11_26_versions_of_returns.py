"""Every version of a return that was put up or signed, immutable; and what its writer confirmed of unusual values.

What was signed before and written over since is lost: no row can say it, and none is made up here. A return that still holds
what was signed keeps its version with the next step that is made on it, or before it is written again.
Code of the previous release leaves both empty.

Revision ID: 20261126_return_versions
Revises: 20261125_forecasts
"""

import sqlalchemy as sa
from alembic import op

revision = "20261126_return_versions"
down_revision = "20261125_forecasts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("progress_return", sa.Column("confirmed", sa.JSON(), nullable=False, server_default="{}"))
    op.create_table(
        "return_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("return_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("written_by_id", sa.Uuid(), nullable=True),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["return_id"], ["progress_return.id"], name=op.f("fk_return_version_return_id")),
        sa.ForeignKeyConstraint(["written_by_id"], ["person.id"], name=op.f("fk_return_version_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_version")),
        sa.UniqueConstraint("return_id", "number", name=op.f("uq_return_version_return_id_number")),
        sa.UniqueConstraint("return_id", "digest", name=op.f("uq_return_version_return_id_digest")),
    )
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER return_version_no_{act.lower()} BEFORE {act} ON return_version "
                "BEGIN SELECT RAISE(ABORT, 'versions of returns are append-only'); END"
            )
        return
    op.execute(
        "CREATE TRIGGER return_version_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON return_version "
        "FOR EACH STATEMENT EXECUTE FUNCTION return_refuse()"
    )


def downgrade() -> None:
    op.drop_table("return_version")
    op.drop_column("progress_return", "confirmed")
