"""The day on which a contract was over in fact, beside the one agreed on. Code of the previous release leaves it empty.

Revision ID: 20261125_contracts_end
Revises: 20261125_taken_back
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_contracts_end"
down_revision = "20261125_taken_back"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contract", sa.Column("ended_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("contract", "ended_on")
