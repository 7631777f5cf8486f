"""The list of a person's notices runs by the time that is shown: its index follows. Code of the previous release reads without it.

Revision ID: 20261126_notices_by_time
Revises: 20261126_return_versions
"""

from alembic import op

revision = "20261126_notices_by_time"
down_revision = "20261126_return_versions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_notice_list", table_name="notice")
    op.create_index("ix_notice_list", "notice", ["person_id", "created_at", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_notice_list", table_name="notice")
    op.create_index("ix_notice_list", "notice", ["person_id", "id"], unique=False)
