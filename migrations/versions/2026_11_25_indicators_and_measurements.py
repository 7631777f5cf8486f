"""Indicators of projects: curves, measurements, files of them, surveys of users.

New tables only; code of the previous release does not know them and can run beside this. Curves, targets and measurements
are append-only: triggers refuse a change or a deletion, on both databases.

Revision ID: 20261125_kpis
Revises: 20261125_hand_overs
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_kpis"
down_revision = "20261125_hand_overs"
branch_labels = None
depends_on = None

APPEND_ONLY = ("kpi_curve", "kpi_target", "kpi_measurement")


def upgrade() -> None:
    op.create_table(
        "kpi_indicator",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("origin", sa.String(length=80), nullable=True),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("family", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("unit_kind", sa.String(length=40), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("scale", sa.Integer(), nullable=False),
        sa.Column("direction", sa.String(length=40), nullable=False),
        sa.Column("frequency", sa.String(length=40), nullable=False),
        sa.Column("formula", sa.String(length=1000), nullable=False),
        sa.Column("data_source", sa.String(length=300), nullable=False),
        sa.Column("dimensions", sa.JSON(), nullable=False),
        sa.Column("baseline", sa.BigInteger(), nullable=True),
        sa.Column("baseline_on", sa.Date(), nullable=True),
        sa.Column("tolerance", sa.BigInteger(), nullable=False),
        sa.Column("lowest", sa.BigInteger(), nullable=True),
        sa.Column("highest", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("is_context", sa.Boolean(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("owner_post", sa.String(length=120), nullable=False),
        sa.Column("measured_from", sa.Date(), nullable=False),
        sa.Column("measured_until", sa.Date(), nullable=True),
        sa.Column("stopped_on", sa.Date(), nullable=True),
        sa.Column("stop_reason", sa.String(length=1000), nullable=False),
        sa.CheckConstraint("tolerance >= 0", name=op.f("ck_kpi_indicator_tolerance_not_negative")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_kpi_indicator_owner_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_kpi_indicator_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_indicator")),
        sa.UniqueConstraint("project_id", "origin", name=op.f("uq_kpi_indicator_project_id_origin")),
    )
    op.create_index("ix_kpi_indicator_by_project", "kpi_indicator", ["project_id", "family", "id"], unique=False)
    op.create_index(op.f("ix_kpi_indicator_owner_id"), "kpi_indicator", ["owner_id"], unique=False)
    op.create_table(
        "kpi_upload",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("recorded", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_kpi_upload_by_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_kpi_upload_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_upload")),
    )
    op.create_index(op.f("ix_kpi_upload_project_id"), "kpi_upload", ["project_id"], unique=False)
    op.create_table(
        "kpi_curve",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("curve", sa.String(length=40), nullable=False),
        sa.Column("tolerance", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_kpi_curve_by_id")),
        sa.ForeignKeyConstraint(["indicator_id"], ["kpi_indicator.id"], name=op.f("fk_kpi_curve_indicator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_curve")),
        sa.UniqueConstraint("indicator_id", "revision", name=op.f("uq_kpi_curve_indicator_id_revision")),
    )
    op.create_table(
        "kpi_measurement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.Column("period_on", sa.Date(), nullable=False),
        sa.Column("cut", sa.String(length=300), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("as_at", sa.Date(), nullable=False),
        sa.Column("measured_by", sa.String(length=20), nullable=False),
        sa.Column("data_source", sa.String(length=300), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("is_unusual", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("upload_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("ordinal = 0 OR reason <> ''", name=op.f("ck_kpi_measurement_correction_has_a_reason")),
        sa.CheckConstraint("value IS NOT NULL OR note <> ''", name=op.f("ck_kpi_measurement_missing_is_explained")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_kpi_measurement_by_id")),
        sa.ForeignKeyConstraint(["indicator_id"], ["kpi_indicator.id"], name=op.f("fk_kpi_measurement_indicator_id")),
        sa.ForeignKeyConstraint(["upload_id"], ["kpi_upload.id"], name=op.f("fk_kpi_measurement_upload_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_measurement")),
        sa.UniqueConstraint(
            "indicator_id",
            "period_on",
            "cut",
            "ordinal",
            name=op.f("uq_kpi_measurement_indicator_id_period_on_cut_ordinal"),
        ),
    )
    op.create_table(
        "kpi_standing",
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.Column("period_on", sa.Date(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("recent", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["indicator_id"], ["kpi_indicator.id"], name=op.f("fk_kpi_standing_indicator_id")),
        sa.PrimaryKeyConstraint("indicator_id", name=op.f("pk_kpi_standing")),
    )
    op.create_table(
        "kpi_target",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["indicator_id"], ["kpi_indicator.id"], name=op.f("fk_kpi_target_indicator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_target")),
        sa.UniqueConstraint(
            "indicator_id", "revision", "due_on", name=op.f("uq_kpi_target_indicator_id_revision_due_on")
        ),
    )
    op.create_table(
        "kpi_wave",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("indicator_id", sa.Uuid(), nullable=True),
        sa.Column("wave", sa.String(length=60), nullable=False),
        sa.Column("asked_from", sa.Date(), nullable=False),
        sa.Column("asked_to", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("sample_size", sa.Integer(), nullable=False),
        sa.Column("score", sa.BigInteger(), nullable=False),
        sa.Column("scale_from", sa.BigInteger(), nullable=False),
        sa.Column("scale_to", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.String(length=1000), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("sample_size > 0", name=op.f("ck_kpi_wave_sample_not_empty")),
        sa.CheckConstraint(
            "scale_from < scale_to AND score BETWEEN scale_from AND scale_to",
            name=op.f("ck_kpi_wave_score_on_its_scale"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_kpi_wave_by_id")),
        sa.ForeignKeyConstraint(["indicator_id"], ["kpi_indicator.id"], name=op.f("fk_kpi_wave_indicator_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_kpi_wave_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_wave")),
        sa.UniqueConstraint(
            "project_id", "wave", "topic", "channel", name=op.f("uq_kpi_wave_project_id_wave_topic_channel")
        ),
    )
    _protect()


def _protect() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for act in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                    "BEGIN SELECT RAISE(ABORT, 'measurements are append-only'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION kpi_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'measurements are append-only'; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION kpi_refuse()"
        )


def downgrade() -> None:
    op.drop_table("kpi_wave")
    op.drop_table("kpi_target")
    op.drop_table("kpi_standing")
    op.drop_table("kpi_measurement")
    op.drop_table("kpi_curve")
    op.drop_index(op.f("ix_kpi_upload_project_id"), table_name="kpi_upload")
    op.drop_table("kpi_upload")
    op.drop_index(op.f("ix_kpi_indicator_owner_id"), table_name="kpi_indicator")
    op.drop_index("ix_kpi_indicator_by_project", table_name="kpi_indicator")
    op.drop_table("kpi_indicator")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION kpi_refuse()")
