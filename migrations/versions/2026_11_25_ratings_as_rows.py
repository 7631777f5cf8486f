"""Keep ratings, the comments on them and requests for independent ones; and the newest health facts of each project.

Ratings and comments are append-only: triggers refuse a change or a deletion, on both databases. `project_health` is derived
and may be emptied at any time. New tables only: code of the previous release does not know them and can run beside this.

Revision ID: 20261125_ratings
Revises: 20261125_carry_over
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_ratings"
down_revision = "20261125_carry_over"
branch_labels = None
depends_on = None

APPEND_ONLY = ("rating", "rating_comment")


def upgrade() -> None:
    op.create_table(
        "rating",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("period_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.String(length=20), nullable=False),
        sa.Column("as_at", sa.Date(), nullable=False),
        sa.Column("scale", sa.String(length=20), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("coverage", sa.Integer(), nullable=True),
        sa.Column("formula", sa.String(length=20), nullable=False),
        sa.Column("reckoned", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("summary", sa.String(length=4000), nullable=False),
        sa.Column("comment_until", sa.Date(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.CheckConstraint("score IS NULL OR score BETWEEN 100 AND 500", name=op.f("ck_rating_score_is_1_to_5")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_rating_made_by_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_rating_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating")),
        sa.UniqueConstraint(
            "project_id", "period_on", "kind", "ordinal", name=op.f("uq_rating_project_id_period_on_kind_ordinal")
        ),
    )
    op.create_table(
        "rating_comment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rating_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(length=4000), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_rating_comment_made_by_id")),
        sa.ForeignKeyConstraint(["rating_id"], ["rating.id"], name=op.f("fk_rating_comment_rating_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_comment")),
    )
    with op.batch_alter_table("rating_comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rating_comment_rating_id"), ["rating_id"], unique=False)

    op.create_table(
        "rating_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("period_on", sa.Date(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("rating_id", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_rating_request_asked_by_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_rating_request_project_id")),
        sa.ForeignKeyConstraint(["rating_id"], ["rating.id"], name=op.f("fk_rating_request_rating_id")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["person.id"], name=op.f("fk_rating_request_reviewer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_request")),
    )
    with op.batch_alter_table("rating_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rating_request_project_id"), ["project_id"], unique=False)
        batch_op.create_index("ix_rating_request_by_reviewer", ["reviewer_id", "state"], unique=False)
        batch_op.create_index(
            "uq_rating_request_open",
            ["project_id"],
            unique=True,
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        )

    op.create_table(
        "project_health",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("as_at", sa.Date(), nullable=False),
        sa.Column("rules_checked", sa.Integer(), nullable=False),
        sa.Column("rules_passed", sa.Integer(), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("warnings", sa.Integer(), nullable=False),
        sa.Column("stale_days", sa.Integer(), nullable=True),
        sa.Column("failed", sa.String(length=400), nullable=False),
        sa.Column("coverage", sa.Integer(), nullable=False),
        sa.Column("declared", sa.String(length=20), nullable=True),
        sa.Column("computed", sa.String(length=20), nullable=True),
        sa.Column("independent", sa.String(length=20), nullable=True),
        sa.Column("gap_bp", sa.Integer(), nullable=True),
        sa.Column("comment_until", sa.Date(), nullable=True),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("signs", sa.Integer(), nullable=False),
        sa.Column("open_computed", sa.String(length=20), nullable=True),
        sa.Column("open_gap_bp", sa.Integer(), nullable=True),
        sa.Column("open_flags", sa.JSON(), nullable=False),
        sa.Column("open_signs", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_project_health_project_id")),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_project_health")),
    )
    _protect()


def _protect() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for act in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                    "BEGIN SELECT RAISE(ABORT, 'ratings are append-only'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION rating_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'ratings are append-only'; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION rating_refuse()"
        )


def downgrade() -> None:
    op.drop_table("project_health")
    with op.batch_alter_table("rating_request", schema=None) as batch_op:
        batch_op.drop_index("uq_rating_request_open")
        batch_op.drop_index("ix_rating_request_by_reviewer")
        batch_op.drop_index(batch_op.f("ix_rating_request_project_id"))

    op.drop_table("rating_request")
    with op.batch_alter_table("rating_comment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rating_comment_rating_id"))

    op.drop_table("rating_comment")
    op.drop_table("rating")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION rating_refuse()")
