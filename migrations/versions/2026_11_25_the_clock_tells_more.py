"""The clock keeps what failed, who ran a job by hand and why, and the pauses of a job.

A slot's claim told only how its last try ended; a later try that went well wiped out what the earlier ones had said. Code of the
previous release can run beside this: it leaves the new columns at their defaults and notes no failures, and it does not know of
pauses, so a job that is paused would be run by it.

Revision ID: 20261125_clock
Revises: 20261125_batches
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_clock"
down_revision = "20261125_batches"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("job_claim") as table:
        table.add_column(sa.Column("asked_by_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("reason", sa.String(length=500), nullable=False, server_default=""))
        table.create_foreign_key(op.f("fk_job_claim_asked_by_id"), "person", ["asked_by_id"], ["id"])
    op.create_table(
        "job_failure",
        sa.Column("job", sa.String(length=60), nullable=False),
        sa.Column("slot", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("claimed_by", sa.String(length=120), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said", sa.String(length=400), nullable=False),
        sa.PrimaryKeyConstraint("job", "slot", "attempt", name=op.f("pk_job_failure")),
    )
    op.create_table(
        "job_pause",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("job", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("paused_by_id", sa.Uuid(), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("ended_because", sa.String(length=500), nullable=False),
        sa.CheckConstraint("until > paused_at", name=op.f("ck_job_pause_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["paused_by_id"], ["person.id"], name=op.f("fk_job_pause_paused_by_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["person.id"], name=op.f("fk_job_pause_ended_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_pause")),
    )
    is_open = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_job_pause_open", "job_pause", ["job"], unique=True, sqlite_where=is_open, postgresql_where=is_open
    )


def downgrade() -> None:
    op.drop_index("uq_job_pause_open", table_name="job_pause")
    op.drop_table("job_pause")
    op.drop_table("job_failure")
    with op.batch_alter_table("job_claim") as table:
        table.drop_constraint(op.f("fk_job_claim_asked_by_id"), type_="foreignkey")
        table.drop_column("reason")
        table.drop_column("asked_by_id")
