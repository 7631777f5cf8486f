"""Plans of projects: milestones and their dependencies, approved plans, proposals of plans, change requests, schedule files.

Seven new tables and no column on an older one: code of the previous release does not know them and can run beside it. An
approved plan is a promise that is compared with for years: triggers on both databases refuse to change or delete one.

Revision ID: 20261125_plans
Revises: 20261125_kpis
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_plans"
down_revision = "20261125_kpis"
branch_labels = None
depends_on = None

KEPT = ("plan_baseline", "plan_baseline_item")
"""Tables whose rows are never changed nor deleted."""


def _table(name: str, *parts: sa.Column[object] | sa.Constraint, versioned: bool = False) -> None:
    version = [sa.Column("version", sa.Integer(), nullable=False)] if versioned else []
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *version,
        *parts,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )


def _text(name: str, length: int, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.String(length=length), nullable=nullable)


def _key(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _day(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.Date(), nullable=nullable)


def _instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def _once(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def upgrade() -> None:
    _milestones()
    _approved_plans()
    _requests_and_files()
    _refuse_changes()


def _milestones() -> None:
    _table(
        "milestone",
        _key("project_id"),
        _number("position"),
        _text("kind", 20),
        _text("title", 200),
        _text("deliverable", 600),
        _text("owner", 120),
        _number("weight", nullable=True),
        _number("percent"),
        _day("starts_on"),
        _day("promised_on"),
        _day("forecast_on"),
        _day("actual_on"),
        _text("note", 1000),
        _text("source_key", 80, nullable=True),
        _day("left_on"),
        _to("milestone", "project_id", "project"),
        _once("milestone", "project_id", "source_key"),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_milestone_percent_is_0_to_100")),
        sa.CheckConstraint("weight BETWEEN 0 AND 100", name=op.f("ck_milestone_weight_is_0_to_100")),
        versioned=True,
    )
    op.create_index(op.f("ix_milestone_project_id"), "milestone", ["project_id"])
    _table(
        "milestone_dependency",
        _key("milestone_id"),
        _key("needs_id"),
        _number("lag_days"),
        _to("milestone_dependency", "milestone_id", "milestone"),
        _to("milestone_dependency", "needs_id", "milestone"),
        _once("milestone_dependency", "milestone_id", "needs_id"),
        sa.CheckConstraint("milestone_id <> needs_id", name=op.f("ck_milestone_dependency_needs_another")),
    )
    op.create_index(op.f("ix_milestone_dependency_needs_id"), "milestone_dependency", ["needs_id"])


def _approved_plans() -> None:
    _table(
        "plan_proposal",
        _key("project_id"),
        _text("kind", 20),
        _text("reasons", 4000),
        _number("base_number"),
        sa.Column("lines", sa.JSON(), nullable=False),
        _text("digest", 64),
        _text("state", 20),
        _key("proposed_by_id"),
        _instant("proposed_at"),
        _key("decided_by_id", nullable=True),
        _instant("decided_at", nullable=True),
        _text("answer", 4000),
        _to("plan_proposal", "project_id", "project"),
        _to("plan_proposal", "proposed_by_id", "person"),
        _to("plan_proposal", "decided_by_id", "person"),
        versioned=True,
    )
    op.create_index(op.f("ix_plan_proposal_project_id"), "plan_proposal", ["project_id"])
    op.create_index(op.f("ix_plan_proposal_state"), "plan_proposal", ["state"])
    _table(
        "plan_baseline",
        _key("project_id"),
        _number("number"),
        _text("kind", 20),
        _key("proposal_id"),
        _day("approved_on", nullable=False),
        _instant("approved_at"),
        _key("approved_by_id"),
        _to("plan_baseline", "project_id", "project"),
        _to("plan_baseline", "proposal_id", "plan_proposal"),
        _to("plan_baseline", "approved_by_id", "person"),
        _once("plan_baseline", "project_id", "number"),
    )
    _table(
        "plan_baseline_item",
        _key("baseline_id"),
        _key("milestone_id"),
        _text("title", 200),
        _day("starts_on"),
        _day("due_on", nullable=False),
        _number("weight", nullable=True),
        _to("plan_baseline_item", "baseline_id", "plan_baseline"),
        _to("plan_baseline_item", "milestone_id", "milestone"),
        _once("plan_baseline_item", "baseline_id", "milestone_id"),
    )
    op.create_index(op.f("ix_plan_baseline_item_milestone_id"), "plan_baseline_item", ["milestone_id"])


def _requests_and_files() -> None:
    _table(
        "plan_change",
        _key("project_id"),
        _number("number"),
        _text("title", 200),
        _text("kind", 20),
        _text("reasons", 4000),
        _text("effect", 4000),
        _text("state", 20),
        _key("asked_by_id"),
        _instant("asked_at"),
        _key("decided_by_id", nullable=True),
        _instant("decided_at", nullable=True),
        _text("answer", 4000),
        _key("proposal_id", nullable=True),
        _to("plan_change", "project_id", "project"),
        _to("plan_change", "asked_by_id", "person"),
        _to("plan_change", "decided_by_id", "person"),
        _to("plan_change", "proposal_id", "plan_proposal"),
        _once("plan_change", "project_id", "number"),
        versioned=True,
    )
    op.create_index(op.f("ix_plan_change_state"), "plan_change", ["state"])
    _table(
        "plan_file",
        _key("project_id"),
        _text("file_name", 200),
        _text("file_sha256", 64),
        _text("state", 20),
        _key("by_id"),
        _instant("uploaded_at"),
        _instant("imported_at", nullable=True),
        _number("created"),
        _number("updated"),
        _number("unchanged"),
        _number("skipped"),
        _to("plan_file", "project_id", "project"),
        _to("plan_file", "by_id", "person"),
        versioned=True,
    )
    op.create_index(op.f("ix_plan_file_project_id"), "plan_file", ["project_id"])


def _refuse_changes() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        for table in KEPT:
            for act in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                    "BEGIN SELECT RAISE(ABORT, 'an approved plan is never changed'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION plan_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'an approved plan is never changed'; END $$"
    )
    for table in KEPT:
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION plan_refuse()"
        )


def downgrade() -> None:
    op.drop_table("plan_file")
    op.drop_table("plan_change")
    op.drop_table("plan_baseline_item")
    op.drop_table("plan_baseline")
    op.drop_table("plan_proposal")
    op.drop_table("milestone_dependency")
    op.drop_table("milestone")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION IF EXISTS plan_refuse()")
