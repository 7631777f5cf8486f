"""Keep every forecast of a milestone from now on, and why dates of a proposed plan that look wrong are right.

`milestone_forecast` is append-only: triggers refuse a change or a deletion, on both databases. Code of the previous release
does not know it and can run beside this; what it changes meanwhile leaves no forecast here.

Revision ID: 20261125_forecasts
Revises: 20261126_on_record
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_forecasts"
down_revision = "20261126_on_record"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "milestone_forecast",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("milestone_id", sa.Uuid(), nullable=False),
        sa.Column("forecast_on", sa.Date(), nullable=True),
        sa.Column("before_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_milestone_forecast_by_id")),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestone.id"], name=op.f("fk_milestone_forecast_milestone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone_forecast")),
    )
    op.create_index(op.f("ix_milestone_forecast_milestone_id"), "milestone_forecast", ["milestone_id"], unique=False)
    op.add_column("plan_proposal", sa.Column("because", sa.String(length=4000), nullable=False, server_default=""))
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER milestone_forecast_no_{act.lower()} BEFORE {act} ON milestone_forecast "
                "BEGIN SELECT RAISE(ABORT, 'a forecast that was said is never changed'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION forecast_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'a forecast that was said is never changed'; END $$"
    )
    op.execute(
        "CREATE TRIGGER milestone_forecast_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON milestone_forecast "
        "FOR EACH STATEMENT EXECUTE FUNCTION forecast_refuse()"
    )


def downgrade() -> None:
    op.drop_column("plan_proposal", "because")
    op.drop_index(op.f("ix_milestone_forecast_milestone_id"), table_name="milestone_forecast")
    op.drop_table("milestone_forecast")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION forecast_refuse()")
