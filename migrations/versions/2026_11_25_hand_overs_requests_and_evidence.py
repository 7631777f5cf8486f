"""Who was asked to sign off and when, hand-overs of cases, files as evidence of conditions, observations made of findings.

Four tables and no column on an older one: the trail vouches for those column by column. Code of the previous release does
not know them and can run beside it.

Revision ID: 20261125_hand_overs
Revises: 20261125m
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_hand_overs"
down_revision = "20261125m"
branch_labels = None
depends_on = None


def _key(table: str) -> list[sa.Column[object] | sa.Constraint]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "sign_off_request",
        *_key("sign_off_request"),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        _to("sign_off_request", "case_id", "business_case"),
        _to("sign_off_request", "person_id", "person"),
        _to("sign_off_request", "asked_by_id", "person"),
        sa.UniqueConstraint(
            "case_id", "digest", "person_id", name=op.f("uq_sign_off_request_case_id_digest_person_id")
        ),
    )
    op.create_index(op.f("ix_sign_off_request_case_id"), "sign_off_request", ["case_id"])
    op.create_table(
        "case_hand_over",
        *_key("case_hand_over"),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=False),
        _to("case_hand_over", "case_id", "business_case"),
        _to("case_hand_over", "from_id", "person"),
        _to("case_hand_over", "to_id", "person"),
        _to("case_hand_over", "by_id", "person"),
    )
    op.create_index(op.f("ix_case_hand_over_case_id"), "case_hand_over", ["case_id"])
    op.create_table(
        "condition_file",
        *_key("condition_file"),
        sa.Column("condition_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("supplied_at", sa.DateTime(timezone=True), nullable=False),
        _to("condition_file", "condition_id", "condition"),
        _to("condition_file", "by_id", "person"),
    )
    op.create_index(op.f("ix_condition_file_condition_id"), "condition_file", ["condition_id"])
    op.create_table(
        "verdict_observation",
        *_key("verdict_observation"),
        sa.Column("verdict_id", sa.Uuid(), nullable=False),
        sa.Column("snapshot_id", sa.Uuid(), nullable=False),
        sa.Column("observation_id", sa.Uuid(), nullable=False),
        _to("verdict_observation", "verdict_id", "verdict"),
        _to("verdict_observation", "snapshot_id", "case_snapshot"),
        _to("verdict_observation", "observation_id", "observation"),
        sa.UniqueConstraint("observation_id", name=op.f("uq_verdict_observation_observation_id")),
        sa.UniqueConstraint("verdict_id", "snapshot_id", name=op.f("uq_verdict_observation_verdict_id_snapshot_id")),
    )


def downgrade() -> None:
    op.drop_table("verdict_observation")
    op.drop_index(op.f("ix_condition_file_condition_id"), table_name="condition_file")
    op.drop_table("condition_file")
    op.drop_index(op.f("ix_case_hand_over_case_id"), table_name="case_hand_over")
    op.drop_table("case_hand_over")
    op.drop_index(op.f("ix_sign_off_request_case_id"), table_name="sign_off_request")
    op.drop_table("sign_off_request")
