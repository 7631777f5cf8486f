"""Rows that are vouched for as a batch: whatever is done to one of them behind the trail is found."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from kpi_stage import TODAY, a_kpi_stage, an_indicator
from portfolio.audit.bulk import insert_batch
from portfolio.audit.models import AuditRow, RowBatch
from portfolio.audit.terms import Tag
from portfolio.audit.trail import UnrecordedChange, record
from portfolio.audit.verdict import Kind
from portfolio.audit.verify import verify
from portfolio.db.base import new_id
from portfolio.db.engine import Database
from portfolio.kpis.measuring import Entry, record_measurements
from portfolio.kpis.models import Indicator, Measurement
from portfolio.kpis.terms import MeasuredBy
from portfolio.people.models import Institution
from portfolio.people.viewer import SYSTEM

PERIODS = (date(2026, 5, 31), date(2026, 6, 30))


def a_value(one: Indicator, period: date, value: int) -> dict[str, Any]:
    blank = dict.fromkeys(("cut", "data_source", "note", "reason"), "")
    nothing = dict.fromkeys(("by_id", "upload_id", "batch_id"))
    return {
        "id": new_id(), "created_at": datetime(2026, 8, 1, tzinfo=UTC), "indicator_id": one.id, "period_on": period,
        "ordinal": 0, "value": value, "as_at": period, "measured_by": MeasuredBy.SYSTEM, "is_unusual": False,
        **blank, **nothing,
    }  # fmt: skip


@pytest.fixture
def loaded(database: Database) -> Database:
    """Two batches of two indicators, and between them a value that a person typed."""
    with database.writing() as session:
        stage = a_kpi_stage(session)
        one, other = an_indicator(session, stage), an_indicator(session, stage, "Complaints")
    with database.writing() as session:
        insert_batch(session, Measurement, [a_value(one, period, 90_000) for period in PERIODS])
        record(session, SYSTEM, Tag.MEASUREMENTS_RECORDED, None, values=2)
    with database.writing() as session:
        entry = Entry(session.get_one(Indicator, one.id), date(2026, 7, 31), 90_000, field="v")
        record_measurements(session, stage.lead, stage.project, [entry], TODAY)
    with database.writing() as session:
        insert_batch(session, Measurement, [a_value(other, period, 80_000) for period in PERIODS])
        record(session, SYSTEM, Tag.MEASUREMENTS_RECORDED, None, values=2)
    return database


def found(database: Database, folder: Path) -> Kind | None:
    verdict = verify(database, folder / "checkpoints", {})
    return None if verdict.finding is None else verdict.finding.kind


def test_a_batch_holds_with_one_digest_and_the_rest_row_by_row(loaded: Database, tmp_path: Path) -> None:
    assert found(loaded, tmp_path) is None
    with loaded.reading() as session:
        told = select(func.count()).select_from(AuditRow).where(col(AuditRow.table_name) == "kpi_measurement")
        assert session.scalar(told) == 1
        assert session.scalar(select(func.count()).select_from(RowBatch)) == 2
        assert session.scalar(select(func.count()).select_from(Measurement)) == 5


FIRST = "(SELECT min({id}) FROM kpi_measurement WHERE batch_id IS NOT NULL)"
INTO_A_BATCH = (
    "UPDATE kpi_measurement SET batch_id = (SELECT batch_id FROM kpi_measurement WHERE id = {first}) "
    "WHERE batch_id IS NULL"
)
BATCHES = {
    "an edit": ("UPDATE kpi_measurement SET value = 1 WHERE id = {first}", Kind.STATE),
    "a row taken away": ("DELETE FROM kpi_measurement WHERE id = {first}", Kind.STATE),
    "a whole batch taken away": (
        "DELETE FROM kpi_measurement WHERE batch_id = (SELECT batch_id FROM kpi_measurement WHERE id = {first})",
        Kind.VANISHED,
    ),
    "a row that leaves its batch": ("UPDATE kpi_measurement SET batch_id = NULL WHERE id = {first}", Kind.UNRECORDED),
    "a typed row that enters a batch": (INTO_A_BATCH, Kind.STATE),
    "rows of a batch that nobody wrote down": ("UPDATE kpi_measurement SET batch_id = {first}", Kind.UNRECORDED),
    "the digest of a batch": ("UPDATE audit_batch SET size = 7", Kind.STATE),
}
"""What is done behind the trail, and what is said of it."""


@pytest.mark.parametrize("fault", BATCHES)
def test_whatever_is_done_to_a_row_of_a_batch_is_found(loaded: Database, tmp_path: Path, fault: str) -> None:
    statement, kind = BATCHES[fault]
    is_sqlite = loaded.is_sqlite
    first = FIRST.format(id="id") if is_sqlite else f"{FIRST.format(id='id::text')}::uuid"
    with loaded.engine.begin() as connection:
        _unprotect(loaded, connection)
        connection.execute(text(statement.format(first=first)))
    assert found(loaded, tmp_path) is kind


def _unprotect(database: Database, connection: Any) -> None:
    """As somebody who owns the database would: triggers first."""
    for table in ("kpi_measurement", "audit_batch"):
        if database.is_sqlite:
            for act in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER {table}_no_{act}"))
        else:
            connection.execute(text(f"DROP TRIGGER {table}_append_only ON {table}"))


@pytest.mark.parametrize("statement", ["UPDATE audit_batch SET size = 7", "DELETE FROM audit_batch"])
def test_the_database_refuses_to_change_a_batch(loaded: Database, statement: str) -> None:
    with loaded.engine.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(statement))


def test_a_batch_needs_an_event_an_order_and_a_table_that_never_changes(database: Database) -> None:
    with database.writing() as session:
        stage = a_kpi_stage(session)
        one = an_indicator(session, stage)
    values = [a_value(one, period, 1) for period in PERIODS]
    with database.write() as session:
        with pytest.raises(ValueError, match="order"):
            insert_batch(session, Measurement, values[::-1])
        with pytest.raises(ValueError, match="does not take batches"):
            insert_batch(session, Institution, [])
        insert_batch(session, Measurement, values)
        with pytest.raises(UnrecordedChange):
            session.commit()
