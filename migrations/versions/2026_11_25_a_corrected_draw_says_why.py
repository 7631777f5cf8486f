"""Why a draw was corrected, for a correction alone. Code of the previous release leaves it empty.

Revision ID: 20261125_draw_reason
Revises: 20261125_contracts_end
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_draw_reason"
down_revision = "20261125_contracts_end"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("draw", sa.Column("reason", sa.String(length=2000), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("draw", "reason")
