"""Keep the life of projects: moves, gates, terms of pilots and hand-overs, standings, dependencies, asked resumptions.

New tables only: the trail vouches for the rows of `project` column by column, so what is new about a project stands beside
it. Facts are append-only: triggers refuse a change or a deletion, on both databases. Code of the previous release does not
know the tables and can run beside this.

Revision ID: 20261125_life
Revises: 20261125_plans
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_life"
down_revision = "20261125_plans"
branch_labels = None
depends_on = None

APPEND_ONLY = ("project_standing", "stage_move", "gate_proposal", "gate_decision", "pilot_terms", "hand_over_terms")


def upgrade() -> None:
    op.create_table(
        "gate_proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("gate", sa.String(length=40), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(length=4000), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_gate_proposal_project_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["person.id"], name=op.f("fk_gate_proposal_proposed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_proposal")),
    )
    with op.batch_alter_table("gate_proposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gate_proposal_project_id"), ["project_id"], unique=False)

    op.create_table(
        "hand_over_terms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("budget_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("budget_line", sa.String(length=60), nullable=False),
        sa.Column("team", sa.String(length=4000), nullable=False),
        sa.Column("service_levels", sa.String(length=4000), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("set_by_id", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("budget_minor > 0", name=op.f("ck_hand_over_terms_budget_is_positive")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_hand_over_terms_project_id")),
        sa.ForeignKeyConstraint(["set_by_id"], ["person.id"], name=op.f("fk_hand_over_terms_set_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over_terms")),
    )
    with op.batch_alter_table("hand_over_terms", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hand_over_terms_project_id"), ["project_id"], unique=False)

    op.create_table(
        "pilot_terms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("exit_criteria", sa.String(length=4000), nullable=False),
        sa.Column("cap_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("set_by_id", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cap_minor > 0", name=op.f("ck_pilot_terms_cap_is_positive")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_pilot_terms_project_id")),
        sa.ForeignKeyConstraint(["set_by_id"], ["person.id"], name=op.f("fk_pilot_terms_set_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pilot_terms")),
    )
    with op.batch_alter_table("pilot_terms", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pilot_terms_project_id"), ["project_id"], unique=False)

    op.create_table(
        "project_dependency",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("needs_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(length=400), nullable=False),
        sa.Column("added_by_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("project_id <> needs_id", name=op.f("ck_project_dependency_needs_another")),
        sa.ForeignKeyConstraint(["added_by_id"], ["person.id"], name=op.f("fk_project_dependency_added_by_id")),
        sa.ForeignKeyConstraint(["needs_id"], ["project.id"], name=op.f("fk_project_dependency_needs_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_project_dependency_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_dependency")),
    )
    with op.batch_alter_table("project_dependency", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_dependency_needs_id"), ["needs_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_project_dependency_project_id"), ["project_id"], unique=False)

    op.create_table(
        "project_standing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("standing", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("set_by_id", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imposed", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_project_standing_project_id")),
        sa.ForeignKeyConstraint(["set_by_id"], ["person.id"], name=op.f("fk_project_standing_set_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_standing")),
    )
    with op.batch_alter_table("project_standing", schema=None) as batch_op:
        batch_op.create_index("ix_project_standing_newest", ["project_id", "set_at"], unique=False)

    op.create_table(
        "resumption_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("answer", sa.String(length=2000), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_resumption_request_asked_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_resumption_request_decided_by_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_resumption_request_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resumption_request")),
    )
    with op.batch_alter_table("resumption_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resumption_request_project_id"), ["project_id"], unique=False)

    op.create_table(
        "gate_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("reasons", sa.String(length=4000), nullable=False),
        sa.Column("conditions", sa.String(length=4000), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_gate_decision_decided_by_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["gate_proposal.id"], name=op.f("fk_gate_decision_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_decision")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_gate_decision_proposal_id")),
    )
    op.create_table(
        "stage_move",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("move", sa.String(length=40), nullable=False),
        sa.Column("before", sa.String(length=40), nullable=False),
        sa.Column("after", sa.String(length=40), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=True),
        sa.Column("successor_id", sa.Uuid(), nullable=True),
        sa.Column("sunk_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_stage_move_made_by_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_stage_move_project_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["gate_proposal.id"], name=op.f("fk_stage_move_proposal_id")),
        sa.ForeignKeyConstraint(["successor_id"], ["project.id"], name=op.f("fk_stage_move_successor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_move")),
    )
    with op.batch_alter_table("stage_move", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stage_move_project_id"), ["project_id"], unique=False)
    _protect()


def _protect() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for act in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                    "BEGIN SELECT RAISE(ABORT, 'the life of a project is append-only'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION life_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the life of a project is append-only'; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION life_refuse()"
        )


def downgrade() -> None:
    with op.batch_alter_table("stage_move", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stage_move_project_id"))

    op.drop_table("stage_move")
    op.drop_table("gate_decision")
    with op.batch_alter_table("resumption_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resumption_request_project_id"))

    op.drop_table("resumption_request")
    with op.batch_alter_table("project_standing", schema=None) as batch_op:
        batch_op.drop_index("ix_project_standing_newest")

    op.drop_table("project_standing")
    with op.batch_alter_table("project_dependency", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_dependency_project_id"))
        batch_op.drop_index(batch_op.f("ix_project_dependency_needs_id"))

    op.drop_table("project_dependency")
    with op.batch_alter_table("pilot_terms", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pilot_terms_project_id"))

    op.drop_table("pilot_terms")
    with op.batch_alter_table("hand_over_terms", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hand_over_terms_project_id"))

    op.drop_table("hand_over_terms")
    with op.batch_alter_table("gate_proposal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gate_proposal_project_id"))

    op.drop_table("gate_proposal")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION IF EXISTS life_refuse()")
