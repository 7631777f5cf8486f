"""Keep what the financial system says of projects month by month, its files and what did not match; contracts and invoices.

Monthly amounts, amendments and settlements of draws are append-only: triggers refuse a change or a deletion, on both
databases. New tables only: code of the previous release does not know them and can run beside this.

Revision ID: 20261125_execution
Revises: 20261125_survey_adoption
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_execution"
down_revision = "20261125_survey_adoption"
branch_labels = None
depends_on = None

APPEND_ONLY = ("execution_entry", "contract_amendment", "draw_settlement")


def upgrade() -> None:
    op.create_table(
        "execution_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("as_at", sa.Date(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("recorded", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("differing", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_execution_run_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_execution_run")),
    )
    with op.batch_alter_table("execution_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_execution_run_file_sha256"), ["file_sha256"], unique=False)

    op.create_table(
        "contract",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("code_id", sa.Uuid(), nullable=True),
        sa.Column("order_reference", sa.String(length=80), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("ocid", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("supplier", sa.String(length=160), nullable=False),
        sa.Column("supplier_scheme", sa.String(length=40), nullable=False),
        sa.Column("supplier_id", sa.String(length=60), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["code_id"], ["approval_code.id"], name=op.f("fk_contract_code_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_contract_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
        sa.UniqueConstraint("project_id", "reference", name=op.f("uq_contract_project_id_reference")),
    )
    op.create_table(
        "draw_settlement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code_id", sa.Uuid(), nullable=False),
        sa.Column("order_reference", sa.String(length=80), nullable=False),
        sa.Column("drawn_minor", sa.BigInteger(), nullable=False),
        sa.Column("contracted_minor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["code_id"], ["approval_code.id"], name=op.f("fk_draw_settlement_code_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_draw_settlement_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw_settlement")),
    )
    with op.batch_alter_table("draw_settlement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draw_settlement_code_id"), ["code_id"], unique=False)

    op.create_table(
        "execution_difference",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("mismatch", sa.String(length=40), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("settled_by_id", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_execution_difference_project_id")),
        sa.ForeignKeyConstraint(["run_id"], ["execution_run.id"], name=op.f("fk_execution_difference_run_id")),
        sa.ForeignKeyConstraint(["settled_by_id"], ["person.id"], name=op.f("fk_execution_difference_settled_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_execution_difference")),
        sa.UniqueConstraint("run_id", "row_number", name=op.f("uq_execution_difference_run_id_row_number")),
    )
    with op.batch_alter_table("execution_difference", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_execution_difference_state"), ["state"], unique=False)

    op.create_table(
        "execution_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("line", sa.String(length=60), nullable=False),
        sa.Column("flow", sa.String(length=20), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("code_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["code_id"], ["approval_code.id"], name=op.f("fk_execution_entry_code_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_execution_entry_made_by_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_execution_entry_project_id")),
        sa.ForeignKeyConstraint(["run_id"], ["execution_run.id"], name=op.f("fk_execution_entry_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_execution_entry")),
        sa.UniqueConstraint(
            "project_id",
            "month",
            "line",
            "flow",
            "reference",
            "ordinal",
            name=op.f("uq_execution_entry_project_id_month_line_flow_reference_ordinal"),
        ),
    )
    with op.batch_alter_table("execution_entry", schema=None) as batch_op:
        batch_op.create_index("ix_execution_entry_by_project", ["project_id", "month"], unique=False)
        batch_op.create_index(batch_op.f("ix_execution_entry_run_id"), ["run_id"], unique=False)

    op.create_table(
        "contract_amendment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("change_minor", sa.BigInteger(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_contract_amendment_contract_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_contract_amendment_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_amendment")),
        sa.UniqueConstraint("contract_id", "number", name=op.f("uq_contract_amendment_contract_id_number")),
    )
    op.create_table(
        "invoice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_invoice_contract_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
        sa.UniqueConstraint("contract_id", "number", name=op.f("uq_invoice_contract_id_number")),
    )

    _protect()


def _protect() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for act in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                    "BEGIN SELECT RAISE(ABORT, 'execution is append-only'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION execution_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'execution is append-only'; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION execution_refuse()"
        )


def downgrade() -> None:
    op.drop_table("invoice")
    op.drop_table("contract_amendment")
    with op.batch_alter_table("execution_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_execution_entry_run_id"))
        batch_op.drop_index("ix_execution_entry_by_project")

    op.drop_table("execution_entry")
    with op.batch_alter_table("execution_difference", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_execution_difference_state"))

    op.drop_table("execution_difference")
    with op.batch_alter_table("draw_settlement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_draw_settlement_code_id"))

    op.drop_table("draw_settlement")
    op.drop_table("contract")
    with op.batch_alter_table("execution_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_execution_run_file_sha256"))

    op.drop_table("execution_run")

    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION execution_refuse()")
