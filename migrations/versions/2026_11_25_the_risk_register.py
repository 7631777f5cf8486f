"""The risk register: risks with every rating they ever had, treatment, acceptance, escalation, evidence, and issues.

New tables only; code of the previous release does not know them and can run beside this. Ratings and evidence are
append-only: triggers refuse a change or a deletion, on both databases.

Revision ID: 20261125_risks
Revises: 20261125_life
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_risks"
down_revision = "20261125_life"
branch_labels = None
depends_on = None

APPEND_ONLY = ("risk_assessment", "risk_evidence")


def upgrade() -> None:
    op.create_table(
        "risk",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=600), nullable=False),
        sa.Column("cause", sa.String(length=600), nullable=False),
        sa.Column("effect", sa.String(length=600), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("catalogue", sa.String(length=20), nullable=False),
        sa.Column("proximity", sa.String(length=40), nullable=False),
        sa.Column("response", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("owner", sa.String(length=120), nullable=False),
        sa.Column("supplier", sa.String(length=160), nullable=False),
        sa.Column("component", sa.String(length=160), nullable=False),
        sa.Column("early_sign", sa.String(length=400), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("matrix", sa.String(length=60), nullable=False),
        sa.Column("inherent_likelihood", sa.Integer(), nullable=False),
        sa.Column("inherent_impact", sa.Integer(), nullable=False),
        sa.Column("residual_likelihood", sa.Integer(), nullable=False),
        sa.Column("residual_impact", sa.Integer(), nullable=False),
        sa.Column("target_likelihood", sa.Integer(), nullable=True),
        sa.Column("target_impact", sa.Integer(), nullable=True),
        sa.Column("rating", sa.String(length=60), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("next_review_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("contingent_minor", sa.BigInteger(), nullable=True),
        sa.Column("contingent_basis", sa.String(length=600), nullable=False),
        sa.Column("chance", sa.Integer(), nullable=True),
        sa.Column("cost_low_minor", sa.BigInteger(), nullable=True),
        sa.Column("cost_likely_minor", sa.BigInteger(), nullable=True),
        sa.Column("cost_high_minor", sa.BigInteger(), nullable=True),
        sa.Column("days_low", sa.Integer(), nullable=True),
        sa.Column("days_likely", sa.Integer(), nullable=True),
        sa.Column("days_high", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("raised_by_id", sa.Uuid(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("chance IS NULL OR chance BETWEEN 1 AND 99", name=op.f("ck_risk_chance_is_a_percentage")),
        sa.CheckConstraint(
            "cost_low_minor <= cost_likely_minor AND cost_likely_minor <= cost_high_minor",
            name=op.f("ck_risk_costs_rise"),
        ),
        sa.CheckConstraint("days_low <= days_likely AND days_likely <= days_high", name=op.f("ck_risk_days_rise")),
        sa.CheckConstraint(
            "inherent_likelihood BETWEEN 1 AND 6 AND inherent_impact BETWEEN 1 AND 6",
            name=op.f("ck_risk_inherent_fits"),
        ),
        sa.CheckConstraint(
            "residual_likelihood BETWEEN 1 AND 6 AND residual_impact BETWEEN 1 AND 6",
            name=op.f("ck_risk_residual_fits"),
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_risk_owner_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_risk_project_id")),
        sa.ForeignKeyConstraint(["raised_by_id"], ["person.id"], name=op.f("fk_risk_raised_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_risk_project_id_number")),
    )
    op.create_index("ix_risk_by_state", "risk", ["state", "rank", "id"], unique=False)
    op.create_index(op.f("ix_risk_project_id"), "risk", ["project_id"], unique=False)
    op.create_index(
        "uq_risk_source",
        "risk",
        ["project_id", "source"],
        unique=True,
        sqlite_where=sa.text("source <> ''"),
        postgresql_where=sa.text("source <> ''"),
    )
    op.create_table(
        "issue",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("risk_id", sa.Uuid(), nullable=True),
        sa.Column("description", sa.String(length=1000), nullable=False),
        sa.Column("severity", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.String(length=120), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("raised_by_id", sa.Uuid(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolution", sa.String(length=1000), nullable=False),
        sa.Column("resolved_by_id", sa.Uuid(), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_issue_project_id")),
        sa.ForeignKeyConstraint(["raised_by_id"], ["person.id"], name=op.f("fk_issue_raised_by_id")),
        sa.ForeignKeyConstraint(["resolved_by_id"], ["person.id"], name=op.f("fk_issue_resolved_by_id")),
        sa.ForeignKeyConstraint(["risk_id"], ["risk.id"], name=op.f("fk_issue_risk_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_issue_project_id_number")),
    )
    op.create_index(op.f("ix_issue_project_id"), "issue", ["project_id"], unique=False)
    op.create_index(op.f("ix_issue_risk_id"), "issue", ["risk_id"], unique=False)
    op.create_table(
        "risk_acceptance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("risk_id", sa.Uuid(), nullable=False),
        sa.Column("rating", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_risk_acceptance_decided_by_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["person.id"], name=op.f("fk_risk_acceptance_proposed_by_id")),
        sa.ForeignKeyConstraint(["risk_id"], ["risk.id"], name=op.f("fk_risk_acceptance_risk_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_acceptance")),
    )
    op.create_index(op.f("ix_risk_acceptance_risk_id"), "risk_acceptance", ["risk_id"], unique=False)
    op.create_table(
        "risk_action",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("risk_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(length=600), nullable=False),
        sa.Column("owner", sa.String(length=120), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["risk_id"], ["risk.id"], name=op.f("fk_risk_action_risk_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_action")),
    )
    op.create_index(op.f("ix_risk_action_risk_id"), "risk_action", ["risk_id"], unique=False)
    op.create_table(
        "risk_assessment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("risk_id", sa.Uuid(), nullable=False),
        sa.Column("stance", sa.String(length=40), nullable=False),
        sa.Column("matrix", sa.String(length=60), nullable=False),
        sa.Column("likelihood", sa.Integer(), nullable=False),
        sa.Column("impact", sa.Integer(), nullable=False),
        sa.Column("rating", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("assessed_by_id", sa.Uuid(), nullable=False),
        sa.Column("assessed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "likelihood BETWEEN 1 AND 6 AND impact BETWEEN 1 AND 6", name=op.f("ck_risk_assessment_fits_a_matrix")
        ),
        sa.ForeignKeyConstraint(["assessed_by_id"], ["person.id"], name=op.f("fk_risk_assessment_assessed_by_id")),
        sa.ForeignKeyConstraint(["risk_id"], ["risk.id"], name=op.f("fk_risk_assessment_risk_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_assessment")),
    )
    op.create_index("ix_risk_assessment_by_risk", "risk_assessment", ["risk_id", "assessed_at", "id"], unique=False)
    op.create_table(
        "risk_escalation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("risk_id", sa.Uuid(), nullable=False),
        sa.Column("tier", sa.String(length=40), nullable=False),
        sa.Column("rating", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("escalated_by_id", sa.Uuid(), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("overdue_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=2000), nullable=False),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["answered_by_id"], ["person.id"], name=op.f("fk_risk_escalation_answered_by_id")),
        sa.ForeignKeyConstraint(["escalated_by_id"], ["person.id"], name=op.f("fk_risk_escalation_escalated_by_id")),
        sa.ForeignKeyConstraint(["risk_id"], ["risk.id"], name=op.f("fk_risk_escalation_risk_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_escalation")),
    )
    op.create_index("ix_risk_escalation_by_state", "risk_escalation", ["state", "due_on", "id"], unique=False)
    op.create_index(op.f("ix_risk_escalation_risk_id"), "risk_escalation", ["risk_id"], unique=False)
    op.create_index(
        "uq_risk_escalation_open",
        "risk_escalation",
        ["risk_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "risk_evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("risk_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("added_by_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["added_by_id"], ["person.id"], name=op.f("fk_risk_evidence_added_by_id")),
        sa.ForeignKeyConstraint(["risk_id"], ["risk.id"], name=op.f("fk_risk_evidence_risk_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_evidence")),
    )
    op.create_index(op.f("ix_risk_evidence_risk_id"), "risk_evidence", ["risk_id"], unique=False)
    _protect()


def _protect() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for act in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                    "BEGIN SELECT RAISE(ABORT, 'ratings of risks are append-only'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION risk_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'ratings of risks are append-only'; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION risk_refuse()"
        )


def _unprotect() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return  # a table takes its triggers with it
    for table in APPEND_ONLY:
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
    op.execute("DROP FUNCTION risk_refuse()")


def downgrade() -> None:
    _unprotect()
    op.drop_index(op.f("ix_risk_evidence_risk_id"), table_name="risk_evidence")
    op.drop_table("risk_evidence")
    op.drop_index(
        "uq_risk_escalation_open",
        table_name="risk_escalation",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index(op.f("ix_risk_escalation_risk_id"), table_name="risk_escalation")
    op.drop_index("ix_risk_escalation_by_state", table_name="risk_escalation")
    op.drop_table("risk_escalation")
    op.drop_index("ix_risk_assessment_by_risk", table_name="risk_assessment")
    op.drop_table("risk_assessment")
    op.drop_index(op.f("ix_risk_action_risk_id"), table_name="risk_action")
    op.drop_table("risk_action")
    op.drop_index(op.f("ix_risk_acceptance_risk_id"), table_name="risk_acceptance")
    op.drop_table("risk_acceptance")
    op.drop_index(op.f("ix_issue_risk_id"), table_name="issue")
    op.drop_index(op.f("ix_issue_project_id"), table_name="issue")
    op.drop_table("issue")
    op.drop_index(
        "uq_risk_source",
        table_name="risk",
        sqlite_where=sa.text("source <> ''"),
        postgresql_where=sa.text("source <> ''"),
    )
    op.drop_index(op.f("ix_risk_project_id"), table_name="risk")
    op.drop_index("ix_risk_by_state", table_name="risk")
    op.drop_table("risk")
