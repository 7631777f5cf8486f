"""Results of indicators are counted by project once a night, so that the page of the portfolio adds up rows.

Derived rows: empty until the clock's job has run, and the page counts what is missing itself. Code of the previous release can
run beside this, but it does not take rows away when it changes an indicator: run `kpis.tally` by hand after it is gone.

Revision ID: 20261125_tally
Revises: 20261125_gate_files
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_tally"
down_revision = "20261125_gate_files"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kpi_tally",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("family", sa.String(length=40), nullable=False),
        sa.Column("as_at", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("met", "not_met", "too_early", "cannot_tell")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_kpi_tally_project_id")),
        sa.PrimaryKeyConstraint("project_id", "family", name=op.f("pk_kpi_tally")),
    )


def downgrade() -> None:
    op.drop_table("kpi_tally")
