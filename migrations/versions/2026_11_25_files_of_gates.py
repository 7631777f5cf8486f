"""What shows that a gate's criteria are met can be a file.

Rows are never taken back: a decision is bound to them. Code of the previous release can run beside this; a decision that it
takes is bound to the answers alone.

Revision ID: 20261125_gate_files
Revises: 20261125_execution
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_gate_files"
down_revision = "20261125_execution"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gate_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("criterion", sa.String(length=60), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("supplied_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["gate_proposal.id"], name=op.f("fk_gate_file_proposal_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_gate_file_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_file")),
    )
    op.create_index(op.f("ix_gate_file_proposal_id"), "gate_file", ["proposal_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_gate_file_proposal_id"), table_name="gate_file")
    op.drop_table("gate_file")
