"""Keep what closes a project and what lives on: close-out, evaluation, services, external reviews, lessons and origins.

What is said of an item, exceptions, moves, answers to lessons and origins are append-only: triggers refuse a change or a
deletion, on both databases. New tables only: code of the previous release does not know them and can run beside this.

Revision ID: 20261125_closing
Revises: 20261125_api_keys
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_closing"
down_revision = "20261125_api_keys"
branch_labels = None
depends_on = None

APPEND_ONLY = ("closing_answer", "closing_exception", "external_move", "lesson_use", "derived_link")


def upgrade() -> None:
    op.create_table(
        "derived_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("initiative_id <> origin_id", name=op.f("ck_derived_link_comes_from_another")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_derived_link_by_id")),
        sa.ForeignKeyConstraint(["initiative_id"], ["initiative.id"], name=op.f("fk_derived_link_initiative_id")),
        sa.ForeignKeyConstraint(["origin_id"], ["initiative.id"], name=op.f("fk_derived_link_origin_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_derived_link")),
        sa.UniqueConstraint(
            "initiative_id", "origin_id", "kind", name=op.f("uq_derived_link_initiative_id_origin_id_kind")
        ),
    )
    op.create_index(op.f("ix_derived_link_origin_id"), "derived_link", ["origin_id"], unique=False)
    op.create_table(
        "closing_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("words", sa.String(length=2000), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state = 'open' OR words <> ''", name=op.f("ck_closing_answer_said_with_words")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_closing_answer_by_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_closing_answer_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closing_answer")),
    )
    op.create_index(op.f("ix_closing_answer_project_id"), "closing_answer", ["project_id"], unique=False)
    op.create_table(
        "closing_exception",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_closing_exception_by_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_closing_exception_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closing_exception")),
    )
    op.create_index(op.f("ix_closing_exception_project_id"), "closing_exception", ["project_id"], unique=False)
    op.create_table(
        "evaluation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("users", sa.String(length=4000), nullable=False),
        sa.Column("worked", sa.String(length=4000), nullable=False),
        sa.Column("not_worked", sa.String(length=4000), nullable=False),
        sa.Column("conclusion", sa.String(length=4000), nullable=False),
        sa.Column("reached", sa.String(length=20), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("written_by_id", sa.Uuid(), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_by_id", sa.Uuid(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review", sa.String(length=4000), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_evaluation_project_id")),
        sa.ForeignKeyConstraint(["reviewed_by_id"], ["person.id"], name=op.f("fk_evaluation_reviewed_by_id")),
        sa.ForeignKeyConstraint(["written_by_id"], ["person.id"], name=op.f("fk_evaluation_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation")),
        sa.UniqueConstraint("project_id", name=op.f("uq_evaluation_project_id")),
    )
    op.create_table(
        "external_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("scope", sa.String(length=4000), nullable=False),
        sa.Column("reviewer", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("ordered_by_id", sa.Uuid(), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ordered_by_id"], ["person.id"], name=op.f("fk_external_review_ordered_by_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_external_review_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_review")),
    )
    op.create_index(op.f("ix_external_review_project_id"), "external_review", ["project_id"], unique=False)
    op.create_index(op.f("ix_external_review_state"), "external_review", ["state"], unique=False)
    op.create_table(
        "lesson",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("context", sa.String(length=2000), nullable=False),
        sa.Column("happened", sa.String(length=4000), nullable=False),
        sa.Column("advice", sa.String(length=4000), nullable=False),
        sa.Column("sharing", sa.String(length=20), nullable=False),
        sa.Column("written_by_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_lesson_project_id")),
        sa.ForeignKeyConstraint(["written_by_id"], ["person.id"], name=op.f("fk_lesson_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson")),
    )
    op.create_index(op.f("ix_lesson_category"), "lesson", ["category"], unique=False)
    op.create_index(op.f("ix_lesson_project_id"), "lesson", ["project_id"], unique=False)
    op.create_table(
        "service",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("next_review_on", sa.Date(), nullable=False),
        sa.Column("retires_on", sa.Date(), nullable=True),
        sa.Column("successor", sa.String(length=400), nullable=False),
        sa.Column("avoided_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_service_owner_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_service_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("project_id", name=op.f("uq_service_project_id")),
    )
    op.create_index(op.f("ix_service_next_review_on"), "service", ["next_review_on"], unique=False)
    op.create_index(op.f("ix_service_owner_id"), "service", ["owner_id"], unique=False)
    op.create_table(
        "external_move",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("before", sa.String(length=20), nullable=False),
        sa.Column("after", sa.String(length=20), nullable=False),
        sa.Column("words", sa.String(length=4000), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_external_move_by_id")),
        sa.ForeignKeyConstraint(["review_id"], ["external_review.id"], name=op.f("fk_external_move_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_move")),
    )
    op.create_index(op.f("ix_external_move_review_id"), "external_move", ["review_id"], unique=False)
    op.create_table(
        "lesson_term",
        sa.Column("lesson_id", sa.Uuid(), nullable=False),
        sa.Column("term", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lesson.id"], name=op.f("fk_lesson_term_lesson_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("lesson_id", "term", name=op.f("pk_lesson_term")),
    )
    op.create_index("ix_lesson_term_by_word", "lesson_term", ["term", "lesson_id"], unique=False)
    op.create_table(
        "lesson_use",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("lesson_id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.String(length=2000), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_lesson_use_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["business_case.id"], name=op.f("fk_lesson_use_case_id")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_lesson_use_lesson_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_use")),
    )
    op.create_index(op.f("ix_lesson_use_case_id"), "lesson_use", ["case_id"], unique=False)
    op.create_index(op.f("ix_lesson_use_lesson_id"), "lesson_use", ["lesson_id"], unique=False)
    op.create_table(
        "service_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("conclusion", sa.String(length=20), nullable=False),
        sa.Column("reasons", sa.String(length=4000), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("retires_on", sa.Date(), nullable=True),
        sa.Column("successor", sa.String(length=400), nullable=False),
        sa.Column("avoided_minor", sa.BigInteger(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("judged_by_id", sa.Uuid(), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("judgement", sa.String(length=2000), nullable=False),
        sa.ForeignKeyConstraint(["judged_by_id"], ["person.id"], name=op.f("fk_service_review_judged_by_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_service_review_made_by_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_service_review_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_review")),
    )
    op.create_index(op.f("ix_service_review_service_id"), "service_review", ["service_id"], unique=False)
    _protect()


def _protect() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for act in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                    "BEGIN SELECT RAISE(ABORT, 'what closes a project is append-only'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION closing_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'what closes a project is append-only'; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION closing_refuse()"
        )


def downgrade() -> None:

    op.drop_index(op.f("ix_service_review_service_id"), table_name="service_review")
    op.drop_table("service_review")
    op.drop_index(op.f("ix_lesson_use_lesson_id"), table_name="lesson_use")
    op.drop_index(op.f("ix_lesson_use_case_id"), table_name="lesson_use")
    op.drop_table("lesson_use")
    op.drop_index("ix_lesson_term_by_word", table_name="lesson_term")
    op.drop_table("lesson_term")
    op.drop_index(op.f("ix_external_move_review_id"), table_name="external_move")
    op.drop_table("external_move")
    op.drop_index(op.f("ix_service_owner_id"), table_name="service")
    op.drop_index(op.f("ix_service_next_review_on"), table_name="service")
    op.drop_table("service")
    op.drop_index(op.f("ix_lesson_project_id"), table_name="lesson")
    op.drop_index(op.f("ix_lesson_category"), table_name="lesson")
    op.drop_table("lesson")
    op.drop_index(op.f("ix_external_review_state"), table_name="external_review")
    op.drop_index(op.f("ix_external_review_project_id"), table_name="external_review")
    op.drop_table("external_review")
    op.drop_table("evaluation")
    op.drop_index(op.f("ix_closing_exception_project_id"), table_name="closing_exception")
    op.drop_table("closing_exception")
    op.drop_index(op.f("ix_closing_answer_project_id"), table_name="closing_answer")
    op.drop_table("closing_answer")
    op.drop_index(op.f("ix_derived_link_origin_id"), table_name="derived_link")
    op.drop_table("derived_link")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION closing_refuse()")
