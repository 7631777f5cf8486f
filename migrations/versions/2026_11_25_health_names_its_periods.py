"""The periods that the kept levels of a project are of. `project_health` is derived: the next reckoning fills them.

Revision ID: 20261125_health_periods
Revises: 20261126_notices_by_time
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_health_periods"
down_revision = "20261126_notices_by_time"
branch_labels = None
depends_on = None

COLUMNS = ("declared_on", "computed_on", "open_computed_on")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("project_health", sa.Column(name, sa.Date(), nullable=True))


def downgrade() -> None:
    for name in reversed(COLUMNS):
        op.drop_column("project_health", name)
