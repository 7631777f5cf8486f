"""Resets of a lost second factor by two people, and the pauses of sessions.

`factor_reset` holds who asked, why, and what an administrator answered; at most one waits for each person.
`login_session.busy_at` starts as `seen_at`: sessions that are open while this runs go on. Code of the previous release
opens no session beside this one, since it does not fill `busy_at`: sign-ins wait for the new code.

Revision ID: 20261125_factor_resets
Revises: 20261124a
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_factor_resets"
down_revision = "20261124a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "factor_reset",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.String(length=400), nullable=False),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> person_id",
            name=op.f("ck_factor_reset_nobody_resets_an_own_factor"),
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> asked_by_id",
            name=op.f("ck_factor_reset_a_second_person_decides"),
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_factor_reset_asked_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_factor_reset_decided_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_factor_reset_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factor_reset")),
    )
    op.create_index(op.f("ix_factor_reset_person_id"), "factor_reset", ["person_id"])
    op.create_index(
        "ix_factor_reset_waiting",
        "factor_reset",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("state = 'proposed'"),
        postgresql_where=sa.text("state = 'proposed'"),
    )
    with op.batch_alter_table("login_session") as batch:
        batch.add_column(sa.Column("busy_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(sa.text("UPDATE login_session SET busy_at = seen_at"))
    with op.batch_alter_table("login_session") as batch:
        batch.alter_column("busy_at", existing_type=sa.DateTime(timezone=True), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("login_session") as batch:
        batch.drop_column("busy_at")
    op.drop_table("factor_reset")
