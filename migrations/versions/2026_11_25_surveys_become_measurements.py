"""A wave of a survey can become a measurement of the indicator that it informs; each leads to the other.

The link is a row of its own, because waves and measurements are vouched for as they were written. Code of the previous release
can run beside this.

Revision ID: 20261125_survey_adoption
Revises: 20261125_closing
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_survey_adoption"
down_revision = "20261125_closing"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kpi_wave_adoption",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("measurement_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["kpi_wave.id"], name=op.f("fk_kpi_wave_adoption_wave_id")),
        sa.ForeignKeyConstraint(
            ["measurement_id"], ["kpi_measurement.id"], name=op.f("fk_kpi_wave_adoption_measurement_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_kpi_wave_adoption_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_wave_adoption")),
        sa.UniqueConstraint("wave_id", name=op.f("uq_kpi_wave_adoption_wave_id")),
        sa.UniqueConstraint("measurement_id", name=op.f("uq_kpi_wave_adoption_measurement_id")),
    )


def downgrade() -> None:
    op.drop_table("kpi_wave_adoption")
