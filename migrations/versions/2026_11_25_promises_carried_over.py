"""Keep that the promises of a frozen case were brought over to its project, by whom, and how many came in.

A new table only; code of the previous release does not know it and can run beside this.

Revision ID: 20261125_carry_over
Revises: 20261125_risks
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_carry_over"
down_revision = "20261125_risks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "promise_carry_over",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("snapshot_id", sa.Uuid(), nullable=False),
        sa.Column("milestones", sa.Integer(), nullable=False),
        sa.Column("risks", sa.Integer(), nullable=False),
        sa.Column("indicators", sa.Integer(), nullable=False),
        sa.Column("carried_by_id", sa.Uuid(), nullable=False),
        sa.Column("carried_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["carried_by_id"], ["person.id"], name=op.f("fk_promise_carry_over_carried_by_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_promise_carry_over_project_id")),
        sa.ForeignKeyConstraint(["snapshot_id"], ["case_snapshot.id"], name=op.f("fk_promise_carry_over_snapshot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise_carry_over")),
        sa.UniqueConstraint("project_id", "snapshot_id", name=op.f("uq_promise_carry_over_project_id_snapshot_id")),
    )


def downgrade() -> None:
    op.drop_table("promise_carry_over")
