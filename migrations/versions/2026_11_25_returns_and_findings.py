"""Keep progress returns with their moves, and findings with their answers.

Moves of returns are append-only, and a published return is never changed: triggers refuse it, on both databases. New tables
only: code of the previous release does not know them and can run beside this.

Revision ID: 20261125_returns
Revises: 20261125_clock
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_returns"
down_revision = "20261125_clock"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "finding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("evidence", sa.String(length=4000), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("opened_by_id", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["opened_by_id"], ["person.id"], name=op.f("fk_finding_opened_by_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_finding_owner_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_finding_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint("source", name=op.f("uq_finding_source")),
    )
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_finding_project_id"), ["project_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_finding_state"), ["state"], unique=False)

    op.create_table(
        "progress_return",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("period_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("why", sa.String(length=2000), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("physical_bp", sa.Integer(), nullable=True),
        sa.Column("paid_minor", sa.BigInteger(), nullable=True),
        sa.Column("forecast_finish", sa.Date(), nullable=True),
        sa.Column("forecast_cost_minor", sa.BigInteger(), nullable=True),
        sa.Column("procurement", sa.String(length=20), nullable=True),
        sa.Column("done", sa.String(length=2000), nullable=False),
        sa.Column("blocked", sa.String(length=2000), nullable=False),
        sa.Column("next_steps", sa.String(length=2000), nullable=False),
        sa.Column("scale", sa.String(length=20), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=True),
        sa.Column("evidence_cost", sa.String(length=2000), nullable=False),
        sa.Column("evidence_schedule", sa.String(length=2000), nullable=False),
        sa.Column("evidence_results", sa.String(length=2000), nullable=False),
        sa.Column("seen", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("filled_by_id", sa.Uuid(), nullable=True),
        sa.Column("filled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "physical_bp IS NULL OR physical_bp BETWEEN 0 AND 10000",
            name=op.f("ck_progress_return_physical_is_a_share"),
        ),
        sa.ForeignKeyConstraint(["corrects_id"], ["progress_return.id"], name=op.f("fk_progress_return_corrects_id")),
        sa.ForeignKeyConstraint(["filled_by_id"], ["person.id"], name=op.f("fk_progress_return_filled_by_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_progress_return_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress_return")),
        sa.UniqueConstraint(
            "project_id", "period_on", "edition", name=op.f("uq_progress_return_project_id_period_on_edition")
        ),
    )
    with op.batch_alter_table("progress_return", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_progress_return_due_on"), ["due_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_progress_return_state"), ["state"], unique=False)

    op.create_table(
        "finding_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(length=4000), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("judgement", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("judged_by_id", sa.Uuid(), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_finding_answer_finding_id")),
        sa.ForeignKeyConstraint(["judged_by_id"], ["person.id"], name=op.f("fk_finding_answer_judged_by_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_finding_answer_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_answer")),
    )
    with op.batch_alter_table("finding_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_finding_answer_finding_id"), ["finding_id"], unique=False)

    op.create_table(
        "return_move",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("return_id", sa.Uuid(), nullable=False),
        sa.Column("move", sa.String(length=40), nullable=False),
        sa.Column("before", sa.String(length=20), nullable=False),
        sa.Column("after", sa.String(length=20), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_return_move_made_by_id")),
        sa.ForeignKeyConstraint(["return_id"], ["progress_return.id"], name=op.f("fk_return_move_return_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_move")),
    )
    with op.batch_alter_table("return_move", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_return_move_return_id"), ["return_id"], unique=False)

    _protect()


def _protect() -> None:
    """A return that is published stays as it is; the step into that state is the last change of its row."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER return_move_no_{act.lower()} BEFORE {act} ON return_move "
                "BEGIN SELECT RAISE(ABORT, 'moves of returns are append-only'); END"
            )
            op.execute(
                f"CREATE TRIGGER progress_return_no_{act.lower()} BEFORE {act} ON progress_return "
                "WHEN OLD.state = 'published' BEGIN SELECT RAISE(ABORT, 'a published return is never changed'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION return_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'returns: what is published or moved is never changed'; END $$"
    )
    op.execute(
        "CREATE TRIGGER return_move_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON return_move "
        "FOR EACH STATEMENT EXECUTE FUNCTION return_refuse()"
    )
    op.execute(
        "CREATE TRIGGER progress_return_published BEFORE UPDATE OR DELETE ON progress_return "
        "FOR EACH ROW WHEN (OLD.state = 'published') EXECUTE FUNCTION return_refuse()"
    )


def downgrade() -> None:
    with op.batch_alter_table("return_move", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_return_move_return_id"))

    op.drop_table("return_move")
    with op.batch_alter_table("finding_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_finding_answer_finding_id"))

    op.drop_table("finding_answer")
    with op.batch_alter_table("progress_return", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_progress_return_state"))
        batch_op.drop_index(batch_op.f("ix_progress_return_due_on"))

    op.drop_table("progress_return")
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_finding_state"))
        batch_op.drop_index(batch_op.f("ix_finding_project_id"))

    op.drop_table("finding")

    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION return_refuse()")
