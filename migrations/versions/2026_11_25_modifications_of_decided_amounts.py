"""Keep each modification of a decided amount: who asked for it, by which act, and which ledger entries it posted.

The ledger itself is not altered: its rows are vouched for by the trail column by column, so the new row names the entries,
not the entries the row. Code of the previous release does not know the table and can run beside it.

Revision ID: 20261125m
Revises: 20261125_factor_resets
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125m"
down_revision = "20261125_factor_resets"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "budget_modification",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("firm_through", sa.Integer(), nullable=False),
        sa.Column("act_type", sa.String(length=40), nullable=False),
        sa.Column("act_id", sa.Uuid(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("reasons", sa.String(length=4000), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by_id", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("refusal", sa.String(length=2000), nullable=False),
        sa.Column("entries", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name=op.f("fk_budget_modification_act_id")),
        sa.ForeignKeyConstraint(["case_id"], ["business_case.id"], name=op.f("fk_budget_modification_case_id")),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["person.id"], name=op.f("fk_budget_modification_confirmed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["budget_decision.id"], name=op.f("fk_budget_modification_decision_id")
        ),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["person.id"], name=op.f("fk_budget_modification_proposed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_modification")),
    )
    with op.batch_alter_table("budget_modification", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_budget_modification_case_id"), ["case_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("budget_modification", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_budget_modification_case_id"))
    op.drop_table("budget_modification")
