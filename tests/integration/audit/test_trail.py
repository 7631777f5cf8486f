"""The trail cannot be forgotten, whatever a transaction does: savepoints, rollbacks, deletions, statements, later listeners."""

import threading
import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import event, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session
from sqlmodel import col

from factories import an_institution
from portfolio.audit.bulk import insert_rows
from portfolio.audit.canon import GENESIS, chain_hash, row_digest
from portfolio.audit.models import AuditEvent, AuditHead, AuditRow
from portfolio.audit.terms import Chain, Tag
from portfolio.audit.trail import UnrecordedChange, record, row_state
from portfolio.db.base import new_id
from portfolio.db.engine import Database
from portfolio.people.models import Institution, InstitutionCode, Unit
from portfolio.people.viewer import SYSTEM

WRITERS, COMMITS = 8, 20


def a_body(name: str = "Ministry") -> Institution:
    return Institution(name=name, sort_key=name, search_text=name)


def a_failing_savepoint(session: Session) -> Unit:
    """A unit of no institution and its event, inside a savepoint that the database refuses."""
    lost = Unit(institution_id=uuid.uuid4(), name="of nobody")
    savepoint = session.begin_nested()
    session.add(lost)
    record(session, SYSTEM, Tag.ROLE_GRANTED, lost)
    with pytest.raises(IntegrityError):
        session.flush()
    savepoint.rollback()
    return lost


def told(session: Session, row_id: uuid.UUID) -> list[str | None]:
    """The digests that the trail holds for a row, oldest first."""
    query = select(col(AuditRow.digest)).where(col(AuditRow.row_id) == str(row_id)).order_by(col(AuditRow.ordinal))
    return list(session.scalars(query))


def check_chain(session: Session, chain: Chain) -> int:
    """Walks one chain by hand and returns its length."""
    events = session.scalars(
        select(AuditEvent).where(col(AuditEvent.chain) == chain).order_by(col(AuditEvent.seq))
    ).all()
    prev = GENESIS
    for place, found in enumerate(events, start=1):
        assert (found.seq, found.prev) == (place, prev)
        assert found.hash == chain_hash(prev, found.canon)
        prev = found.hash
    head = session.get_one(AuditHead, chain.value)
    assert (head.seq, head.hash) == (len(events), prev)
    return len(events)


def test_a_change_without_an_event_does_not_commit(database: Database) -> None:
    with database.write() as session:
        session.add(a_body())
        with pytest.raises(UnrecordedChange, match="institution"):
            session.commit()
    with database.reading() as session:
        assert session.scalars(select(Institution)).all() == []


def test_an_event_carries_the_digest_of_every_row_that_changed(database: Database) -> None:
    with database.writing() as session:
        body = an_institution(session, "Ministry")
        session.add(Unit(institution_id=body.id, name="Digital unit"))
    with database.writing() as session:
        again = session.get_one(Institution, body.id)
        again.name = "Ministry of Works"
        record(session, SYSTEM, Tag.INSTITUTION_ADDED, again)
    with database.reading() as session:
        now = session.get_one(Institution, body.id)
        assert told(session, body.id)[-1] == row_digest("institution", row_state(now))
        assert len(told(session, body.id)) == 2
        assert check_chain(session, Chain.DECISION) == 2


def test_a_deleted_row_leaves_a_digest_of_nothing(database: Database) -> None:
    with database.writing() as session:
        code = InstitutionCode(institution_id=an_institution(session).id, scheme="tax", code="1")
        session.add(code)
    with database.writing() as session:
        session.delete(session.get_one(InstitutionCode, code.id))
        record(session, SYSTEM, Tag.INSTITUTION_ADDED, code)
    with database.reading() as session:
        assert told(session, code.id)[-1] is None


def test_deleting_without_an_event_does_not_commit(database: Database) -> None:
    with database.writing() as session:
        code = InstitutionCode(institution_id=an_institution(session).id, scheme="tax", code="1")
        session.add(code)
    with database.write() as session:
        session.delete(session.get_one(InstitutionCode, code.id))
        with pytest.raises(UnrecordedChange):
            session.commit()


def test_a_savepoint_that_fails_takes_back_its_own_events_and_rows_only(database: Database) -> None:
    with database.writing() as session:
        kept = an_institution(session, "Kept")
        lost = a_failing_savepoint(session)
    with database.reading() as session:
        assert len(told(session, kept.id)) == 1
        assert told(session, lost.id) == []
        assert check_chain(session, Chain.DECISION) == 1
        assert check_chain(session, Chain.SECURITY) == 0


def test_a_failed_savepoint_does_not_make_the_outer_change_forgettable(database: Database) -> None:
    with database.write() as session:
        session.add(a_body())
        session.flush()
        a_failing_savepoint(session)
        with pytest.raises(UnrecordedChange):
            session.commit()


def test_a_deletion_that_a_savepoint_takes_back_is_not_told(database: Database) -> None:
    with database.writing() as session:
        body = an_institution(session)
    with database.writing() as session:
        row = session.get_one(Institution, body.id)
        inner = session.begin_nested()
        session.delete(row)
        session.flush()
        inner.rollback()
        record(session, SYSTEM, Tag.SIGNED_OUT)
    with database.reading() as session:
        assert told(session, body.id)[1:] == []
        assert session.get(Institution, body.id) is not None


def test_a_savepoint_that_holds_keeps_its_rows(database: Database) -> None:
    with database.writing() as session, session.begin_nested():
        body = an_institution(session)
    with database.reading() as session:
        assert len(told(session, body.id)) == 1


def test_one_session_may_commit_twice_and_roll_back_between(database: Database) -> None:
    with database.write() as session:
        first = an_institution(session)
        session.commit()
        session.add(a_body("Lost"))
        session.flush()
        record(session, SYSTEM, Tag.SIGNED_OUT)
        session.rollback()
        second = an_institution(session)
        session.commit()
        assert check_chain(session, Chain.DECISION) == 2
        assert check_chain(session, Chain.SECURITY) == 0
        assert len(told(session, first.id)) == len(told(session, second.id)) == 1


def test_closing_without_a_commit_leaves_nothing_for_the_next_transaction(database: Database) -> None:
    session = database.write()
    an_institution(session)
    session.close()
    session.execute(text("SELECT 1"))
    session.commit()
    assert session.scalars(select(AuditEvent)).all() == []
    session.close()


def test_what_changes_after_the_events_are_chained_refuses_the_commit(database: Database) -> None:
    with database.write() as session:
        body = an_institution(session)
        session.flush()

        @event.listens_for(session, "before_commit")
        def late(_session: Session) -> None:
            body.name = "Renamed behind the trail"

        with pytest.raises(UnrecordedChange, match="after"):
            session.commit()


def test_a_statement_on_an_audited_table_is_refused(database: Database) -> None:
    with database.write() as session:
        an_institution(session)
        for statement in (update(Institution).values(name="All alike"), update(Institution.__table__).values(name="x")):  # type: ignore[attr-defined]
            with pytest.raises(UnrecordedChange, match="institution is audited"):
                session.execute(statement)


def test_rows_in_bulk_are_vouched_for_one_by_one(database: Database) -> None:
    rows = [
        {
            **dict.fromkeys(Institution.__table__.columns.keys()),  # type: ignore[attr-defined]
            **a_body(f"Body {number}").model_dump(),
            "id": new_id(),
        }
        for number in range(3)
    ]
    with database.write() as session:
        insert_rows(session, Institution, rows)
        with pytest.raises(UnrecordedChange):
            session.commit()
    with database.writing() as session:
        insert_rows(session, Institution, rows)
        record(session, SYSTEM, Tag.PROJECTS_IMPORTED)
    with database.reading() as session:
        for row in session.scalars(select(Institution)):
            assert told(session, row.id) == [row_digest("institution", row_state(row))]


def test_columns_that_the_trail_does_not_vouch_for_need_no_event(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.writing() as session:
        unit = Unit(institution_id=an_institution(session).id, name="Digital unit")
        session.add(unit)
    monkeypatch.setattr("portfolio.audit.trail._columns", {Unit: (("id", "id"), ("institution_id", "institution_id"))})
    with database.writing() as session:
        session.get_one(Unit, unit.id).name = "Renamed"
    with database.reading() as session:
        assert session.get_one(Unit, unit.id).name == "Renamed"


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_event SET action = 'x'", "DELETE FROM audit_row", "DELETE FROM audit_event"]
)
def test_the_database_itself_refuses_to_change_the_trail(database: Database, statement: str) -> None:
    with database.writing() as session:
        an_institution(session)
    with database.engine.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(statement))


def at_once(work: Callable[[int], None]) -> list[BaseException]:
    """Run in as many threads as there are writers, all starting together."""
    gate, failed = threading.Barrier(WRITERS), []

    def run(number: int) -> None:
        try:
            gate.wait()
            work(number)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed


def test_writers_at_once_leave_gapless_chains_and_never_wait_in_a_circle(database: Database) -> None:
    """Half of them write to two chains in the other order: the heads are taken by name, not by use."""

    def work(number: int) -> None:
        for turn in range(COMMITS):
            with database.writing() as session:
                tags = [Tag.INSTITUTION_ADDED, Tag.SIGNED_OUT]
                body = a_body(f"Body {number} {turn}")
                session.add(body)
                for tag in tags if number % 2 else reversed(tags):
                    record(session, SYSTEM, tag, body)

    assert at_once(work) == []
    with database.reading() as session:
        assert check_chain(session, Chain.DECISION) == WRITERS * COMMITS
        assert check_chain(session, Chain.SECURITY) == WRITERS * COMMITS
        ordinals = list(session.scalars(select(col(AuditRow.ordinal)).order_by(col(AuditRow.ordinal))))
        assert ordinals == list(range(1, WRITERS * COMMITS + 1))


def test_a_column_that_joined_later_counts_from_when_it_says_something(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row of before the upgrade keeps its digest, and what is written or wiped out in the new column shows."""
    body = a_body()
    before = row_state(body)
    del before["short_name"]
    monkeypatch.setattr(Institution, "__later__", {"short_name": ""})
    assert row_state(body) == before
    body.short_name = "MIN"
    assert row_state(body) == {**before, "short_name": "MIN"}
